#include "core/schemes/sigstore/trusted_root.h"

#include <fstream>
#include <sstream>

#include "base/bytes.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

// A root as real cosign takes it.
std::string RootFile() {
  std::ifstream in(std::string(ASSAY_VECTORS_DIR) +
                   "/keyless-cosign31-v1-allow/trusted_root.json");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// The file with the first `old` replaced.
std::string Bent(const std::string& old, const std::string& by) {
  std::string text = RootFile();
  const auto at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), by);
}

TEST_CASE("a trusted root names logs and authorities") {
  const auto root = TrustedRoot::Parse(RootFile());
  REQUIRE(root);
  CHECK(root->logs().size() == 2);
  CHECK(root->certificate_logs().size() == 1);
  CHECK(root->authorities().size() == 1);
  CHECK(root->timestamp_authorities().size() == 1);
  const auto& log = root->logs().front();
  CHECK(log.name() == "rekor.example.test");
  CHECK(root->FindLog(log.id()) == &log);
  CHECK(root->FindCertificateLog(log.id()) == nullptr);
  CHECK(root->FindLog("") == nullptr);
}

TEST_CASE("a log whose key is of no known kind is left out") {
  const auto root = TrustedRoot::Parse(
      Bent("\"PKIX_ECDSA_P256_SHA_256\"", "\"PKCS1_RSA_PKCS1V5\""));
  REQUIRE(root);
  CHECK(root->logs().size() == 1);
}

TEST_CASE("anything malformed fails the whole root") {
  const std::string id = [] {
    const auto text = RootFile();
    const auto at = text.find("\"keyId\": \"") + 10;
    return text.substr(at, text.find('"', at) - at);
  }();
  struct Case {
    std::string old;
    std::string by;
  };
  for (const auto& [old, by] : std::initializer_list<Case>{
           {"trustedroot+json;version=0.1", "trustedroot+json;version=9"},
           {"\"tlogs\"", "\"tlog\""},
           {"\"SHA2_256\"", "\"SHA1\""},
           {"\"start\"", "\"begin\""},
           {"\"validFor\"", "\"validFrom\""},
           {"T", " "},
           {id, Base64Encode(std::string(31, 'x'))},
           {id, "x"},
           {"\"rawBytes\": \"", "\"rawBytes\": \"AAAA"},
           {"\"certChain\"", "\"chain\""},
           {"\"uri\"", "\"url\""},
           {"{", "{\"mediaType\": \"x\", "},
           {"\"baseUrl\": \"https://rekor.example.test\"",
            "\"baseUrl\": \"\""}}) {
    CAPTURE(old, by);
    const auto root = TrustedRoot::Parse(Bent(old, by));
    REQUIRE_FALSE(root);
    CHECK(root.error().reason == Reason::kTrustedRootMalformed);
  }
  CHECK_FALSE(TrustedRoot::Parse(""));
  CHECK_FALSE(TrustedRoot::Parse("{}"));
}

}  // namespace
}  // namespace assay
