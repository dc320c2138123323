// Property: what is signed of an envelope that reads says where type and
// payload begin and end, so no two envelopes share it; written anew it reads
// the same; and no envelope is signed by a key but the one that was.
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "core/schemes/sigstore/bundle.h"
#include "tests/fuzz/recorded.h"

namespace {

using assay::fuzz::Require;

// secure-systems-lab/dsse protocol.md: "LENGTH BYTES" at the front of `text`.
std::string TakeCounted(std::string_view& text) {
  std::size_t length = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), length);
  Require(error == std::errc());
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  Require(text.starts_with(' '));
  text.remove_prefix(1);
  Require(length <= text.size());
  const std::string bytes(text.substr(0, length));
  text.remove_prefix(length);
  return bytes;
}

void RequireUnambiguous(const assay::Envelope& envelope) {
  const std::string bytes = envelope.SignedBytes();
  std::string_view rest = bytes;
  Require(rest.starts_with("DSSEv1 "));
  rest.remove_prefix(7);
  Require(TakeCounted(rest) == envelope.type);
  Require(rest.starts_with(' '));
  rest.remove_prefix(1);
  Require(TakeCounted(rest) == envelope.payload);
  Require(rest.empty());
}

assay::Result<assay::Bundle> ReadEnvelope(const std::string& envelope) {
  return assay::Bundle::Parse(
      R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json",)"
      R"("verificationMaterial":{"publicKey":{}},"dsseEnvelope":)" +
      envelope + "}");
}

std::string Write(const assay::Bundle& bundle) {
  using assay::Json;
  const auto base64 = [](const std::string& bytes) {
    return Json(assay::Base64Encode(bytes));
  };
  const Json signature(Json::Object{{"sig", base64(bundle.signature)}});
  return Json(Json::Object{{"payload", base64(bundle.envelope->payload)},
                           {"payloadType", Json(bundle.envelope->type)},
                           {"signatures", Json(Json::Array{signature})}})
      .Dump();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto read = ReadEnvelope(input);
  if (!read || !read->envelope) return 0;
  RequireUnambiguous(*read->envelope);
  const auto again = ReadEnvelope(Write(*read));
  Require(again && again->signature == read->signature &&
          again->envelope->type == read->envelope->type &&
          again->envelope->payload == read->envelope->payload);
  const auto& recorded = assay::fuzz::FirstGeneration();
  if (recorded.key.Verify({}, read->envelope->SignedBytes(), read->signature)) {
    Require(read->envelope->payload == recorded.candidate.envelope->payload &&
            read->envelope->type == recorded.candidate.envelope->type);
  }
  return 0;
}
