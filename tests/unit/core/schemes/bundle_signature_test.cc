#include "base/bytes.h"
#include "core/schemes/sigstore/bundle.h"
#include "core/schemes/sigstore/statement.h"
#include "tests/support/catch.h"
#include "tests/unit/core/schemes/signing_fixture.h"

namespace assay {
namespace {

using namespace test;

constexpr const char* kBundleType =
    "application/vnd.dev.sigstore.bundle.v0.3+json";
constexpr const char* kInToto = "application/vnd.in-toto+json";

const TestKey& Key() { return TestKey::Of(KeyKind::kEcdsaP256); }

std::string SubjectFor(const std::string& digests,
                       const std::string& rest = "") {
  return R"({"digest":{)" + digests + "}" + rest + "}";
}

std::string ThisImage(const std::string& rest = "") {
  return SubjectFor(R"("sha256":")" + ImageDigest().hex() + R"(")", rest);
}

std::string StatementOver(
    const std::string& subjects,
    std::string_view predicate = kSignPredicateType,
    const std::string& type = "https://in-toto.io/Statement/v1") {
  return R"({"_type":")" + type + R"(","subject":[)" + subjects +
         R"(],"predicateType":")" + std::string(predicate) +
         R"(","predicate":{}})";
}

// A bundle in parts, so that a test can put another part in one's place.
struct Parts {
  std::string media_type = kBundleType;
  std::string payload_type = kInToto;
  std::string payload = StatementOver(ThisImage());
  std::string material = R"("publicKey":{"hint":""})";
  std::string extra_signature;  // after the first, with its comma
  std::string signature;        // base64; made by Key() where empty
  SignatureAlgorithm algorithm;

  std::string Signed(const TestKey& key) const {
    const Envelope envelope{payload_type, payload};
    return Base64Encode(key.Sign(algorithm, envelope.SignedBytes()));
  }

  std::string Json(const TestKey& key = Key()) const {
    const auto sig = signature.empty() ? Signed(key) : signature;
    return R"({"mediaType":")" + media_type + R"(","verificationMaterial":{)" +
           material + R"(},"dsseEnvelope":{"payload":")" +
           Base64Encode(payload) + R"(","payloadType":")" + payload_type +
           R"(","signatures":[{"sig":")" + sig + R"("})" + extra_signature +
           "]}}";
  }
};

UntrustedArtifact Referrer(const std::string& bundle) {
  auto artifact = Artifact(ArtifactOrigin::kReferrer,
                           {{DescriptorOf(kBundleType, bundle), bundle}});
  artifact.manifest->artifact_type = kBundleType;
  artifact.manifest->subject =
      DescriptorOf(kOciManifest, "the image's manifest");
  return artifact;
}

SigstoreKeySigner SignerWith(std::map<std::string, std::string> annotations,
                             const TestKey& key = Key()) {
  return {"release", {RingOf(key), {std::move(annotations)}, {}}};
}

Reason ReasonFor(const std::string& bundle) {
  return OnlyReason(Judge(SignerWith({}), TargetOf(), {Referrer(bundle)}));
}

