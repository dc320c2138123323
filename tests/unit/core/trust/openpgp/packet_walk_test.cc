#include "core/trust/openpgp/packet_walk.h"

#include "base/limits.h"
#include "tests/support/catch.h"
#include "tests/unit/core/trust/openpgp/recorded.h"

namespace assay {
namespace {

Reason ReasonOf(const std::string& message) {
  const auto walked = WalkOpenpgpMessage(message);
  REQUIRE_FALSE(walked);
  return walked.error().reason;
}

TEST_CASE("what gpg signs is content and signature, however it is packed") {
  const auto file =
      GENERATE("rsa-sha256.sig", "rsa-sha512.sig", "rsa-plain.sig",
               "rsa-zlib.sig", "ed.sig", "p256.sig", "sub.sig");
  CAPTURE(file);
  const auto walked = WalkOpenpgpMessage(Recorded(file));
  REQUIRE(walked);
  CHECK(walked->content == kRecordedPayload);
  CHECK(walked->signature.starts_with("\xc2\xff"));
}

TEST_CASE("containers' own prefix may stand before a message") {
  const std::string prefix("\0simple-signing\n", 16);
  CHECK(WalkOpenpgpMessage(prefix + Recorded("ed.sig")));
  CHECK(ReasonOf(std::string("\0sigstore-json\n{}", 17)) ==
        Reason::kOpenpgpMalformed);
  CHECK(ReasonOf(prefix + prefix + Recorded("ed.sig")) ==
        Reason::kOpenpgpMalformed);
}

TEST_CASE("content may come in parts") {
  const auto packets = PacketsOfRsa();
  const std::string body = packets.literal.substr(2);
  const std::string parts =
      std::string("\xcb\xe5", 2) + body.substr(0, 32) +
      std::string(1, static_cast<char>(body.size() - 32)) + body.substr(32);
  const auto walked =
      WalkOpenpgpMessage(packets.one_pass + parts + packets.signature);
  REQUIRE(walked);
  CHECK(walked->content == kRecordedPayload);
  // Nothing but content does.
  const std::string signature = packets.signature.substr(3);
  CHECK(ReasonOf(packets.one_pass + packets.literal +
                 std::string("\xc2\xe8", 2) + signature.substr(0, 256) +
                 std::string(1, static_cast<char>(signature.size() - 256)) +
                 signature.substr(256)) == Reason::kOpenpgpMalformed);
}

TEST_CASE("other forms of OpenPGP are none") {
  const auto file =
      GENERATE("rsa-armored.sig", "rsa-clear.sig", "rsa-detached.sig");
  CAPTURE(file);
  CHECK(ReasonOf(Recorded(file)) == Reason::kOpenpgpForm);
  CHECK(ReasonOf(PacketOf(1, "key") + PacketOf(18, "data")) ==
        Reason::kOpenpgpForm);
}

TEST_CASE("content that nobody signed is refused wherever it stands") {
  const auto signed_one = PacketsOfRsa();
  const std::string lie = LiteralOf("lie");
  CHECK(ReasonOf(lie) == Reason::kOpenpgpUnsigned);
  CHECK(ReasonOf(Compressed(lie)) == Reason::kOpenpgpUnsigned);
  CHECK(ReasonOf(lie + signed_one.All()) == Reason::kOpenpgpUnsigned);
  CHECK(ReasonOf(signed_one.All() + lie) == Reason::kOpenpgpUnsigned);
  CHECK(ReasonOf(signed_one.one_pass + lie + signed_one.literal +
                 signed_one.signature) == Reason::kOpenpgpUnsigned);
  CHECK(ReasonOf(Compressed(lie + signed_one.All())) ==
        Reason::kOpenpgpUnsigned);
  CHECK(ReasonOf(lie + Compressed(signed_one.All())) ==
        Reason::kOpenpgpUnsigned);
  CHECK(ReasonOf(signed_one.one_pass + signed_one.literal) ==
        Reason::kOpenpgpUnsigned);
}

TEST_CASE("there is one signature and one message") {
  const auto one = PacketsOfRsa();
  CHECK(ReasonOf(Recorded("two-keys.sig")) == Reason::kOpenpgpSignatures);
  CHECK(ReasonOf(one.one_pass + one.literal + one.signature + one.signature) ==
        Reason::kOpenpgpSignatures);
  CHECK(ReasonOf(one.one_pass + one.one_pass + one.literal + one.signature) ==
        Reason::kOpenpgpSignatures);
  CHECK(ReasonOf(one.All() + one.All()) == Reason::kOpenpgpUnsigned);
  CHECK(ReasonOf(Recorded("ed.sig") + Recorded("ed.sig")) ==
        Reason::kOpenpgpMalformed);
}

TEST_CASE("nothing stands beside a message, around or inside of it") {
  const auto one = PacketsOfRsa();
  const auto message = GENERATE_COPY(
      std::string(), one.All() + "\n", one.All() + PacketOf(10, "PGP"),
      PacketOf(10, "PGP") + one.All(),
      one.literal + one.signature + PacketOf(10, "PGP"), one.signature + "x",
      Compressed(Compressed(one.All())), Compressed(one.All() + "x"),
      Compressed(one.All()) + one.signature, Compressed(""),
      Recorded("rsa-sha256.sig") + "x", Recorded("rsa-zlib.sig") + "x",
      Recorded("rsa-sha256.sig").substr(0, 200), Recorded("rsa-bzip2.sig"),
      PacketOf(8, ""), one.one_pass + one.signature + one.literal,
      one.All().substr(0, one.All().size() - 1), std::string("PK"));
  CAPTURE(message);
  CHECK(ReasonOf(message) == Reason::kOpenpgpMalformed);
}

TEST_CASE("the announced signature is the one that was made") {
  auto packets = PacketsOfRsa();
  const auto changed = [&](std::size_t at, char value) {
    auto copy = packets;
    copy.one_pass.at(2 + at) = value;
    return copy.All();
  };
  CHECK(ReasonOf(changed(0, 4)) == Reason::kOpenpgpMalformed);   // version
  CHECK(ReasonOf(changed(1, 1)) == Reason::kOpenpgpMalformed);   // type
  CHECK(ReasonOf(changed(2, 2)) == Reason::kOpenpgpMalformed);   // hash
  CHECK(ReasonOf(changed(3, 17)) == Reason::kOpenpgpMalformed);  // key
  CHECK(ReasonOf(changed(12, 0)) == Reason::kOpenpgpMalformed);  // another
}

TEST_CASE("weak hashes and text are refused before anything is computed") {
  CHECK(ReasonOf(Recorded("rsa-sha1.sig")) == Reason::kSignatureHash);
  CHECK(ReasonOf(Recorded("rsa-text.sig")) == Reason::kOpenpgpMalformed);
  auto packets = PacketsOfRsa();
  packets.literal.at(2) = 't';
  CHECK(ReasonOf(packets.All()) == Reason::kOpenpgpMalformed);
}

TEST_CASE("what is too large is refused, packed as well") {
  const std::string zeros(64U << 20, '\0');
  const std::string bomb = Compressed(LiteralOf(zeros));
  REQUIRE(bomb.size() < limits::kOpenpgpMessageBytes);
  CHECK(ReasonOf(bomb) == Reason::kTooLarge);
  const auto packets = PacketsOfRsa();
  CHECK(ReasonOf(packets.one_pass +
                 LiteralOf(std::string(limits::kSimpleSigningBytes + 1, 'x')) +
                 packets.signature) == Reason::kTooLarge);
  CHECK(ReasonOf(std::string(limits::kOpenpgpMessageBytes + 1, '\xa3')) ==
        Reason::kTooLarge);
  // A length that says more than there is.
  CHECK(ReasonOf(std::string("\xcb\xff\xff\xff\xff\xff", 6)) ==
        Reason::kOpenpgpMalformed);
}

}  // namespace
}  // namespace assay
