// TufMirror: the server that a TUF repository is fetched from. It is believed
// in nothing: what comes from there is judged by core/trust/tuf.
#ifndef ASSAY_IO_TUF_TUF_MIRROR_H_
#define ASSAY_IO_TUF_TUF_MIRROR_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "io/config/node_config.h"

namespace assay {

// One thread at a time, but for Stop.
class TufMirror {
 public:
  // Connects to nothing yet. Errors: kConfigurationMalformed (an address that
  // is neither https nor on this host).
  static Result<std::unique_ptr<TufMirror>> Open(const TufSettings& settings);
  ~TufMirror();
  TufMirror(const TufMirror&) = delete;
  TufMirror& operator=(const TufMirror&) = delete;

  // From any thread: what is asked for from now on is not fetched any more.
  void Stop();

  // The file at `path` below the mirror's address, at most `most` bytes;
  // nullopt when the mirror says that there is none. A few tries, none later
  // than the deadline; redirects are not followed. Errors: kTufMirror,
  // kTufTooLarge.
  Result<std::optional<std::string>> Get(std::string_view path,
                                         std::size_t most, Deadline deadline);

 private:
  class Impl;
  explicit TufMirror(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_TUF_TUF_MIRROR_H_
