#include "io/kubernetes/public_material.h"

#include <algorithm>

#include "core/schemes/sigstore/trusted_root.h"
#include "core/trust/certificate.h"
#include "core/trust/openpgp/public_packets.h"
#include "core/trust/pem.h"
#include "core/trust/public_key.h"

namespace assay {
namespace {

bool IsPublicBlock(const PemBlock& block) {
  if (block.label == "CERTIFICATE") {
    return Certificate::ParseDer(block.bytes).has_value();
  }
  return block.label == "PUBLIC KEY" &&
         PublicKey::ParseDer(block.bytes).has_value();
}

// Headers are those that notary writes before a key.
bool IsPublicPem(std::string_view text) {
  const auto blocks = ReadPem(text, PemHeaders::kPassedOver);
  return blocks &&
         std::all_of(blocks->begin(), blocks->end(), [](const PemBlock& block) {
           return IsPublicBlock(block);
         });
}

}  // namespace

bool IsPublicMaterial(std::string_view file) {
  return IsPublicPem(file) || PublicKey::ParseFile(file) ||
         Certificate::ParseDer(file) || HoldsPublicOpenpgpKeys(file) ||
         TrustedRoot::Parse(file);
}

}  // namespace assay
