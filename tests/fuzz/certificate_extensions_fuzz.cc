// Property: an extension that is there twice fails the certificate; a claim
// that reads is, encoded anew, its extension's very value, and no claim comes
// from nowhere; promises that read are, encoded anew, the end of theirs. No
// promise that reads is one of a log for a certificate that it never saw.
//
// The input is a list of extensions, each a kind, two bytes of length and its
// value; a certificate is made around it.
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "core/schemes/sigstore/signing_identity.h"
#include "core/trust/signed_certificate_timestamp.h"
#include "tests/fuzz/recorded.h"

namespace {

using assay::Certificate;
using assay::SignedCertificateTimestamp;
using assay::SigningIdentity;
using assay::fuzz::Require;

// Kinds 1 to 24 are Fulcio's numbers (fulcio docs/oid-info.md).
constexpr std::size_t kClaims = 25;
constexpr std::array<std::string_view, kClaims> kNames{
    "",
    "issuer",
    "github_workflow_trigger",
    "github_workflow_sha",
    "github_workflow_name",
    "github_workflow_repository",
    "github_workflow_ref",
    "",
    "issuer",
    "build_signer_uri",
    "build_signer_digest",
    "runner_environment",
    "source_repository_uri",
    "source_repository_digest",
    "source_repository_ref",
    "source_repository_identifier",
    "source_repository_owner_uri",
    "source_repository_owner_identifier",
    "build_config_uri",
    "build_config_digest",
    "build_trigger",
    "run_invocation_uri",
    "source_repository_visibility",
    "deployment_environment",
    "token_subject"};

// Beyond them: subject alternative name, key usage, extended key usage, basic
// constraints, promises; all by their OID in DER.
const std::array<std::string, 5> kOthers{
    "\x06\x03\x55\x1d\x11", "\x06\x03\x55\x1d\x0f", "\x06\x03\x55\x1d\x25",
    "\x06\x03\x55\x1d\x13", "\x06\x0a\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02"};
constexpr std::size_t kPromises = kClaims + 4;
constexpr std::size_t kKinds = kClaims + 5;

std::string Number(std::uint64_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text.push_back(static_cast<char>(number >> static_cast<unsigned>(shift)));
  }
  return text;
}

std::string Der(unsigned char tag, std::string_view content) {
  std::string der(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    der += Number(content.size(), 1);
  } else if (content.size() < 0x100) {
    der += "\x81" + Number(content.size(), 1);
  } else {
    der += "\x82" + Number(content.size(), 2);
  }
  return der.append(content);
}

struct Extension {
  std::size_t kind = 0;
  std::string value;
};

std::vector<Extension> ReadList(std::string_view input) {
  std::vector<Extension> list;
  while (input.size() >= 3 && list.size() < kKinds) {
    const auto byte = [&](std::size_t i) {
      return static_cast<unsigned char>(input[i]);
    };
    Extension one{byte(0) % kKinds, {}};
    one.value = input.substr(3, byte(1) * 256U + byte(2));
    input.remove_prefix(3 + one.value.size());
    list.push_back(std::move(one));
  }
  return list;
}

std::string OidOf(std::size_t kind) {
  if (kind >= kClaims) return kOthers.at(kind - kClaims);
  return "\x06\x0a\x2b\x06\x01\x04\x01\x83\xbf\x30\x01" + Number(kind, 1);
}

// RFC 5280 section 4.1, with the key of a recorded leaf and no signature.
std::string WriteCertificate(const std::vector<Extension>& list) {
  const std::string ecdsa(
      Der(0x30, "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"));
  std::string extensions;
  for (const Extension& one : list) {
    extensions += Der(0x30, OidOf(one.kind) + Der(0x04, one.value));
  }
  const std::string validity =
      Der(0x30, Der(0x17, "260101000000Z") + Der(0x17, "270101000000Z"));
  std::string body = Der(0xa0, "\x02\x01\x02") + "\x02\x01\x05" + ecdsa;
  body += Der(0x30, "") + validity + Der(0x30, "");
  body += assay::fuzz::FirstGeneration().key.spki();
  body += Der(0xa3, Der(0x30, extensions));
  return Der(0x30, Der(0x30, body) + ecdsa + Der(0x03, std::string(9, '\0')));
}

void RequireClaims(const std::map<std::size_t, std::string>& values,
                   const SigningIdentity& identity) {
  std::size_t claims = 0;
  for (const auto& [kind, value] : values) {
    if (kind == 0 || kind == 7 || kind >= kClaims) continue;
    const bool issuer = kNames.at(kind) == "issuer";
    const auto found = identity.claims.find(kNames.at(kind));
    Require(issuer || found != identity.claims.end());
    const std::string& text = issuer ? identity.issuer : found->second;
    Require(value == (kind < 7 ? text : Der(0x0c, text)));
    Require(text.find('\0') == std::string::npos);
    claims += issuer ? 0 : 1;
  }
  Require(claims == identity.claims.size());
  Require(!identity.subject.empty());
  Require(identity.issuer.empty() || values.count(1) + values.count(8) > 0);
}

// RFC 6962 section 3.3, without what Assay does not keep: by which of two
// algorithms it says to be signed.
void RequirePromises(const std::string& value,
                     const std::vector<SignedCertificateTimestamp>& promises) {
  std::string list;
  std::vector<std::size_t> algorithms;
  for (const auto& promise : promises) {
    const std::string head =
        Number(0, 1) + promise.log_id + Number(promise.milliseconds, 8) +
        Number(promise.extensions.size(), 2) + promise.extensions + "\x04";
    const std::string tail =
        Number(promise.signature.size(), 2) + promise.signature;
    list += Number(head.size() + 1 + tail.size(), 2) + head;
    algorithms.push_back(list.size());
    list += "\x03" + tail;
  }
  Require(value.size() >= list.size() + 2);
  std::string end = value.substr(value.size() - list.size() - 2);
  for (const std::size_t at : algorithms) {
    char& algorithm = end.at(at + 2);
    if (algorithm == '\x01') algorithm = '\x03';
  }
  Require(end == Number(list.size(), 2) + list);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto list =
      ReadList(std::string_view(reinterpret_cast<const char*>(data), size));
  std::map<std::size_t, std::string> values;
  for (const auto& one : list) values.emplace(one.kind, one.value);
  const auto certificate = Certificate::ParseDer(WriteCertificate(list));
  if (!certificate) return 0;
  Require(values.size() == list.size());
  if (const auto identity = SigningIdentity::Of(*certificate)) {
    RequireClaims(values, *identity);
  }
  const auto promises = SignedCertificateTimestamp::Of(*certificate);
  if (!promises || values.count(kPromises) == 0) return 0;
  RequirePromises(values[kPromises], *promises);
  const auto& root = assay::fuzz::FirstGeneration().root;
  const auto body = assay::Precertificate::Of(*certificate, *certificate);
  for (const auto& promise : *promises) {
    const auto* log = root.FindCertificateLog(promise.log_id);
    if (log == nullptr || !body) continue;
    Require(!body->Verify(promise, *log).has_value());
  }
  return 0;
}
