// Lists and answers that the openssl program made.
#include "core/trust/revocation/revocation_check.h"
#include "tests/support/catch.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/core/trust/revocation/authorities.h"

namespace assay {
namespace {

using testing::ReadAll;
using testing::Run;
using testing::TempFolder;

constexpr std::string_view kConfiguration = R"([ca]
default_ca = authority
[authority]
database = %/index.txt
crlnumber = %/crlnumber
default_md = sha256
default_crl_days = 7
crl_extensions = list
[list]
authorityKeyIdentifier = issuer:always
[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = i
[extensions]
basicConstraints = critical,CA:TRUE
)";

// An authority as `openssl ca` keeps it, which has revoked 1000 (3e8) and put
// 2000 (7d0) on hold.
struct Kept {
  Kept() {
    std::string text(kConfiguration);
    for (auto at = text.find('%'); at != std::string::npos;
         at = text.find('%')) {
      text.replace(at, 1, folder.path());
    }
    folder.Write("openssl.cnf", text);
    folder.Write("crlnumber", "0a\n");
    folder.Write("index.txt.attr", "unique_subject = no\n");
    folder.Write(
        "index.txt",
        "R\t350101000000Z\t260101000000Z,keyCompromise\t03E8\tunknown\t"
        "/CN=leaf\n"
        "R\t350101000000Z\t260101000000Z,certificateHold\t07D0\t"
        "unknown\t/CN=leaf\n"
        "V\t350101000000Z\t\t0BB8\tunknown\t/CN=leaf\n");
    folder.Write("issuer.pem", World().issuer.Pem());
    folder.Write("issuer.key", World().issuer.KeyPem());
  }

  // From now on the authority has an RSA key.
  Certificate TakeRsaKey() const {
    Run({"openssl", "req", "-x509", "-config", folder / "openssl.cnf",
         "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "issuer.key",
         "-out", folder / "issuer.pem"});
    return Certificate::ParsePem(ReadAll(folder / "issuer.pem"))
        .value()
        .front();
  }

  std::string List(const std::vector<std::string>& options = {}) const {
    std::vector<std::string> command{"openssl",
                                     "ca",
                                     "-gencrl",
                                     "-config",
                                     folder / "openssl.cnf",
                                     "-cert",
                                     folder / "issuer.pem",
                                     "-keyfile",
                                     folder / "issuer.key",
                                     "-out",
                                     folder / "list.pem"};
    command.insert(command.end(), options.begin(), options.end());
    Run(command);
    Run({"openssl", "crl", "-in", folder / "list.pem", "-outform", "DER",
         "-out", folder / "list.der"});
    return ReadAll(folder / "list.der");
  }

  std::string Answer(const std::string& request, const Party& signer) const {
    folder.Write("request.der", request);
    folder.Write("signer.pem", signer.Pem());
    folder.Write("signer.key", signer.KeyPem());
    Run({"openssl", "ocsp", "-index", folder / "index.txt", "-CA",
         folder / "issuer.pem", "-rsigner", folder / "signer.pem", "-rkey",
         folder / "signer.key", "-reqin", folder / "request.der", "-respout",
         folder / "response.der", "-ndays", "1"});
    return ReadAll(folder / "response.der");
  }

  TempFolder folder;
};

Time Now() {
  return std::chrono::time_point_cast<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

TEST_CASE("openssl's list is read as it was meant") {
  const Kept kept;
  const auto list = RevocationList::ParseDer(kept.List());
  REQUIRE(list);
  CHECK(list->CheckSignedBy(World().issuer.certificate()));
  CHECK(list->number() == ListNumber{"\x0a"});
  CHECK(list->next_update() > Now() + std::chrono::hours(24 * 6));
  const auto revoked = list->Find(World().leaf.certificate());
  REQUIRE(revoked.size() == 1);
  CHECK(Rfc3339(revoked[0].revoked_at) == "2026-01-01T00:00:00Z");
  CHECK_FALSE(revoked[0].on_hold);
  const auto held = list->Find(World().other_leaf.certificate());
  REQUIRE(held.size() == 1);
  CHECK(held[0].on_hold);
}

TEST_CASE("a list signed with RSA-PSS is judged by the hash inside") {
  const Kept kept;
  const auto issuer = kept.TakeRsaKey();
  const auto reason = [&](const std::string& hash) {
    const auto der =
        kept.List({"-md", hash, "-sigopt", "rsa_padding_mode:pss"});
    return ReasonOf(
        RevocationList::ParseDer(der).value().CheckSignedBy(issuer));
  };
  CHECK(reason("sha256") == Reason::kUnspecified);
  CHECK(reason("sha512") == Reason::kUnspecified);
  CHECK(reason("sha1") == Reason::kRevocationInvalid);
}

TEST_CASE("openssl's responder understands the question, and is understood") {
  const Kept kept;
  const auto now = Now();
  const auto issuer = World().issuer.certificate();
  const auto ask = [&](const Party& one, const Party& signer) {
    const auto request = OcspRequestFor(one.certificate(), issuer);
    return OcspResponse::ParseDer(kept.Answer(request, signer))
        .value()
        .AnswerFor(one.certificate(), issuer, now);
  };
  auto spec = CertificateSpec::Responder(8);
  spec.end = now + std::chrono::hours(24);
  const auto responder = World().issuer.Issue(spec);
  const auto good = World().issuer.Issue({.serial = 3000});
  const auto missing = World().issuer.Issue({.serial = 4000});
  for (const auto* signer : {&responder, &World().issuer}) {
    CHECK(ask(World().leaf, *signer)->status == OcspStatus::kRevoked);
    CHECK(ask(World().other_leaf, *signer)->on_hold);
    CHECK(ask(good, *signer)->status == OcspStatus::kGood);
    CHECK(ask(missing, *signer)->status == OcspStatus::kUnknown);
  }
  CHECK(ReasonOf(ask(good, World().other_leaf)) == Reason::kRevocationInvalid);
}

}  // namespace
}  // namespace assay
