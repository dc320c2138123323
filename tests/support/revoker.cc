#include "tests/support/revoker.h"

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdlib>

#include "base/bytes.h"
#include "core/trust/openssl_handles.h"

namespace assay::test {

struct Party::Held {
  X509Ptr certificate;
  KeyPtr key;
};

namespace {

using ListPtr = OpensslPtr<X509_CRL, X509_CRL_free>;
using RevokedPtr = OpensslPtr<X509_REVOKED, X509_REVOKED_free>;
using BasicPtr = OpensslPtr<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using ResponsePtr = OpensslPtr<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using NamePtr = OpensslPtr<OCSP_CERTID, OCSP_CERTID_free>;
using TimePtr = OpensslPtr<ASN1_TIME, ASN1_TIME_free>;
using IntegerPtr = OpensslPtr<ASN1_INTEGER, ASN1_INTEGER_free>;
using ExtensionPtr = OpensslPtr<X509_EXTENSION, X509_EXTENSION_free>;
using BioPtr = OpensslPtr<BIO, BIO_free_all>;

void Require(bool holds) {
  if (!holds) std::abort();
}

TimePtr Asn1(Time time) {
  TimePtr made(ASN1_TIME_set(nullptr, time.time_since_epoch().count()));
  Require(made != nullptr);
  return made;
}

IntegerPtr Number(long number) {
  IntegerPtr made(ASN1_INTEGER_new());
  Require(made && ASN1_INTEGER_set(made.get(), number) == 1);
  return made;
}

const EVP_MD* Hash(const char* name) {
  const EVP_MD* hash = EVP_get_digestbyname(name);
  Require(hash != nullptr);
  return hash;
}

// `add` is OpenSSL's function that adds one to this kind of holder.
template <typename Holder, typename Add>
void AddAll(Holder* holder, const Extensions& extensions, Add add) {
  for (const auto& [name, value] : extensions) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, nullptr, nullptr, nullptr, nullptr, 0);
    const ExtensionPtr made(
        X509V3_EXT_conf(nullptr, &context, name.c_str(), value.c_str()));
    Require(made && add(holder, made.get(), -1) == 1);
  }
}

