#include "cli/bundle_signer.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/sigstore/key_signer.h"
#include "core/schemes/sigstore/keyless_signer.h"
#include "io/files/files.h"
#include "io/policy/trust_folder.h"

namespace assay {
namespace {

constexpr const char* kSignerName = "command line";
constexpr const char* kTrustedRootFile = "trusted_root.json";

using Roots = std::vector<RootSource>;

Result<Roots> ParseRoots(const std::vector<TrustFile>& files) {
  Roots roots;
  for (const TrustFile& file : files) {
    auto root = TrustedRoot::Parse(file.bytes);
    if (!root) return WithContext(root.error(), file.path);
    roots.push_back({std::make_shared<const TrustedRoot>(*std::move(root)),
                     std::nullopt,
                     file.path,
                     {}});
  }
  return roots;
}

// A file that the command line names is the asker's own choice; what stands in
// for it must be closed to everybody but root and the asker.
Result<Roots> NamedRoot(const std::string& path) {
  auto bytes = ReadFile(path, limits::kKeyFileBytes);
  if (!bytes) return bytes.error();
  return ParseRoots({{path, *std::move(bytes)}});
}

Result<Roots> DefaultRoots(const Paths& paths) {
  const auto files = TrustFolder(paths.TrustDir()).Read(kTrustedRootFile);
  if (!files) {
    return WithContext(files.error(),
                       "without --trusted-root the node's own is read");
  }
  return ParseRoots(*files);
}

Result<std::unique_ptr<SigstoreSigner>> KeySigner(const Arguments& arguments) {
  const std::string path = arguments.Value("key");
  const auto bytes = ReadFile(path, limits::kKeyFileBytes);
  if (!bytes) return bytes.error();
  auto keys = PublicKey::ParseFile(*bytes);
  if (!keys) return WithContext(keys.error(), Printable(path));
  auto ring = Keyring::Make(*std::move(keys), KeyUse::kSigstore, {});
  if (!ring) return WithContext(ring.error(), Printable(path));
  TransparencyPolicy transparency{{}, {1, 0, 0}};
  if (arguments.Has("trusted-root")) {
    auto roots = NamedRoot(arguments.Value("trusted-root"));
    if (!roots) return roots.error();
    transparency.roots = *std::move(roots);
  }
  return std::unique_ptr<SigstoreSigner>(std::make_unique<SigstoreKeySigner>(
      kSignerName,
      SigstoreKeyPolicy{*std::move(ring), {}, std::move(transparency)}));
}

Result<std::unique_ptr<SigstoreSigner>> KeylessSigner(
    const Paths& paths, const Arguments& arguments) {
  auto roots = arguments.Has("trusted-root")
                   ? NamedRoot(arguments.Value("trusted-root"))
                   : DefaultRoots(paths);
  if (!roots) return roots.error();
  IdentityMatcher wanted{
      TextPattern::Exact(arguments.Value("certificate-oidc-issuer")),
      TextPattern::Exact(arguments.Value("certificate-identity")),
      {}};
  return std::unique_ptr<SigstoreSigner>(
      std::make_unique<SigstoreKeylessSigner>(
          kSignerName,
          SigstoreKeylessPolicy{
              {std::move(wanted)}, {*std::move(roots), {1, 0, 1}}, {}, {}}));
}

}  // namespace

Result<std::unique_ptr<SigstoreSigner>> ReadBundleSigner(
    const Paths& paths, const Arguments& arguments) {
  const bool key = arguments.Has("key");
  const bool identity = arguments.Has("certificate-identity");
  const bool issuer = arguments.Has("certificate-oidc-issuer");
  if (key == (identity || issuer)) {
    return Fail(Reason::kUsage,
                "say who signed: either --key, or --certificate-identity and "
                "--certificate-oidc-issuer");
  }
  if (key) return KeySigner(arguments);
  if (!identity || !issuer) {
    return Fail(Reason::kUsage,
                "--certificate-identity and --certificate-oidc-issuer go "
                "together: a name means something only within its issuer");
  }
  return KeylessSigner(paths, arguments);
}

}  // namespace assay
