#include "core/evidence/plain_payload.h"
#include "core/schemes/simple_signing/payload.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

std::string Payload(const std::string& identity, const std::string& image,
                    const std::string& type, const std::string& rest) {
  return R"({"critical":{"identity":)" + identity + R"(,"image":)" + image +
         R"(,"type":)" + type + "}" + rest + "}";
}

const std::string kIdentity =
    R"({"docker-reference":"registry.example.com/a"})";
const std::string kImage = R"({"docker-manifest-digest":")" + kDigest + R"("})";
const std::string kType = R"("cosign container image signature")";

Result<SimpleSigning> ParseCosign(const std::string& payload) {
  return SimpleSigning::Parse(payload, SimpleSigningType::kCosign);
}

TEST_CASE("OpenPGP signs payloads of its own type") {
  const auto parse = [](const std::string& type, const std::string& rest) {
    return SimpleSigning::Parse(Payload(kIdentity, kImage, type, rest),
                                SimpleSigningType::kAtomic);
  };
  const std::string atomic = R"("atomic container signature")";
  CHECK(parse(atomic, R"(,"optional":{"creator":"c","timestamp":1})"));
  CHECK(parse(atomic, R"(,"optional":null)").error().reason ==
        Reason::kPayloadMalformed);
  CHECK(parse(kType, R"(,"optional":{})").error().reason ==
        Reason::kPayloadType);
  CHECK(ParseCosign(Payload(kIdentity, kImage, atomic, R"(,"optional":{})"))
            .error()
            .reason == Reason::kPayloadType);
}

TEST_CASE("Binary Authorization signs payloads of its own, without more") {
  const auto parse = [](const std::string& type, const std::string& rest) {
    return SimpleSigning::Parse(Payload(kIdentity, kImage, type, rest),
                                SimpleSigningType::kBinaryAuthorization);
  };
  for (const std::string type :
       {R"("Google cloud binauthz container signature")",
        R"("Google Cloud BinAuthz container signature")"}) {
    const auto read = parse(type, "");
    REQUIRE(read);
    CHECK(read->manifest.str() == kDigest);
    CHECK(parse(type, R"(,"optional":{})").error().reason ==
          Reason::kPayloadMalformed);
    CHECK(ParseCosign(Payload(kIdentity, kImage, type, R"(,"optional":{})"))
              .error()
              .reason == Reason::kPayloadType);
  }
  CHECK(parse(kType, "").error().reason == Reason::kPayloadType);
}

TEST_CASE("what cosign and podman write is read") {
  const auto optional = GENERATE(
      R"(,"optional":null)", R"(,"optional":{})",
      R"(,"optional":{"k":"v","n":1})",
      R"(,"optional":{"creator":"podman","timestamp":1760000000,"k":"v"})");
  const auto read = ParseCosign(Payload(kIdentity, kImage, kType, optional));
  REQUIRE(read);
  CHECK(read->manifest.str() == kDigest);
  CHECK(read->docker_reference == "registry.example.com/a");
}

TEST_CASE("what cosign signs when nothing is added is known beforehand") {
  // Of tests/vectors/cosign25-p256-allow, which cosign 2.5 signed.
  const auto recorded = PlainCosignPayload(
      *Reference::Parse("registry.example.com/payments/api:1"),
      *Digest::Parse("sha256:581b962f4442532a8935f6ff7e3d6e9b5568d183aa823d5485"
                     "da1c64570056be"));
  CHECK(Digest::Of(recorded).hex() ==
        "7bc8c13a5b3284459dace8b44eb4d406f1d990eb0f6a064744485a6d34c931c7");
  const auto hub = ParseCosign(PlainCosignPayload(*Reference::Parse("busybox"),
                                                  *Digest::Parse(kDigest)));
  REQUIRE(hub);
  CHECK(hub->docker_reference == "index.docker.io/library/busybox");
}

TEST_CASE("only strings of `optional` are annotations") {
  const auto read = ParseCosign(Payload(
      kIdentity, kImage, kType, R"(,"optional":{"k":"v","n":1,"o":{}})"));
  REQUIRE(read);
  CHECK(read->annotations == std::map<std::string, std::string>{{"k", "v"}});
}

TEST_CASE("every other payload is refused by its reason") {
  struct Case {
    std::string payload;
    Reason reason;
  };
  const std::string null = R"(,"optional":null)";
  const auto one = GENERATE_COPY(values<Case>({
      {"", Reason::kJsonMalformed},
      {"[]", Reason::kPayloadMalformed},
      {"{}", Reason::kPayloadMalformed},
      {Payload(kIdentity, kImage, kType, ""), Reason::kPayloadMalformed},
      {Payload(kIdentity, kImage, kType, null + R"(,"x":1)"),
       Reason::kPayloadMalformed},
      {Payload(kIdentity, kImage, kType, null + null), Reason::kJsonDuplicate},
      {Payload(kIdentity, kImage, kType, null) + " x", Reason::kJsonMalformed},
      {Payload(kIdentity, kImage, kType, R"(,"optional":1)"),
       Reason::kPayloadMalformed},
      {Payload(kIdentity, kImage, kType, R"(,"optional":{"timestamp":1.5})"),
       Reason::kPayloadMalformed},
      {Payload(kIdentity, kImage, kType, R"(,"optional":{"creator":1})"),
       Reason::kPayloadMalformed},
      {Payload(kIdentity, kImage, R"("atomic container signature")", null),
       Reason::kPayloadType},
      {Payload(kIdentity, kImage, R"("Cosign container image signature")",
               null),
       Reason::kPayloadType},
      {Payload(kIdentity, kImage, "null", null), Reason::kPayloadMalformed},
      {Payload("{}", kImage, kType, null), Reason::kPayloadMalformed},
      {Payload(R"({"docker-reference":1})", kImage, kType, null),
       Reason::kPayloadMalformed},
      {Payload(R"({"docker-reference":"a","x":1})", kImage, kType, null),
       Reason::kPayloadMalformed},
      {Payload(kIdentity, R"({"docker-manifest-digest":null})", kType, null),
       Reason::kPayloadMalformed},
      {Payload(kIdentity,
               R"({"docker-manifest-digest":"a","docker-manifest-digest":"b"})",
               kType, null),
       Reason::kJsonDuplicate},
      {Payload(kIdentity, R"({"docker-manifest-digest":"sha256:../../x"})",
               kType, null),
       Reason::kDigestMalformed},
      {Payload(kIdentity,
               R"({"docker-manifest-digest":"sha256:)" + std::string(64, 'A') +
                   R"("})",
               kType, null),
       Reason::kDigestMalformed},
      {Payload(kIdentity,
               R"({"docker-manifest-digest":"sha256:)" + std::string(63, 'a') +
                   R"("})",
               kType, null),
       Reason::kDigestMalformed},
      {std::string(129U << 10, ' '), Reason::kTooLarge},
      {std::string(100'000, '['), Reason::kJsonTooDeep},
  }));
  CAPTURE(one.payload.substr(0, 300));
  const auto read = ParseCosign(one.payload);
  REQUIRE_FALSE(read);
  CHECK(Describe(read.error().reason).id == Describe(one.reason).id);
}

}  // namespace
}  // namespace assay