Extensions Joined(Extensions first, const Extensions& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

// "DER:02010a" for 10.
std::string Small(int tag, int value) {
  const std::string der{static_cast<char>(tag), 1, static_cast<char>(value)};
  return "DER:" + HexEncode(der);
}

template <typename Writer>
std::string Written(Writer write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  Require(write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

X509Ptr Make(const CertificateSpec& spec, EVP_PKEY* key, const X509* above,
             EVP_PKEY* signer) {
  X509Ptr made(X509_new());
  Require(made != nullptr);
  X509* raw = made.get();
  X509_NAME* name = X509_get_subject_name(raw);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, UnsignedBytes(spec.name),
                             -1, -1, 0);
  Require(X509_set_version(raw, X509_VERSION_3) == 1 &&
          X509_set_issuer_name(
              raw, above == nullptr ? name : X509_get_subject_name(above)) ==
              1 &&
          X509_set_serialNumber(raw, Number(spec.serial).get()) == 1 &&
          X509_set1_notBefore(raw, Asn1(spec.start).get()) == 1 &&
          X509_set1_notAfter(raw, Asn1(spec.end).get()) == 1 &&
          X509_set_pubkey(raw, key) == 1);
  AddAll(raw, spec.extensions, X509_add_ext);
  Require(X509_sign(raw, signer, Hash(spec.hash)) > 0);
  return made;
}

RevokedPtr EntryOf(const RevokedSpec& spec) {
  RevokedPtr made(X509_REVOKED_new());
  Require(
      made &&
      X509_REVOKED_set_serialNumber(made.get(), Number(spec.serial).get()) ==
          1 &&
      X509_REVOKED_set_revocationDate(made.get(), Asn1(spec.at).get()) == 1);
  AddAll(made.get(), spec.extensions, X509_REVOKED_add_ext);
  return made;
}

int StatusOf(AnswerSpec::Status status) {
  switch (status) {
    case AnswerSpec::Status::kGood:
      return V_OCSP_CERTSTATUS_GOOD;
    case AnswerSpec::Status::kRevoked:
      return V_OCSP_CERTSTATUS_REVOKED;
    case AnswerSpec::Status::kUnknown:
      return V_OCSP_CERTSTATUS_UNKNOWN;
  }
  return -1;
}

void AddSingle(OCSP_BASICRESP* basic, OCSP_CERTID* name,
               const AnswerSpec& spec) {
  const bool revoked = spec.status == AnswerSpec::Status::kRevoked;
  const auto revoked_at = Asn1(spec.revoked_at);
  const auto start = Asn1(spec.this_update);
  const auto end = spec.next_update ? Asn1(*spec.next_update) : nullptr;
  OCSP_SINGLERESP* single = OCSP_basic_add1_status(
      basic, name, StatusOf(spec.status),
      spec.reason.value_or(OCSP_REVOKED_STATUS_NOSTATUS),
      revoked ? revoked_at.get() : nullptr, start.get(), end.get());
  Require(single != nullptr);
  AddAll(single, spec.single, OCSP_SINGLERESP_add_ext);
}

}  // namespace

RevokedSpec RevokedSpec::WithReason(int code) const {
  RevokedSpec copy = *this;
  copy.extensions.emplace_back("CRLReason", Small(V_ASN1_ENUMERATED, code));
  return copy;
}

RevokedSpec RevokedSpec::InvalidSince(Time time) const {
  const OpensslPtr<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free> date(
      ASN1_GENERALIZEDTIME_set(nullptr, time.time_since_epoch().count()));
  RevokedSpec copy = *this;
  copy.extensions.emplace_back(
      "invalidityDate",
      "DER:" + HexEncode(ToDer<i2d_ASN1_GENERALIZEDTIME>(date.get())));
  return copy;
}

ListSpec ListSpec::AsDelta(int number, int base) const {
  ListSpec copy = *this;
  copy.extensions = {{"crlNumber", Small(V_ASN1_INTEGER, number)},
                     {"deltaCRL", "critical," + Small(V_ASN1_INTEGER, base)}};
  return copy;
}

ListSpec ListSpec::With(const Extensions& more) const {
  ListSpec copy = *this;
  copy.extensions = Joined(extensions, more);
  return copy;
}

CertificateSpec CertificateSpec::Authority(std::string name, long serial) {
  CertificateSpec spec;
  spec.name = std::move(name);
  spec.serial = serial;
  spec.extensions = {{"basicConstraints", "critical,CA:TRUE"},
                     {"keyUsage", "critical,keyCertSign,cRLSign"}};
  return spec;
}

CertificateSpec CertificateSpec::Responder(long serial) {
  CertificateSpec spec;
  spec.name = "responder";
  spec.serial = serial;
  spec.extensions = {{"keyUsage", "critical,digitalSignature"},
                     {"extendedKeyUsage", "OCSPSigning"}};
  return spec;
}

CertificateSpec CertificateSpec::With(const Extensions& more) const {
  CertificateSpec copy = *this;
  copy.extensions = Joined(extensions, more);
  return copy;
}

Party Party::Root(const CertificateSpec& spec) {
  KeyPtr key(EVP_EC_gen("P-256"));
  auto certificate = Make(spec, key.get(), nullptr, key.get());
  return Party(std::make_shared<const Held>(
      Held{std::move(certificate), std::move(key)}));
}

Party Party::Issue(const CertificateSpec& spec) const {
  KeyPtr key(EVP_EC_gen("P-256"));
  auto certificate =
      Make(spec, key.get(), held_->certificate.get(), held_->key.get());
  return Party(std::make_shared<const Held>(
      Held{std::move(certificate), std::move(key)}));
}

Certificate Party::certificate() const {
  return Certificate::ParseDer(ToDer<i2d_X509>(held_->certificate.get()))
      .value();
}

std::string Party::Pem() const {
  return Written([&](BIO* bio) {
    return PEM_write_bio_X509(bio, held_->certificate.get());
  });
}

std::string Party::KeyPem() const {
  return Written([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, held_->key.get(), nullptr, nullptr, 0,
                                    nullptr, nullptr);
  });
}