TEST_CASE("PAE is DSSE's") {
  const Envelope envelope{"http://example.com/HelloWorld", "hello world"};
  CHECK(envelope.SignedBytes() ==
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST_CASE("a bundle by each kind of key and hash cosign uses") {
  struct Case {
    KeyKind kind;
    SignatureAlgorithm algorithm;
  };
  const auto one = GENERATE(values<Case>({
      {KeyKind::kEcdsaP256, {}},
      {KeyKind::kEcdsaP384, {HashAlgorithm::kSha384}},
      {KeyKind::kEcdsaP384, {HashAlgorithm::kSha256}},
      {KeyKind::kEcdsaP521, {HashAlgorithm::kSha512}},
      {KeyKind::kEcdsaP521, {HashAlgorithm::kSha256}},
      {KeyKind::kRsa2048, {}},
      {KeyKind::kEd25519, {}},
      {KeyKind::kEd25519, {HashAlgorithm::kSha512, Padding::kPkcs1, true}},
  }));
  const auto& key = TestKey::Of(one.kind);
  Parts parts;
  parts.algorithm = one.algorithm;
  const auto findings =
      Judge(SignerWith({}, key), TargetOf(), {Referrer(parts.Json(key))});
  REQUIRE(findings.verified.size() == 1);
  CHECK(findings.verified.front().identity() ==
        "key:" + key.Public().fingerprint().str());
  CHECK(findings.verified.front().target() == ImageDigest());
}

TEST_CASE("versions, and what each demands of log entries") {
  const std::string id = R"("logIndex":"1","logId":{"keyId":"AAAA"},)";
  const std::string kind =
      R"("kindVersion":{"kind":"dsse","version":"0.0.1"},"integratedTime":"1",)"
      R"("canonicalizedBody":"AAAA")";
  const std::string hash = Base64Encode(std::string(32, 'h'));
  const std::string promise =
      R"(,"inclusionPromise":{"signedEntryTimestamp":"AAAA"})";
  const std::string proof =
      R"(,"inclusionProof":{"logIndex":"1","treeSize":"2","rootHash":")" +
      hash + R"(","hashes":[")" + hash + R"("],"checkpoint":{"envelope":"x"}})";
  const auto with = [&](const std::string& version, const std::string& rest) {
    Parts parts;
    parts.media_type = version;
    parts.material += R"(,"tlogEntries":[{)" + id + kind + rest + "}]";
    return ReasonFor(parts.Json());
  };
  const std::string v01 =
      "application/vnd.dev.sigstore.bundle+json;version=0.1";
  const std::string v02 =
      "application/vnd.dev.sigstore.bundle+json;version=0.2";
  const std::string v03 =
      "application/vnd.dev.sigstore.bundle+json;version=0.3";
  CHECK(with(v01, promise) == Reason::kSigned);
  CHECK(with(v01, proof) == Reason::kBundleMalformed);
  CHECK(with(v02, proof) == Reason::kSigned);
  CHECK(with(v02, promise) == Reason::kBundleMalformed);
  CHECK(with(v03, proof + promise) == Reason::kSigned);
  CHECK(with(kBundleType, proof) == Reason::kSigned);
  CHECK(with(kBundleType, "") == Reason::kBundleMalformed);
  for (const auto* version :
       {"", "application/vnd.dev.sigstore.bundle+json;version=0.4",
        "application/vnd.dev.sigstore.bundle.v0.4+json",
        "application/vnd.dev.sigstore.bundle.v0.3+json "}) {
    CHECK(with(version, proof) == Reason::kBundleVersion);
  }
}

TEST_CASE("log entries and timestamps have their shape checked") {
  const auto with = [](const std::string& rest) {
    Parts parts;
    parts.material += rest;
    return ReasonFor(parts.Json());
  };
  CHECK(with(R"(,"tlogEntries":[])") == Reason::kSigned);
  CHECK(with(R"(,"timestampVerificationData":{"rfc3161Timestamps":)"
             R"([{"signedTimestamp":"AAAA"}]})") == Reason::kSigned);
  CHECK(with(R"(,"timestampVerificationData":{})") == Reason::kSigned);
  for (const auto* bad :
       {R"(,"tlogEntries":{})", R"(,"tlogEntries":[{}])",
        R"(,"tlogEntries":[null])",
        R"(,"timestampVerificationData":{"rfc3161Timestamps":[{}]})",
        R"(,"timestampVerificationData":{"rfc3161Timestamps":[
            {"signedTimestamp":"A"}]})",
        R"(,"timestampVerificationData":[])", R"(,"unknown":1)"}) {
    CAPTURE(bad);
    CHECK(with(bad) == Reason::kBundleMalformed);
  }
  std::string many = R"({"signedTimestamp":"AAAA"})";
  for (int i = 0; i < 32; ++i) many += R"(,{"signedTimestamp":"AAAA"})";
  CHECK(with(R"(,"timestampVerificationData":{"rfc3161Timestamps":[)" + many +
             "]}") == Reason::kBundleMalformed);
}

TEST_CASE("a key signer takes no certificate and no foreign key") {
  Parts parts;
  for (const auto* material :
       {R"("certificate":{"rawBytes":"AAAA"})",
        R"("x509CertificateChain":{"certificates":[{"rawBytes":"AAAA"}]})",
        R"("publicKey":{"hint":""},"certificate":{"rawBytes":"AAAA"})",
        R"("tlogEntries":[])"}) {
    CAPTURE(material);
    parts.material = material;
    CHECK(ReasonFor(parts.Json()) == Reason::kBundleMaterial);
  }
  const auto other = TestKey::Make(KeyKind::kEcdsaP256);
  parts.material = R"("publicKey":{"hint":")" +
                   Base64Encode(other.Public().fingerprint().bytes()) + R"("})";
  CHECK(ReasonFor(parts.Json(other)) == Reason::kSignatureForeignKey);
  // The hint is unsigned: a wrong one does not unmake a good signature.
  CHECK(ReasonFor(parts.Json()) == Reason::kSigned);
  CHECK(ReasonFor(Parts().Json(other)) == Reason::kSignatureInvalid);
}

