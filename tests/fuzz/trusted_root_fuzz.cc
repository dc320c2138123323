// Property: a root that reads finds each of its logs by its id, its keys stand
// in the input as they are, what is bounded is, and validity never ends before
// it starts; with more behind it, it does not read. One that does not read
// gives one reason.
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/sigstore/trusted_root.h"
#include "tests/fuzz/recorded.h"

namespace {

using assay::TransparencyLog;
using assay::TrustedRoot;
using assay::fuzz::Require;

void RequireLogs(const std::string& json,
                 const std::vector<TransparencyLog>& logs) {
  Require(logs.size() <= assay::limits::kTrustedInstances);
  for (const auto& log : logs) {
    Require(log.id().size() == 32);
    Require(!log.validity().end || log.validity().start <= *log.validity().end);
    // Escapes could spell them otherwise; without any they stand there.
    if (json.find('\\') != std::string::npos) continue;
    for (const auto& bytes : {log.id(), log.key().spki()}) {
      Require(json.find('"' + assay::Base64Encode(bytes) + '"') !=
              std::string::npos);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string json(reinterpret_cast<const char*>(data), size);
  const auto root = TrustedRoot::Parse(json);
  if (!root) {
    Require(root.error().reason == assay::Reason::kTrustedRootMalformed);
    return 0;
  }
  RequireLogs(json, root->logs());
  RequireLogs(json, root->certificate_logs());
  for (const auto& log : root->logs()) Require(root->FindLog(log.id()) == &log);
  for (const auto& log : root->certificate_logs()) {
    Require(root->FindCertificateLog(log.id()) == &log);
  }
  Require(root->authorities().size() <= assay::limits::kTrustedInstances);
  Require(root->timestamp_authorities().size() <=
          assay::limits::kTrustedInstances);
  Require(!TrustedRoot::Parse(json + "{}"));
  return 0;
}
