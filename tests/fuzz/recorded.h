// What fuzz targets hold accepted input against: signatures of the test
// vectors that logs and authorities recorded. Their keys never signed anything
// else, so whatever else is accepted is forged.
#ifndef ASSAY_TESTS_FUZZ_RECORDED_H_
#define ASSAY_TESTS_FUZZ_RECORDED_H_

#include <memory>
#include <optional>
#include <string>

#include "core/schemes/signer.h"
#include "core/schemes/sigstore/log_body.h"
#include "core/schemes/sigstore/trusted_root.h"

namespace assay::fuzz {

// Ends the process where a property breaks; libFuzzer keeps the input.
void Require(bool holds);

// The bytes with one bit turned over; `at` wraps around, empty stays empty.
std::string Flip(std::string bytes, std::size_t at);

// A vector of tests/vectors with one signature of an identity.
struct Recorded {
  explicit Recorded(const std::string& vector);

  LoggedSignature Logged() const { return {candidate, key, {}}; }
  // Whether the vector's signer accepts the artifact for the vector's image.
  bool Accepts(const UntrustedArtifact& other) const;

  UntrustedArtifact artifact;
  Candidate candidate;
  TrustedRoot root;
  Certificate leaf;
  PublicKey key;  // of the leaf; ECDSA with SHA-256
  std::unique_ptr<const Signer> signer;
  SigningTarget target;
};

// By a log of Rekor's first generation, with promise, proof and time stamp; by
// one of the second; and in cosign's legacy form. One trusted root names all.
const Recorded& FirstGeneration();
const Recorded& SecondGeneration();
const Recorded& Legacy();

}  // namespace assay::fuzz

#endif  // ASSAY_TESTS_FUZZ_RECORDED_H_
