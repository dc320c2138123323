// Property: a body that records a signature records no other: not one of other
// bytes, by another key or certificate, or with another value. A body made anew
// is canonical and holds the signature, whatever that is.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/json.h"
#include "core/schemes/sigstore/log_body.h"
#include "tests/fuzz/recorded.h"

namespace {

using assay::Candidate;
using assay::LogEntry;
using assay::fuzz::Flip;
using assay::fuzz::Recorded;
using assay::fuzz::Require;

// An entry that claims the kind its body claims: the hardest one to refuse.
LogEntry EntryOf(const std::string& body) {
  LogEntry entry;
  entry.body = body;
  const auto json = assay::Json::Parse(body);
  if (!json) return entry;
  const auto* kind = json->FindString("kind");
  const auto* version = json->FindString("apiVersion");
  if (kind != nullptr) entry.kind = *kind;
  if (version != nullptr) entry.version = *version;
  return entry;
}

void RequireOnlyThis(const LogEntry& entry, const Recorded& recorded,
                     std::size_t at) {
  const auto refuses = [&](const Candidate& other) {
    return !assay::CheckLogBody(entry, {other, recorded.key, {}});
  };
  Candidate other = recorded.candidate;
  other.signature = Flip(other.signature, at);
  Require(refuses(other));
  other = recorded.candidate;
  other.material.certificate = Flip(other.material.certificate, at);
  Require(refuses(other));
  other = recorded.candidate;
  if (other.envelope) {
    other.envelope->payload = Flip(other.envelope->payload, at);
    other.signed_bytes = other.envelope->SignedBytes();
  } else {
    other.signed_bytes = Flip(other.signed_bytes, at);
  }
  Require(refuses(other));
  other = recorded.candidate;
  other.material.certificate.clear();  // as if a key had signed
  Require(refuses(other));
}

void RequireRebuilt(const Recorded& recorded, const std::string& signature) {
  Candidate candidate = recorded.candidate;
  candidate.signature = signature;
  const auto body =
      assay::RebuildLogBody({candidate, recorded.key, {}}).value();
  const auto json = assay::Json::Parse(body);
  Require(json && json->Dump() == body);
  Require(body.find("\"" + assay::Base64Encode(signature) + "\"") !=
          std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const LogEntry entry = EntryOf(input);
  for (const Recorded* recorded :
       {&assay::fuzz::FirstGeneration(), &assay::fuzz::Legacy()}) {
    if (!assay::CheckLogBody(entry, recorded->Logged())) continue;
    RequireOnlyThis(entry, *recorded, size);
  }
  RequireRebuilt(assay::fuzz::SecondGeneration(), input);
  return 0;
}