TEST_CASE("exactly one signature over in-toto, nothing else") {
  Parts parts;
  parts.extra_signature = R"(,{"sig":"AAAA"})";
  CHECK(ReasonFor(parts.Json()) == Reason::kBundleMalformed);
  parts = {};
  parts.payload_type = "text/plain";
  CHECK(ReasonFor(parts.Json()) == Reason::kPayloadType);
  for (const auto* signature : {"A", "AAA", "AA=A", "-_-_", "AAAA\\n"}) {
    parts = {};
    parts.signature = signature;
    CAPTURE(signature);
    CHECK(ReasonFor(parts.Json()) == Reason::kBundleMalformed);
  }
  const std::string head = std::string(R"({"mediaType":")") + kBundleType +
                           R"(","verificationMaterial":{"publicKey":{}})";
  CHECK(ReasonFor(head + "}") == Reason::kBundleContent);
  CHECK(ReasonFor(head + R"(,"messageSignature":{"signature":"AAAA"}})") ==
        Reason::kBundleMalformed);
  CHECK(ReasonFor(head +
                  R"(,"messageSignature":{"messageDigest":{"algorithm":)"
                  R"("SHA2_256","digest":")" +
                  Base64Encode(std::string(32, 'x')) +
                  R"("},"signature":"AAAA"}})") == Reason::kBundleContent);
  CHECK(ReasonFor(head + R"(,"dsseEnvelope":{},"messageSignature":{}})") ==
        Reason::kBundleContent);
  CHECK(ReasonFor(head + R"(,"dsseEnvelope":{}})") == Reason::kBundleMalformed);
  CHECK(ReasonFor(head + R"(,"dsseEnvelope":{},"dsseEnvelope":{}})") ==
        Reason::kJsonDuplicate);
  CHECK(ReasonFor("{") == Reason::kJsonMalformed);
  CHECK(ReasonFor("[]") == Reason::kBundleVersion);
}

TEST_CASE("only the signing predicate makes a signature") {
  Parts parts;
  for (const auto* predicate :
       {"https://slsa.dev/provenance/v1", "https://sigstore.dev/cosign/sign/v2",
        "https://sigstore.dev/cosign/sign/v1/", ""}) {
    parts.payload = StatementOver(ThisImage(), predicate);
    CAPTURE(predicate);
    CHECK(ReasonFor(parts.Json()) == Reason::kPredicateType);
  }
  parts.payload = StatementOver(ThisImage(), kSignPredicateType,
                                "https://in-toto.io/Statement/v0.1");
  CHECK(ReasonFor(parts.Json()) == Reason::kSigned);
  parts.payload = StatementOver(ThisImage(), kSignPredicateType,
                                "https://in-toto.io/Statement/v2");
  CHECK(ReasonFor(parts.Json()) == Reason::kStatementMalformed);
}

