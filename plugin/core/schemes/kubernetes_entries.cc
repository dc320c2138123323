// Which entries of a Secret or ConfigMap count.
#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "core/schemes/kubernetes_object.h"

namespace assay {
namespace {

constexpr std::string_view kCosignKey = "cosign.pub";
constexpr std::size_t kLongestName = 253;

bool EndsInAny(std::string_view name, std::span<const std::string_view> ends) {
  return std::any_of(ends.begin(), ends.end(),
                     [&](std::string_view end) { return name.ends_with(end); });
}

bool IsPrivateName(std::string_view name) {
  constexpr std::array<std::string_view, 2> kEnds = {".key", ".password"};
  return EndsInAny(name, kEnds);
}

bool IsPublicName(std::string_view name) {
  constexpr std::array<std::string_view, 5> kEnds = {".pub", ".pem", ".crt",
                                                     ".gpg", ".asc"};
  return EndsInAny(name, kEnds);
}

Error Unreadable(std::string detail) {
  return Fail(Reason::kPolicyKeyUnreadable, std::move(detail));
}

Error OnlyPrivate() {
  return Fail(Reason::kKeyUnsupported,
              "it holds a private key and nothing to verify with; keep the "
              "public key alone where nodes read it");
}

Result<std::vector<std::string>> ChooseNamed(std::span<const std::string> names,
                                             std::string_view item) {
  if (IsPrivateName(item)) {
    return Fail(Reason::kKeyUnsupported, "'" + Printable(item) +
                                             "' is named as a private key is, "
                                             "which no node should hold");
  }
  const auto found = std::find(names.begin(), names.end(), item);
  if (found != names.end()) return std::vector<std::string>{*found};
  return Unreadable("it has no entry '" + Printable(item) + "'");
}

}  // namespace

bool IsVolumeEntry(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && name != "." &&
         !name.starts_with("..") &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "._-") == std::string_view::npos;
}

Result<std::vector<std::string>> ChooseEntries(
    std::span<const std::string> names, std::string_view item) {
  if (!item.empty()) return ChooseNamed(names, item);
  std::vector<std::string> open;
  std::copy_if(names.begin(), names.end(), std::back_inserter(open),
               [](const std::string& name) { return !IsPrivateName(name); });
  if (names.empty()) return Unreadable("it has no entry");
  if (open.empty()) return OnlyPrivate();
  if (std::find(open.begin(), open.end(), kCosignKey) != open.end()) {
    return std::vector<std::string>{std::string(kCosignKey)};
  }
  if (open.size() == 1) return open;
  std::erase_if(open, [](const auto& name) { return !IsPublicName(name); });
  if (!open.empty()) return open;
  return Unreadable(
      "no entry is cosign.pub, *.pub, *.pem, *.crt, *.gpg or *.asc; name one "
      "as NAME#ENTRY");
}

Result<std::vector<TrustFile>> WithoutPrivateKeys(
    std::vector<TrustFile> files) {
  std::erase_if(files, [](const TrustFile& file) {
    return file.bytes.find("PRIVATE KEY-----") != std::string::npos ||
           file.bytes.find("PRIVATE KEY BLOCK-----") != std::string::npos;
  });
  if (files.empty()) return OnlyPrivate();
  return files;
}

}  // namespace assay
