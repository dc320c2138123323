#include "core/trust/openpgp/rnp_session.h"

#include <utility>

#include "base/json.h"

namespace assay {
namespace {

constexpr std::size_t kImportBytes = 16U << 20;

std::optional<Time> ExpiryOf(Time created, std::uint32_t seconds) {
  if (seconds == 0) return std::nullopt;
  return created + std::chrono::seconds(seconds);
}

// The fingerprints in the report of an import.
Status AddFingerprints(const std::string& report,
                       std::vector<std::string>& fingerprints) {
  const auto json = Json::Parse(report, kImportBytes);
  const auto* keys = json ? json->FindArray("keys") : nullptr;
  if (keys == nullptr) return Fail(Reason::kInternal, "librnp's report");
  for (const Json& key : *keys) {
    const auto* fingerprint = key.FindString("fingerprint");
    if (fingerprint == nullptr) return Fail(Reason::kInternal, "librnp's key");
    fingerprints.push_back(*fingerprint);
  }
  return Ok();
}

}  // namespace

RnpSession::Input RnpSession::InputOf(std::string_view bytes) const {
  rnp_input_t input = nullptr;
  if (rnp_.input_from_memory(
          &input, reinterpret_cast<const std::uint8_t*>(bytes.data()),
          bytes.size(), false) != RNP_SUCCESS) {
    input = nullptr;
  }
  return {input, {rnp_.input_destroy}};
}

RnpSession::Key RnpSession::Locate(const std::string& fingerprint) const {
  rnp_key_handle_t key = nullptr;
  if (rnp_.locate_key(ffi_.get(), "fingerprint", fingerprint.c_str(), &key) !=
      RNP_SUCCESS) {
    key = nullptr;
  }
  return {key, {rnp_.key_handle_destroy}};
}

// Owns what librnp gave; "" where it gave nothing.
std::string RnpSession::TakeText(rnp_result_t result, char* text) const {
  if (result != RNP_SUCCESS || text == nullptr) return {};
  std::string taken = text;
  rnp_.buffer_destroy(text);
  return taken;
}

Status RnpSession::Import(const std::string& keyring,
                          std::vector<std::string>* fingerprints) {
  const Input input = InputOf(keyring);
  if (!input) return Fail(Reason::kInternal, "librnp has no memory");
  char* text = nullptr;
  const auto code = rnp_.import_keys(ffi_.get(), input.get(),
                                     RNP_LOAD_SAVE_PUBLIC_KEYS, &text);
  const std::string report = TakeText(code, text);
  if (code != RNP_SUCCESS) {
    return Fail(Reason::kKeyMalformed, "it is no OpenPGP public key");
  }
  if (fingerprints == nullptr) return Ok();
  return AddFingerprints(report, *fingerprints);
}

Result<std::unique_ptr<RnpSession>> RnpSession::Open(
    const RnpLibrary& rnp, const std::vector<std::string>& keyrings,
    std::vector<std::string>* fingerprints) {
  rnp_ffi_t ffi = nullptr;
  if (rnp.ffi_create(&ffi, RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG) != RNP_SUCCESS) {
    return Fail(Reason::kInternal, "librnp cannot be set up");
  }
  std::unique_ptr<RnpSession> session(new RnpSession(rnp, ffi));
  for (const std::string& keyring : keyrings) {
    const auto imported = session->Import(keyring, fingerprints);
    if (!imported) return imported.error();
  }
  return session;
}

RnpKeyFacts RnpSession::FactsOf(rnp_key_handle_t key) const {
  RnpKeyFacts facts;
  const auto text = [&](auto function) {
    char* value = nullptr;
    const auto code = function(key, &value);
    return TakeText(code, value);
  };
  const auto number = [&](auto function, auto value) {
    return function(key, &value) == RNP_SUCCESS ? value : decltype(value){};
  };
  facts.fingerprint = text(rnp_.key_get_fprint);
  facts.primary = number(rnp_.key_is_primary, false)
                      ? facts.fingerprint
                      : text(rnp_.key_get_primary_fprint);
  facts.algorithm = text(rnp_.key_get_alg);
  facts.curve = text(rnp_.key_get_curve);
  facts.bits = number(rnp_.key_get_bits, std::uint32_t{0});
  facts.created = Time(std::chrono::seconds(number(rnp_.key_get_creation, 0U)));
  facts.expires = ExpiryOf(facts.created, number(rnp_.key_get_expiration, 0U));
  facts.valid = number(rnp_.key_valid_till64, std::uint64_t{0}) != 0;
  bool revoked = true;
  facts.revoked = rnp_.key_is_revoked(key, &revoked) != RNP_SUCCESS || revoked;
  bool signs = false;
  facts.signs =
      rnp_.key_allows_usage(key, "sign", &signs) == RNP_SUCCESS && signs;
  return facts;
}

Result<RnpKeyFacts> RnpSession::KeyBy(const std::string& fingerprint) {
  const Key key = Locate(fingerprint);
  if (!key) return Fail(Reason::kInternal, "librnp lost " + fingerprint);
  return FactsOf(key.get());
}

Result<std::vector<std::string>> RnpSession::UserIdsOf(
    const std::string& fingerprint) {
  const Key key = Locate(fingerprint);
  std::size_t count = 0;
  if (!key || rnp_.key_get_uid_count(key.get(), &count) != RNP_SUCCESS) {
    return Fail(Reason::kInternal, "librnp lost " + fingerprint);
  }
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count; ++i) {
    char* id = nullptr;
    const auto code = rnp_.key_get_uid_at(key.get(), i, &id);
    ids.push_back(TakeText(code, id));
  }
  return ids;
}