std::string Party::SignDer(std::string_view message) const {
  const OpensslPtr<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  std::array<unsigned char, 80> der{};
  std::size_t size = der.size();
  Require(EVP_DigestSignInit(context.get(), nullptr, Hash("SHA256"), nullptr,
                             held_->key.get()) == 1 &&
          EVP_DigestSign(context.get(), der.data(), &size,
                         UnsignedBytes(message), message.size()) == 1);
  return {der.begin(), der.begin() + static_cast<std::ptrdiff_t>(size)};
}

std::string Party::Sign(std::string_view message) const {
  constexpr int kHalf = 32;
  const std::string der = SignDer(message);
  const unsigned char* at = UnsignedBytes(der);
  const OpensslPtr<ECDSA_SIG, ECDSA_SIG_free> read(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  Require(read != nullptr);
  std::array<unsigned char, std::size_t{2} * kHalf> raw{};
  Require(
      BN_bn2binpad(ECDSA_SIG_get0_r(read.get()), raw.data(), kHalf) == kHalf &&
      BN_bn2binpad(ECDSA_SIG_get0_s(read.get()), raw.data() + kHalf, kHalf) ==
          kHalf);
  return {raw.begin(), raw.end()};
}

std::string Party::List(const ListSpec& spec) const {
  const ListPtr made(X509_CRL_new());
  X509_CRL* raw = made.get();
  Require(raw != nullptr && X509_CRL_set_version(raw, spec.version) == 1 &&
          X509_CRL_set_issuer_name(
              raw, X509_get_subject_name(held_->certificate.get())) == 1 &&
          X509_CRL_set1_lastUpdate(raw, Asn1(spec.this_update).get()) == 1 &&
          (!spec.next_update ||
           X509_CRL_set1_nextUpdate(raw, Asn1(*spec.next_update).get()) == 1));
  for (const auto& one : spec.entries) {
    Require(X509_CRL_add0_revoked(raw, EntryOf(one).release()) == 1);
  }
  AddAll(raw, spec.extensions, X509_CRL_add_ext);
  Require(X509_CRL_sign(raw, held_->key.get(), Hash(spec.hash)) > 0);
  return ToDer<i2d_X509_CRL>(raw);
}

std::string Party::Answer(const Party& about, const Party& issuer,
                          const AnswerSpec& spec) const {
  const BasicPtr basic(OCSP_BASICRESP_new());
  const NamePtr name(OCSP_cert_to_id(Hash(spec.name_hash),
                                     about.held_->certificate.get(),
                                     issuer.held_->certificate.get()));
  Require(basic && name);
  for (int i = 0; i < spec.times; ++i) {
    AddSingle(basic.get(), name.get(), spec);
  }
  AddAll(basic.get(), spec.response, OCSP_BASICRESP_add_ext);
  if (spec.carried != nullptr) {
    Require(OCSP_basic_add1_cert(basic.get(),
                                 spec.carried->held_->certificate.get()) == 1);
  }
  Require(OCSP_basic_sign(basic.get(), held_->certificate.get(),
                          held_->key.get(), Hash(spec.hash), nullptr,
                          spec.carry_signer ? 0 : OCSP_NOCERTS) == 1);
  const ResponsePtr made(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  return ToDer<i2d_OCSP_RESPONSE>(made.get());
}

std::string BusyResponder() {
  const ResponsePtr made(
      OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nullptr));
  return ToDer<i2d_OCSP_RESPONSE>(made.get());
}

}  // namespace assay::test
