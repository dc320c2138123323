// A signer of type `openssl` out of its policy table.
#include "core/schemes/detached/openssl_signer.h"

namespace assay {
namespace {

bool IsPlainAbsolutePath(std::string_view path) {
  if (!path.starts_with('/') || path.find('\0') != path.npos) return false;
  const std::string closed = std::string(path) + "/";
  return closed.find("/../") == closed.npos;
}

std::string ReadFolder(TomlReader& table) {
  const auto folder = table.String("folder");
  if (!folder) return {};
  if (!IsPlainAbsolutePath(*folder)) {
    table.Complain("folder",
                   "'" + *folder + "' must be an absolute path without '..'");
  }
  return *folder;
}

DetachedFormat ReadFormat(TomlReader& table) {
  const auto format = table.String("format");
  if (!format || *format == "plain") return DetachedFormat::kPlain;
  if (*format != "binary-authorization") {
    table.Complain("format", "must be plain or binary-authorization");
  }
  return DetachedFormat::kBinaryAuthorization;
}

}  // namespace

std::unique_ptr<Signer> OpensslSigner::Read(const std::string& name,
                                            const Toml& table,
                                            TrustFiles& files,
                                            Diagnostics& diagnostics) {
  const auto before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  reader.String("type");
  auto keyring = Keyring::Read(reader, files, KeyUse::kOpenssl);
  const auto format = ReadFormat(reader);
  auto folder = ReadFolder(reader);
  if (format == DetachedFormat::kBinaryAuthorization && folder.empty()) {
    reader.Complain("format", "needs a folder with what was exported");
  }
  reader.Finish();
  if (!keyring || diagnostics.size() != before) return nullptr;
  return std::make_unique<OpensslSigner>(name, *std::move(keyring),
                                         std::move(folder), format);
}

}  // namespace assay
