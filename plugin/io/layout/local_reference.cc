#include "io/layout/local_reference.h"

#include <array>

#include "base/bytes.h"

namespace assay {
namespace {

struct Scheme {
  std::string_view prefix;
  LocalKind kind;
};

constexpr auto kSchemes =
    std::to_array<Scheme>({{"oci:", LocalKind::kOciFolder},
                           {"oci-archive:", LocalKind::kOciArchive},
                           {"dir:", LocalKind::kDir}});

const Scheme* SchemeOf(std::string_view text) {
  for (const Scheme& scheme : kSchemes) {
    if (text.starts_with(scheme.prefix)) return &scheme;
  }
  return nullptr;
}

}  // namespace

bool LocalReference::IsOne(std::string_view text) {
  return SchemeOf(text) != nullptr;
}

Result<LocalReference> LocalReference::Parse(std::string_view text) {
  const Scheme* scheme = SchemeOf(text);
  const auto bad = [&](std::string_view why) {
    return Fail(Reason::kReferenceMalformed,
                Printable(text) + ": " + std::string(why) +
                    "; write oci:DIR[:NAME|@DIGEST], "
                    "oci-archive:FILE[:NAME|@DIGEST] or dir:DIR");
  };
  if (scheme == nullptr) return bad("it names no local image");
  LocalReference read;
  read.kind = scheme->kind;
  std::string_view rest = text.substr(scheme->prefix.size());
  if (read.kind != LocalKind::kDir) {
    if (const std::size_t at = rest.rfind('@'); at != rest.npos) {
      if (auto digest = Digest::Parse(rest.substr(at + 1))) {
        read.digest = *std::move(digest);
        rest = rest.substr(0, at);
      }
    }
    if (const std::size_t colon = rest.find(':'); colon != rest.npos) {
      read.name = rest.substr(colon + 1);
      rest = rest.substr(0, colon);
      if (read.name.empty()) return bad("the name is empty");
      if (read.digest) return bad("a name and a digest");
    }
  }
  if (rest.empty()) return bad("it names no file");
  read.path = rest;
  return read;
}

std::string LocalReference::str() const {
  std::string text = path;
  for (const Scheme& scheme : kSchemes) {
    if (scheme.kind == kind) text = std::string(scheme.prefix) + path;
  }
  if (!name.empty()) text += ":" + name;
  if (digest) text += "@" + digest->str();
  return text;
}

}  // namespace assay
