// SignerWindow: the time in which the policy counts a signer.
#ifndef ASSAY_CORE_SCHEMES_SIGNER_WINDOW_H_
#define ASSAY_CORE_SCHEMES_SIGNER_WINDOW_H_

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/toml.h"

namespace assay {

struct SignerWindow {
  std::optional<Time> from;   // valid at this second
  std::optional<Time> until;  // no longer valid at this second

  // Reads the keys `valid_from` and `valid_until` of a signer's table. A
  // window that is never open becomes a Diagnostic.
  static SignerWindow Read(TomlReader& table);

  // Errors: kKeyNotYetValid, kKeyExpired.
  Status Judge(Time now) const;

  // ", valid from ... until ...": for a signer's summary; "" when unbounded.
  std::string Summary() const;
};

// The earlier of two ends; nullopt stands for none.
std::optional<Time> Earlier(const std::optional<Time>& a,
                            const std::optional<Time>& b);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGNER_WINDOW_H_
