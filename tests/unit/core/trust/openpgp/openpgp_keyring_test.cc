#include "core/trust/openpgp/openpgp_keyring.h"

#include <atomic>
#include <thread>

#include "core/trust/openpgp/packet_walk.h"
#include "tests/support/catch.h"
#include "tests/unit/core/trust/openpgp/recorded.h"

namespace assay {
namespace {

OpenpgpKeyring KeyringOf(const std::vector<std::string>& names) {
  std::vector<std::string> files;
  for (const std::string& name : names) files.push_back(Recorded(name));
  auto keyring = OpenpgpKeyring::Parse(std::move(files));
  if (!keyring) FAIL(keyring.error().detail);
  return *std::move(keyring);
}

Reason ReasonOf(const OpenpgpKeyring& keyring, const std::string& message,
                const std::string& date = "2026-01-15") {
  const auto verified = keyring.Verify(message, Day(date));
  REQUIRE_FALSE(verified);
  CAPTURE(verified.error().detail);
  return verified.error().reason;
}

Reason ParseReason(std::vector<std::string> files) {
  const auto keyring = OpenpgpKeyring::Parse(std::move(files));
  REQUIRE_FALSE(keyring);
  return keyring.error().reason;
}

struct Signed {
  const char* key;
  const char* message;
  const char* algorithm;
};

TEST_CASE("what gpg signs holds, by keys of every kind") {
  const auto sample = GENERATE(Signed{"rsa.gpg", "rsa-sha256.sig", "rsa2048"},
                               Signed{"rsa.asc", "rsa-sha512.sig", "rsa2048"},
                               Signed{"rsa.gpg", "rsa-plain.sig", "rsa2048"},
                               Signed{"rsa.gpg", "rsa-zlib.sig", "rsa2048"},
                               Signed{"ed.gpg", "ed.sig", "ed25519"},
                               Signed{"ed.asc", "ed.sig", "ed25519"},
                               Signed{"p256.gpg", "p256.sig", "nist p-256"});
  CAPTURE(sample.key, sample.message);
  const auto keyring = KeyringOf({sample.key});
  REQUIRE(keyring.keys().size() == 1);
  CHECK(keyring.keys().front().algorithm == sample.algorithm);
  const auto verified =
      keyring.Verify(Recorded(sample.message), Day("2026-01-15"));
  if (!verified) FAIL(verified.error().detail);
  CHECK(verified->content == kRecordedPayload);
  CHECK(verified->primary == keyring.keys().front().fingerprint);
  CHECK(verified->key == verified->primary);
  CHECK(verified->created == Day("2026-01-10"));
  CHECK_FALSE(verified->expires);
}

TEST_CASE("a subkey signs for its primary, as long as both last") {
  const auto keyring = KeyringOf({"sub.gpg"});
  REQUIRE(keyring.keys().size() == 1);
  const auto message = Recorded("sub.sig");
  const auto verified = keyring.Verify(message, Day("2026-01-15"));
  if (!verified) FAIL(verified.error().detail);
  CHECK(verified->primary == keyring.keys().front().fingerprint);
  CHECK(verified->key != verified->primary);
  CHECK(verified->expires == Day("2026-03-02"));
  CHECK(ReasonOf(keyring, message, "2026-03-02") == Reason::kKeyExpired);
  // The subkey has no end of its own.
  const auto elder = KeyringOf({"elder.gpg"});
  const auto by_elder = elder.Verify(Recorded("elder.sig"), Day("2026-01-31"));
  REQUIRE(by_elder);
  CHECK(by_elder->expires == Day("2026-02-01"));
  CHECK(ReasonOf(elder, Recorded("elder.sig"), "2026-02-01") ==
        Reason::kKeyExpired);
}

TEST_CASE("many keys make one keyring, each of them once") {
  const auto keyring =
      KeyringOf({"rsa.asc", "ed.gpg", "rsa.gpg", "p256.gpg", "ed.asc"});
  CHECK(keyring.keys().size() == 3);
  CHECK(keyring.Verify(Recorded("ed.sig"), Day("2026-01-15")));
  const auto both =
      OpenpgpKeyring::Parse({Recorded("rsa.asc") + Recorded("ed.asc")});
  REQUIRE(both);
  CHECK(both->keys().size() == 2);
  const auto chained =
      OpenpgpKeyring::Parse({Recorded("rsa.gpg") + Recorded("ed.gpg")});
  REQUIRE(chained);
  CHECK(chained->keys().size() == 2);
}

TEST_CASE("a key says whose it is and how long") {
  const auto keyring = KeyringOf({"brief.gpg"});
  const OpenpgpKey& key = keyring.keys().front();
  CHECK(key.fingerprint.size() == 40);
  CHECK(key.user_ids == std::vector<std::string>{"brief <brief@example.com>"});
  CHECK(key.expires == Day("2026-02-01"));
  CHECK_FALSE(key.revoked);
  CHECK(KeyringOf({"stolen.gpg"}).keys().front().revoked);
}

TEST_CASE("a key that may not sign now has not signed") {
  CHECK(ReasonOf(KeyringOf({"ed.gpg"}), Recorded("other.sig")) ==
        Reason::kSignatureForeignKey);
  CHECK(ReasonOf(KeyringOf({"brief.gpg"}), Recorded("brief.sig"),
                 "2026-02-01") == Reason::kKeyExpired);
  CHECK(KeyringOf({"brief.gpg"})
            .Verify(Recorded("brief.sig"), Day("2026-01-31")));
  CHECK(ReasonOf(KeyringOf({"stolen.gpg"}), Recorded("stolen.sig")) ==
        Reason::kKeyRevoked);
  CHECK(ReasonOf(KeyringOf({"usage.gpg"}), Recorded("usage.sig")) ==
        Reason::kKeyUsage);
  CHECK(ReasonOf(KeyringOf({"ed.gpg"}), Recorded("ed.sig"), "2025-12-31") ==
        Reason::kKeyNotYetValid);
}

TEST_CASE("a signature counts in its own time") {
  const auto keyring = KeyringOf({"rsa.gpg"});
  const auto message = Recorded("rsa-ten-days.sig");
  const auto verified = keyring.Verify(message, Day("2026-01-19"));
  REQUIRE(verified);
  CHECK(verified->expires == Day("2026-01-20"));
  CHECK(ReasonOf(keyring, message, "2026-01-20") == Reason::kSignatureExpired);
  CHECK(ReasonOf(keyring, Recorded("rsa-sha256.sig"), "2026-01-09") ==
        Reason::kSignatureInvalid);
}

TEST_CASE("every byte that is signed counts") {
  const auto keyring = KeyringOf({"rsa.gpg"});
  auto packets = PacketsOfRsa();
  REQUIRE(keyring.Verify(packets.All(), Day("2026-01-15")));
  auto other = packets;
  other.literal.back() = '!';
  CHECK(ReasonOf(keyring, other.All()) == Reason::kSignatureInvalid);
  other = packets;
  other.literal = LiteralOf(std::string(kRecordedPayload) + " ");
  CHECK(ReasonOf(keyring, other.All()) == Reason::kSignatureInvalid);
  other = packets;
  other.signature.back() = static_cast<char>(other.signature.back() ^ 1);
  CHECK(ReasonOf(keyring, other.All()) == Reason::kSignatureInvalid);
}

TEST_CASE("messages of the wrong shape never reach the mathematics") {
  const auto keyring = KeyringOf({"rsa.gpg", "ed.gpg"});
  const auto packets = PacketsOfRsa();
  CHECK(ReasonOf(keyring, LiteralOf("lie") + packets.All()) ==
        Reason::kOpenpgpUnsigned);
  CHECK(ReasonOf(keyring, Recorded("two-keys.sig")) ==
        Reason::kOpenpgpSignatures);
  CHECK(ReasonOf(keyring, Recorded("rsa-sha1.sig")) == Reason::kSignatureHash);
  CHECK(ReasonOf(keyring, Recorded("rsa-clear.sig")) == Reason::kOpenpgpForm);
}

TEST_CASE("what is no public key is no keyring") {
  CHECK(ParseReason({}) == Reason::kKeyMalformed);
  CHECK(ParseReason({""}) == Reason::kKeyMalformed);
  CHECK(ParseReason({"text"}) == Reason::kKeyMalformed);
  CHECK(ParseReason({Recorded("ed.sig")}) == Reason::kKeyMalformed);
  CHECK(ParseReason({Recorded("rsa-armored.sig")}) == Reason::kKeyMalformed);
  CHECK(ParseReason({"-----BEGIN PGP PRIVATE KEY BLOCK-----\n"}) ==
        Reason::kKeyMalformed);
  CHECK(ParseReason({"\x95\x01"}) == Reason::kKeyMalformed);
  const auto cut = Recorded("ed.asc");
  CHECK(ParseReason({cut.substr(0, cut.size() / 2)}) == Reason::kKeyMalformed);
  const auto key = Recorded("ed.gpg");
  CHECK(ParseReason({key.substr(0, key.size() - 1)}) == Reason::kKeyMalformed);
  // A key whose owner never signed it.
  CHECK(ParseReason({key.substr(0, 53)}) == Reason::kKeyMalformed);
  CHECK(ParseReason({Recorded("weak.gpg")}) == Reason::kKeyUnsupported);
  // One bad file spoils all.
  CHECK(ParseReason({key, "text"}) == Reason::kKeyMalformed);
}

TEST_CASE("threads verify side by side") {
  const auto keyring = KeyringOf({"ed.gpg", "p256.gpg"});
  const auto message = Recorded("ed.sig");
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 5; ++j) {
        if (keyring.Verify(message, Day("2026-01-15"))) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 30);
}

}  // namespace
}  // namespace assay
