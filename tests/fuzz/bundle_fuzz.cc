// Property: a bundle that reads has content to verify, its signed bytes hold
// payload and type in full, and no input is a signature by a key that never
// signed it.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/schemes/sigstore/bundle.h"
#include "core/schemes/sigstore/bundle_signature.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// Its private half was thrown away.
constexpr const char* kKey =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEHR+Bm+S4/N9m65j5PKZM6rmCO9V2\n"
    "khr/8BfQlfgLlONuTbURWd1iEIwpx8xT744Xzpo0OVnIWVE59SVUKui6kg==\n"
    "-----END PUBLIC KEY-----\n";

const assay::SigstoreKeyPolicy& Policy() {
  static const assay::SigstoreKeyPolicy policy{
      assay::Keyring::Make(assay::PublicKey::ParsePem(kKey).value(),
                           assay::KeyUse::kSigstore, {})
          .value(),
      {},
      assay::SignedIdentity::kAny,
      std::nullopt};
  return policy;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const assay::SigningTarget target{
      assay::Reference::Parse("registry.example.com/a").value(),
      {assay::Digest::Of("image")},
      {},
      nullptr};
  Require(!assay::VerifyKeyBundle(Policy(), target, input));

  const auto read = assay::KeyBundle::Parse(input);
  if (!read) return 0;
  Require(!read->signature.empty() && !read->payload.empty() &&
          !read->payload_type.empty());
  const std::string bytes = read->SignedBytes();
  Require(bytes.ends_with(read->payload));
  Require(bytes.starts_with("DSSEv1 " +
                            std::to_string(read->payload_type.size()) + " " +
                            read->payload_type + " "));
  return 0;
}
