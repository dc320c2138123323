#include "core/trust/checkpoint.h"

#include "base/bytes.h"
#include "core/trust/transparency_log.h"
#include "tests/support/catch.h"
#include "tests/support/test_key.h"

namespace assay {
namespace {

using test::TestKey;

const std::string kDash = "\u2014";

std::string Body(const std::string& origin = "log.example.com",
                 const std::string& size = "42",
                 const std::string& root = std::string(32, 'r')) {
  return origin + "\n" + size + "\n" + Base64Encode(root) + "\n";
}

std::string Line(const std::string& name = "log.example.com",
                 const std::string& bytes = "hintsignature") {
  return kDash + " " + name + " " + Base64Encode(bytes) + "\n";
}

Reason ReasonOf(const std::string& note) {
  const auto read = Checkpoint::Parse(note);
  return read ? Reason::kSigned : read.error().reason;
}

TEST_CASE("a checkpoint is read in its parts") {
  const auto read = Checkpoint::Parse(Body() + "more\n\n" + Line() + Line("w"));
  REQUIRE(read);
  CHECK(read->origin == "log.example.com");
  CHECK(read->tree_size == 42);
  CHECK(read->root == std::string(32, 'r'));
  CHECK(read->body == Body() + "more\n");
  REQUIRE(read->signatures.size() == 2);
  CHECK(read->signatures[1].name == "w");
  CHECK(read->signatures[0].key_hint == "hint");
  CHECK(read->signatures[0].signature == "signature");
}

TEST_CASE("what is no checkpoint is refused") {
  const std::string good = Body() + "\n" + Line();
  REQUIRE(ReasonOf(good) == Reason::kSigned);
  const std::string many = [] {
    std::string lines;
    for (int i = 0; i < 33; ++i) lines += Line();
    return lines;
  }();
  for (const std::string& note :
       {std::string(),
        Body(),
        Body() + "\n",
        good.substr(0, good.size() - 1),
        good + "\n",
        good + "text\n",
        Body("") + "\n" + Line(),
        Body("o", "042") + "\n" + Line(),
        Body("o", "-1") + "\n" + Line(),
        Body("o", "") + "\n" + Line(),
        Body("o", "9223372036854775808") + "\n" + Line(),
        Body("o", "1", "short") + "\n" + Line(),
        Body("o\r") + "\n" + Line(),
        Body("o\xff") + "\n" + Line(),
        "o\n1\n\n" + Line(),
        Body() + "\n- log " + Base64Encode("hintx") + "\n",
        Body() + "\n" + kDash + " log\n",
        Body() + "\n" + Line("log", "hint"),
        Body() + "\n" + kDash + "  " + Base64Encode("hintx") + "\n",
        Body() + "\n" + kDash + " log a===\n",
        Body() + "\n" + many,
        Body(std::string(70'000, 'o')) + "\n" + Line()}) {
    CAPTURE(note.substr(0, 120));
    CHECK(ReasonOf(note) == Reason::kCheckpointMalformed);
  }
}

// A log, and notes that it or somebody else signed.
struct Fixture {
  TestKey key = TestKey::Make(KeyKind::kEcdsaP256);
  TransparencyLog log{"https://log.example.com/", "hint" + std::string(28, 'i'),
                      key.Public(), Validity{}};

  Checkpoint Signed(const TestKey& by, const std::string& hint = "hint",
                    const std::string& name = "log.example.com",
                    const std::string& origin = "log.example.com") const {
    const auto body = Body(origin);
    const auto line = Line(name, hint + by.Sign({}, body));
    return Checkpoint::Parse(body + "\n" + Line("w", "foreign") + line).value();
  }
};

TEST_CASE("a checkpoint must be signed by the log itself") {
  const Fixture fixture;
  const auto reason = [&](const Checkpoint& checkpoint, LogNaming naming) {
    const auto status = fixture.log.VerifyCheckpoint(checkpoint, naming);
    return status ? Reason::kSigned : status.error().reason;
  };
  for (const auto naming : {LogNaming::kByKey, LogNaming::kByName}) {
    CHECK(reason(fixture.Signed(fixture.key), naming) == Reason::kSigned);
    CHECK(reason(fixture.Signed(TestKey::Make(KeyKind::kEcdsaP256)), naming) ==
          Reason::kCheckpointInvalid);
    CHECK(reason(fixture.Signed(fixture.key, "hinx"), naming) ==
          Reason::kCheckpointInvalid);
  }
  for (const auto& checkpoint :
       {fixture.Signed(fixture.key, "hint", "other"),
        fixture.Signed(fixture.key, "hint", "log.example.com", "other")}) {
    CHECK(reason(checkpoint, LogNaming::kByKey) == Reason::kSigned);
    CHECK(reason(checkpoint, LogNaming::kByName) == Reason::kCheckpointInvalid);
  }
}

}  // namespace
}  // namespace assay
