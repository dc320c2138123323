// librnp's functions, found when they are first needed. Only the .cc files of
// this folder include it.
#ifndef ASSAY_CORE_TRUST_OPENPGP_RNP_LIBRARY_H_
#define ASSAY_CORE_TRUST_OPENPGP_RNP_LIBRARY_H_

#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include <memory>
#include <string>
#include <type_traits>

#include "base/result.h"

namespace assay {

// The names are librnp's, less their "rnp_".
struct RnpLibrary {
  decltype(&rnp_ffi_create) ffi_create = nullptr;
  decltype(&rnp_ffi_destroy) ffi_destroy = nullptr;
  decltype(&rnp_set_timestamp) set_timestamp = nullptr;
  decltype(&rnp_import_keys) import_keys = nullptr;
  decltype(&rnp_input_from_memory) input_from_memory = nullptr;
  decltype(&rnp_input_destroy) input_destroy = nullptr;
  decltype(&rnp_buffer_destroy) buffer_destroy = nullptr;
  decltype(&rnp_op_verify_detached_create) op_verify_detached_create = nullptr;
  decltype(&rnp_op_verify_execute) op_verify_execute = nullptr;
  decltype(&rnp_op_verify_destroy) op_verify_destroy = nullptr;
  decltype(&rnp_op_verify_get_signature_count) op_verify_get_signature_count =
      nullptr;
  decltype(&rnp_op_verify_get_signature_at) op_verify_get_signature_at =
      nullptr;
  decltype(&rnp_op_verify_signature_get_status) op_verify_signature_get_status =
      nullptr;
  decltype(&rnp_op_verify_signature_get_key) op_verify_signature_get_key =
      nullptr;
  decltype(&rnp_op_verify_signature_get_times) op_verify_signature_get_times =
      nullptr;
  decltype(&rnp_op_verify_signature_get_hash) op_verify_signature_get_hash =
      nullptr;
  decltype(&rnp_op_verify_signature_get_handle) op_verify_signature_get_handle =
      nullptr;
  decltype(&rnp_signature_get_keyid) signature_get_keyid = nullptr;
  decltype(&rnp_signature_get_type) signature_get_type = nullptr;
  decltype(&rnp_signature_handle_destroy) signature_handle_destroy = nullptr;
  decltype(&rnp_locate_key) locate_key = nullptr;
  decltype(&rnp_key_handle_destroy) key_handle_destroy = nullptr;
  decltype(&rnp_key_is_primary) key_is_primary = nullptr;
  decltype(&rnp_key_is_revoked) key_is_revoked = nullptr;
  decltype(&rnp_key_valid_till64) key_valid_till64 = nullptr;
  decltype(&rnp_key_allows_usage) key_allows_usage = nullptr;
  decltype(&rnp_key_get_creation) key_get_creation = nullptr;
  decltype(&rnp_key_get_expiration) key_get_expiration = nullptr;
  decltype(&rnp_key_get_fprint) key_get_fprint = nullptr;
  decltype(&rnp_key_get_primary_fprint) key_get_primary_fprint = nullptr;
  decltype(&rnp_key_get_alg) key_get_alg = nullptr;
  decltype(&rnp_key_get_bits) key_get_bits = nullptr;
  decltype(&rnp_key_get_curve) key_get_curve = nullptr;
  decltype(&rnp_key_get_uid_count) key_get_uid_count = nullptr;
  decltype(&rnp_key_get_uid_at) key_get_uid_at = nullptr;
};

// Loaded once a process, thread-safe, never unloaded; what failed is tried
// again by who asks next. Error: kOpenpgpUnavailable.
Result<const RnpLibrary*> LoadRnp();

// Destroys what librnp made by the library's own function.
template <typename Function>
struct RnpFreer {
  Function function = nullptr;
  template <typename T>
  void operator()(T* object) const {
    function(object);
  }
};
template <typename Handle, typename Function>
using RnpPtr =
    std::unique_ptr<std::remove_pointer_t<Handle>, RnpFreer<Function>>;

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_OPENPGP_RNP_LIBRARY_H_