Result<RnpSignatureFacts> RnpSession::FactsOf(rnp_op_verify_t op) const {
  std::size_t count = 0;
  rnp_op_verify_signature_t signature = nullptr;
  if (rnp_.op_verify_get_signature_count(op, &count) != RNP_SUCCESS ||
      count != 1 ||
      rnp_.op_verify_get_signature_at(op, 0, &signature) != RNP_SUCCESS) {
    return Fail(Reason::kOpenpgpMalformed, "it has no signature");
  }
  RnpSignatureFacts facts;
  const auto status = rnp_.op_verify_signature_get_status(signature);
  facts.verified = status == RNP_SUCCESS;
  facts.out_of_time = status == RNP_ERROR_SIGNATURE_EXPIRED;
  char* hash = nullptr;
  const auto code = rnp_.op_verify_signature_get_hash(signature, &hash);
  facts.hash = TakeText(code, hash);
  std::uint32_t created = 0;
  std::uint32_t seconds = 0;
  if (rnp_.op_verify_signature_get_times(signature, &created, &seconds) !=
      RNP_SUCCESS) {
    facts.verified = false;
  }
  facts.created = Time(std::chrono::seconds(created));
  facts.expires = ExpiryOf(facts.created, seconds);
  rnp_signature_handle_t handle = nullptr;
  if (rnp_.op_verify_signature_get_handle(signature, &handle) == RNP_SUCCESS) {
    const RnpPtr<rnp_signature_handle_t,
                 decltype(&rnp_signature_handle_destroy)>
        owner(handle, {rnp_.signature_handle_destroy});
    char* text = nullptr;
    auto got = rnp_.signature_get_type(handle, &text);
    facts.type = TakeText(got, text);
    got = rnp_.signature_get_keyid(handle, &text);
    facts.signer = TakeText(got, text);
  }
  rnp_key_handle_t key = nullptr;
  if (rnp_.op_verify_signature_get_key(signature, &key) == RNP_SUCCESS &&
      key != nullptr) {
    const Key owner(key, {rnp_.key_handle_destroy});
    facts.key = FactsOf(key);
  }
  return facts;
}

Result<RnpSignatureFacts> RnpSession::Verify(std::string_view content,
                                             std::string_view signature,
                                             Time now) {
  const auto seconds = now.time_since_epoch().count();
  if (seconds <= 0 ||
      rnp_.set_timestamp(ffi_.get(), static_cast<std::uint64_t>(seconds)) !=
          RNP_SUCCESS) {
    return Fail(Reason::kInternal, "librnp does not take the time");
  }
  const Input data = InputOf(content);
  const Input detached = InputOf(signature);
  rnp_op_verify_t op = nullptr;
  if (!data || !detached ||
      rnp_.op_verify_detached_create(&op, ffi_.get(), data.get(),
                                     detached.get()) != RNP_SUCCESS) {
    return Fail(Reason::kInternal, "librnp cannot be set up");
  }
  const RnpPtr<rnp_op_verify_t, decltype(&rnp_op_verify_destroy)> owner(
      op, {rnp_.op_verify_destroy});
  const bool executed = rnp_.op_verify_execute(op) == RNP_SUCCESS;
  auto facts = FactsOf(op);
  if (facts) facts->verified = facts->verified && executed;
  return facts;
}

RnpPool::~RnpPool() {
  for (auto& slot : idle_) {
    const std::unique_ptr<RnpSession> last(slot.exchange(nullptr));
  }
}

Result<std::unique_ptr<RnpSession>> RnpPool::Take() {
  for (auto& slot : idle_) {
    std::unique_ptr<RnpSession> session(slot.exchange(nullptr));
    if (session) return session;
  }
  return RnpSession::Open(rnp_, keyrings_, nullptr);
}

void RnpPool::Give(std::unique_ptr<RnpSession> session) {
  for (auto& slot : idle_) {
    RnpSession* empty = nullptr;
    if (slot.compare_exchange_strong(empty, session.get())) {
      static_cast<void>(session.release());
      return;
    }
  }
}

}  // namespace assay
