// Certificates, revocation lists and answers of OCSP, right or wrong in one
// place, made in the test's own process.
#ifndef ASSAY_TESTS_SUPPORT_REVOKER_H_
#define ASSAY_TESTS_SUPPORT_REVOKER_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "core/trust/certificate.h"

namespace assay::test {

// What certificates, lists and answers are made for.
inline constexpr Time kRevokerNow{std::chrono::seconds(1'780'000'000)};

// Names and values as in OpenSSL's configuration: {"basicConstraints",
// "critical,CA:TRUE"}, {"1.2.3.4", "DER:0500"}.
using Extensions = std::vector<std::pair<std::string, std::string>>;

struct RevokedSpec {
  long serial = 0;
  Time at = kRevokerNow - std::chrono::hours(24);
  Extensions extensions = {};

  // With a reason, and the date from which on its key was bad.
  RevokedSpec WithReason(int code) const;
  RevokedSpec InvalidSince(Time time) const;
};

struct ListSpec {
  std::vector<RevokedSpec> entries = {};
  Extensions extensions = {{"crlNumber", "DER:02010a"}};
  Time this_update = kRevokerNow - std::chrono::hours(1);
  std::optional<Time> next_update = kRevokerNow + std::chrono::hours(24);
  long version = 1;  // 1 is version 2
  const char* hash = "SHA256";

  // The same list as a delta of that number, of lists from `base` on.
  ListSpec AsDelta(int number, int base) const;
  ListSpec With(const Extensions& more) const;
};

struct CertificateSpec {
  std::string name = "leaf";
  long serial = 1000;
  Extensions extensions = {{"keyUsage", "critical,digitalSignature"},
                           {"extendedKeyUsage", "codeSigning"}};
  Time start = kRevokerNow - std::chrono::hours(2400);
  Time end = kRevokerNow + std::chrono::hours(2400);
  const char* hash = "SHA256";

  static CertificateSpec Authority(std::string name, long serial);
  static CertificateSpec Responder(long serial);
  CertificateSpec With(const Extensions& more) const;
};

class Party;

struct AnswerSpec {
  enum class Status { kGood, kRevoked, kUnknown };

  Status status = Status::kGood;
  std::optional<int> reason = {};
  Time revoked_at = kRevokerNow - std::chrono::hours(24);
  Time this_update = kRevokerNow - std::chrono::hours(1);
  std::optional<Time> next_update = kRevokerNow + std::chrono::hours(24);
  Extensions single = {};    // of the one answer
  Extensions response = {};  // of all of it
  const char* name_hash = "SHA1";
  const char* hash = "SHA256";
  int times = 1;                   // how often it answers
  const Party* carried = nullptr;  // besides the signer
  bool carry_signer = true;
};

// A certificate and its key.
class Party {
 public:
  static Party Root(const CertificateSpec& spec);
  Party Issue(const CertificateSpec& spec) const;

  Certificate certificate() const;
  std::string Pem() const;
  std::string KeyPem() const;
  // ECDSA with SHA-256, r and s side by side.
  std::string Sign(std::string_view message) const;
  std::string SignDer(std::string_view message) const;
  // DER.
  std::string List(const ListSpec& spec) const;
  // An answer about a certificate that `issuer` issued, signed by this one.
  std::string Answer(const Party& about, const Party& issuer,
                     const AnswerSpec& spec) const;

 private:
  struct Held;
  explicit Party(std::shared_ptr<const Held> held) : held_(std::move(held)) {}

  std::shared_ptr<const Held> held_;
};

// The answer of a responder that has none: "tryLater".
std::string BusyResponder();

}  // namespace assay::test

#endif  // ASSAY_TESTS_SUPPORT_REVOKER_H_
