// A signer of type `dct` out of its policy table.
#include <utility>

#include "base/bytes.h"
#include "core/schemes/dct/dct_signer.h"

namespace assay {
namespace {

bool IsPlainAbsolutePath(std::string_view path) {
  const std::string closed = std::string(path) + "/";
  return path.starts_with('/') && path.find('\0') == path.npos &&
         closed.find("/../") == closed.npos;
}

// No user name, query or fragment: those of an address would be shown.
bool IsAddress(std::string_view text) {
  const bool http = text.starts_with("https://") || text.starts_with("http://");
  return http && text.find_first_of("@?# \t\r\n") == text.npos &&
         Printable(text) == text && !text.ends_with('/');
}

// Where the metadata is; "" for what goes with the registry.
std::string ReadPlace(TomlReader& table) {
  const auto server = table.String("server");
  const auto folder = table.String("metadata");
  if (server && folder) {
    table.Complain("metadata", "it is either 'server' or 'metadata'");
  }
  if (server && !IsAddress(*server)) {
    table.Complain("server", "'" + Printable(*server, 80) +
                                 "' is no address like "
                                 "https://notary.example.com");
  }
  if (folder && !IsPlainAbsolutePath(*folder)) {
    table.Complain("metadata", "'" + Printable(*folder, 80) +
                                   "' must be an absolute path without '..'");
  }
  return server ? *server : folder.value_or(std::string());
}

// Names as docker has them ("alice") or notary ("targets/alice").
std::set<std::string> ReadSigners(TomlReader& table) {
  std::set<std::string> roles;
  const auto names = table.Strings("signers");
  for (const auto& name : names.value_or(std::vector<std::string>())) {
    const std::string role =
        name.starts_with("targets/") ? name : "targets/" + name;
    if (!dct::IsDelegation(role)) {
      table.Complain("signers",
                     "'" + Printable(name, 80) + "' is no role like alice");
    } else if (!roles.insert(role).second) {
      table.Complain("signers", "'" + name + "' stands there twice");
    }
  }
  if (names && names->empty()) table.Complain("signers", "it is empty");
  return roles;
}

}  // namespace

std::unique_ptr<Signer> DctSigner::Read(const std::string& name,
                                        const Toml& table, TrustFiles& files,
                                        Diagnostics& diagnostics) {
  const auto before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  reader.String("type");
  auto pins = dct::RootPins::Read(reader, files);
  auto place = ReadPlace(reader);
  auto signers = ReadSigners(reader);
  const auto window = SignerWindow::Read(reader);
  reader.Finish();
  if (!pins || diagnostics.size() != before) return nullptr;
  return std::make_unique<DctSigner>(
      name,
      std::make_shared<const dct::Judge>(*std::move(pins), std::move(signers)),
      std::move(place), window);
}

}  // namespace assay
