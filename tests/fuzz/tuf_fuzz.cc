// Properties: what reads as a document has canonical bytes that read as what is
// signed again; a state that takes a document is never older than it was, and
// taking one again changes nothing.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/trust/tuf/canonical_json.h"
#include "core/trust/tuf/trusted_state.h"

namespace {

using assay::tuf::TrustedState;

void Require(bool holds) {
  if (!holds) std::abort();
}

// The input itself as a root, as far as its own keys signed it, and then what
// follows when it is offered again in every place.
void Offer(const TrustedState& state, std::string_view text) {
  const auto root = state.WithRoot(text);
  Require(!root || root->root().head.version == state.root().head.version + 1);
  const auto timestamp = state.WithTimestamp(text);
  if (!timestamp) return;
  Require(timestamp->timestamp() != nullptr);
  Require(timestamp->snapshot() == nullptr);
  const auto again = timestamp->WithTimestamp(text);
  Require(again && again->timestamp_bytes() == timestamp->timestamp_bytes());
}

void CheckCanonical(const assay::tuf::Envelope& envelope) {
  const auto again = assay::tuf::CanonicalJson(envelope.content);
  Require(again && *again == envelope.signed_bytes);
  for (const auto& signature : envelope.signatures) {
    Require(!signature.bytes.empty());
  }
  // Raw control characters are all that keeps the form from being JSON.
  for (const char c : envelope.signed_bytes) {
    if (static_cast<unsigned char>(c) < 0x20) return;
  }
  const auto json = assay::Json::Parse(envelope.signed_bytes);
  Require(json && *assay::tuf::CanonicalJson(*json) == envelope.signed_bytes);
}

template <typename Document>
void Read(const assay::Json& content) {
  const auto document = Document::Read(content);
  if (document) {
    Require(document->head.version >= 1);
  } else {
    const auto reason = document.error().reason;
    Require(reason == assay::Reason::kTufMalformed ||
            reason == assay::Reason::kTufTooLarge);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto envelope =
      assay::tuf::Envelope::Parse(text, assay::limits::kTufTargetsBytes);
  if (!envelope) return 0;
  CheckCanonical(*envelope);
  Read<assay::tuf::Root>(envelope->content);
  Read<assay::tuf::Timestamp>(envelope->content);
  Read<assay::tuf::Snapshot>(envelope->content);
  Read<assay::tuf::Targets>(envelope->content);
  const auto pinned = TrustedState::Pin(text);
  if (pinned) Offer(*pinned, text);
  return 0;
}
