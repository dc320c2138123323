#include "core/trust/openpgp/rnp_library.h"

#include <dlfcn.h>

#include <atomic>
#include <utility>

namespace assay {
namespace {

constexpr const char* kRnpFile = "librnp.so.0";

// The functions of a loaded library, by their names.
class FunctionFinder {
 public:
  explicit FunctionFinder(void* library) : library_(library) {}

  template <typename Function>
  void operator()(const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    if (function == nullptr && missing_.empty()) missing_ = name;
  }

  // The first that was not there; "" when all were.
  const std::string& missing() const { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

void FindObjects(FunctionFinder& find, RnpLibrary& rnp) {
  find("rnp_ffi_create", rnp.ffi_create);
  find("rnp_ffi_destroy", rnp.ffi_destroy);
  find("rnp_set_timestamp", rnp.set_timestamp);
  find("rnp_import_keys", rnp.import_keys);
  find("rnp_input_from_memory", rnp.input_from_memory);
  find("rnp_input_destroy", rnp.input_destroy);
  find("rnp_buffer_destroy", rnp.buffer_destroy);
}

void FindVerification(FunctionFinder& find, RnpLibrary& rnp) {
  find("rnp_op_verify_detached_create", rnp.op_verify_detached_create);
  find("rnp_op_verify_execute", rnp.op_verify_execute);
  find("rnp_op_verify_destroy", rnp.op_verify_destroy);
  find("rnp_op_verify_get_signature_count", rnp.op_verify_get_signature_count);
  find("rnp_op_verify_get_signature_at", rnp.op_verify_get_signature_at);
  find("rnp_op_verify_signature_get_status",
       rnp.op_verify_signature_get_status);
  find("rnp_op_verify_signature_get_key", rnp.op_verify_signature_get_key);
  find("rnp_op_verify_signature_get_times", rnp.op_verify_signature_get_times);
  find("rnp_op_verify_signature_get_hash", rnp.op_verify_signature_get_hash);
  find("rnp_op_verify_signature_get_handle",
       rnp.op_verify_signature_get_handle);
  find("rnp_signature_get_keyid", rnp.signature_get_keyid);
  find("rnp_signature_get_type", rnp.signature_get_type);
  find("rnp_signature_handle_destroy", rnp.signature_handle_destroy);
}

void FindKeys(FunctionFinder& find, RnpLibrary& rnp) {
  find("rnp_locate_key", rnp.locate_key);
  find("rnp_key_handle_destroy", rnp.key_handle_destroy);
  find("rnp_key_is_primary", rnp.key_is_primary);
  find("rnp_key_is_revoked", rnp.key_is_revoked);
  find("rnp_key_valid_till64", rnp.key_valid_till64);
  find("rnp_key_allows_usage", rnp.key_allows_usage);
  find("rnp_key_get_creation", rnp.key_get_creation);
  find("rnp_key_get_expiration", rnp.key_get_expiration);
  find("rnp_key_get_fprint", rnp.key_get_fprint);
  find("rnp_key_get_primary_fprint", rnp.key_get_primary_fprint);
  find("rnp_key_get_alg", rnp.key_get_alg);
  find("rnp_key_get_bits", rnp.key_get_bits);
  find("rnp_key_get_curve", rnp.key_get_curve);
  find("rnp_key_get_uid_count", rnp.key_get_uid_count);
  find("rnp_key_get_uid_at", rnp.key_get_uid_at);
}

Error RnpUnavailable(const std::string& detail) {
  return Fail(Reason::kOpenpgpUnavailable, detail);
}

Result<std::unique_ptr<const RnpLibrary>> LoadLibrary() {
  void* library = ::dlopen(kRnpFile, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* problem = ::dlerror();
    return RnpUnavailable(problem == nullptr ? kRnpFile : problem);
  }
  auto rnp = std::make_unique<RnpLibrary>();
  FunctionFinder find(library);
  FindObjects(find, *rnp);
  FindVerification(find, *rnp);
  FindKeys(find, *rnp);
  if (!find.missing().empty()) {
    return RnpUnavailable(std::string(kRnpFile) + " has no " + find.missing());
  }
  return std::unique_ptr<const RnpLibrary>(std::move(rnp));
}

}  // namespace

Result<const RnpLibrary*> LoadRnp() {
  static std::atomic<const RnpLibrary*> known = nullptr;
  const RnpLibrary* rnp = known.load();
  if (rnp != nullptr) return rnp;
  auto loaded = LoadLibrary();
  if (!loaded) return loaded.error();
  // Of two that load it at once, one table stays.
  if (known.compare_exchange_strong(rnp, loaded->get())) {
    rnp = loaded->release();
  }
  return rnp;
}

}  // namespace assay