TEST_CASE("what the subjects of a statement name") {
  const auto verdict = [](const std::string& subjects) {
    Parts parts;
    parts.payload = StatementOver(subjects);
    return ReasonFor(parts.Json());
  };
  const std::string other =
      SubjectFor(R"("sha256":")" + std::string(64, '0') + R"(")");
  const std::string sha512 =
      Digest::Of("the image's manifest", HashAlgorithm::kSha512).hex();
  std::string upper = ImageDigest().hex();
  for (char& c : upper) {
    if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
  }
  CHECK(verdict(other + "," + ThisImage()) == Reason::kSigned);
  CHECK(verdict(ThisImage() + "," + other) == Reason::kSigned);
  CHECK(verdict(ThisImage(R"(,"name":"x","annotations":null)")) ==
        Reason::kSigned);
  CHECK(verdict(other) == Reason::kSignatureOtherImage);
  CHECK(verdict(SubjectFor(R"("sha512":")" + sha512 + R"(")")) ==
        Reason::kSignatureOtherImage);
  CHECK(verdict(SubjectFor(R"("sha1":")" + ImageDigest().hex() + R"(")")) ==
        Reason::kSignatureOtherImage);
  for (const auto& bad :
       {std::string(), std::string("null"), std::string("{}"),
        std::string(R"({"digest":{}})"), std::string(R"({"digest":null})"),
        ThisImage() + ",null", ThisImage() + R"(,{"digest":{"sha256":1}})",
        SubjectFor(R"("sha256":")" + upper + R"(")"),
        SubjectFor(R"("sha256":"abcd")"), SubjectFor(R"("sha256":"../../etc")"),
        ThisImage() + "," + SubjectFor(R"("gitCommit":"xyz")"),
        ThisImage(R"(,"annotations":[])")}) {
    CAPTURE(bad);
    CHECK(verdict(bad) == Reason::kStatementMalformed);
  }
  std::string many = ThisImage();
  for (int i = 0; i < 1024; ++i) many += "," + other;
  CHECK(verdict(many) == Reason::kStatementMalformed);
}

TEST_CASE("required annotations stand on the image's own subject") {
  const auto signer = SignerWith({{"env", "prod"}});
  const auto verdict = [&](const std::string& subjects) {
    Parts parts;
    parts.payload = StatementOver(subjects);
    return OnlyReason(Judge(signer, TargetOf(), {Referrer(parts.Json())}));
  };
  const std::string prod = R"(,"annotations":{"env":"prod"})";
  const std::string zeros = R"("sha256":")" + std::string(64, '0') + R"(")";
  CHECK(verdict(ThisImage(prod)) == Reason::kSigned);
  CHECK(verdict(ThisImage() + "," + ThisImage(prod)) == Reason::kSigned);
  CHECK(verdict(ThisImage()) == Reason::kSignatureAnnotation);
  CHECK(verdict(ThisImage() + "," + SubjectFor(zeros, prod)) ==
        Reason::kSignatureAnnotation);
  CHECK(verdict(ThisImage(R"(,"annotations":{"env":true})")) ==
        Reason::kSignatureAnnotation);
}

TEST_CASE("the referrer around a bundle") {
  const auto verdict = [](const UntrustedArtifact& artifact) {
    return OnlyReason(Judge(SignerWith({}), TargetOf(), {artifact}));
  };
  auto artifact = Referrer(Parts().Json());
  CHECK(verdict(artifact) == Reason::kSigned);
  artifact.manifest->artifact_type = "";  // told by its layer
  CHECK(verdict(artifact) == Reason::kSigned);
  artifact.manifest->subject = DescriptorOf(kOciManifest, "another");
  CHECK(verdict(artifact) == Reason::kArtifactSubject);
  artifact.manifest->subject.reset();
  CHECK(verdict(artifact) == Reason::kArtifactSubject);

  artifact = Referrer(Parts().Json());
  artifact.manifest->layers.push_back(artifact.manifest->layers.front());
  CHECK(verdict(artifact) == Reason::kBundleMalformed);
  artifact.manifest->layers.clear();
  CHECK(verdict(artifact) == Reason::kBundleMalformed);
  artifact.manifest->artifact_type = "application/spdx+json";
  CHECK(verdict(artifact) == Reason::kUnspecified);  // not ours to judge
  artifact = Referrer(Parts().Json());
  artifact.blobs.front().bytes += " ";
  CHECK(verdict(artifact) == Reason::kEvidenceTampered);
}

TEST_CASE("a junk bundle never hides a good legacy or bundle signature") {
  const auto findings =
      Judge(SignerWith({}), TargetOf(),
            {Referrer("junk"), Referrer(Parts().Json()), Referrer("{}")});
  CHECK(findings.verified.size() == 1);
  CHECK(findings.failed.size() == 2);
}

TEST_CASE("one flipped bit of the payload or its type ends the signature") {
  const Parts good;
  const auto signature = good.Signed(Key());
  for (std::size_t bit = 0; bit < good.payload.size() * 8; ++bit) {
    Parts bad;
    bad.signature = signature;
    bad.payload[bit / 8] =
        static_cast<char>(bad.payload[bit / 8] ^ (1 << (bit % 8)));
    CAPTURE(bit);
    REQUIRE(ReasonFor(bad.Json()) == Reason::kSignatureInvalid);
  }
}

}  // namespace
}  // namespace assay
