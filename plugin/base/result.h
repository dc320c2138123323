// Result<T>: a value or an Error that names its Reason. The member names are
// those of std::expected, which g++ 12 lacks in C++20 mode.
#ifndef ASSAY_BASE_RESULT_H_
#define ASSAY_BASE_RESULT_H_

#include <string>
#include <utility>
#include <variant>

#include "base/reason.h"

namespace assay {

// Why something failed. `reason` is stable; `detail` says what and where, in
// free text that may hold hostile bytes and is escaped when printed.
struct Error {
  Reason reason = Reason::kUnspecified;
  std::string detail;
};

// Puts "context: " before the detail; used on the way outward.
inline Error WithContext(Error error, std::string_view context) {
  std::string text(context);
  if (!error.detail.empty()) text.append(": ").append(error.detail);
  error.detail = std::move(text);
  return error;
}

struct [[nodiscard]] Done {};

template <typename T>
class [[nodiscard]] Result {
 public:
  // A default Result holds an error: nothing is successful by accident.
  Result() : state_(Error{}) {}
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return has_value(); }

  // Throws std::bad_variant_access when there is no value.
  const T& value() const& { return std::get<T>(state_); }
  T& value() & { return std::get<T>(state_); }
  T&& value() && { return std::get<T>(std::move(state_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const Error& error() const& { return std::get<Error>(state_); }
  Error&& error() && { return std::get<Error>(std::move(state_)); }

 private:
  std::variant<Error, T> state_;
};

using Status = Result<Done>;

inline Status Ok() { return Done{}; }

inline Error Fail(Reason reason, std::string detail = {}) {
  return Error{reason, std::move(detail)};
}

}  // namespace assay

#endif  // ASSAY_BASE_RESULT_H_
