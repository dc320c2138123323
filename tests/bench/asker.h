// Asker: asks the daemon as the shim does, a connection and two descriptors
// with every question. Thread-safe.
#ifndef ASSAY_TESTS_BENCH_ASKER_H_
#define ASSAY_TESTS_BENCH_ASKER_H_

#include <sys/un.h>

#include <string>

#include "base/unique_fd.h"
#include "io/ask/frame.h"

namespace assay::bench {

class Asker {
 public:
  // Whether the container of this bundle, called like the bundle's folder, may
  // be created; `config` is what goes for its config.json. Ends the benchmark
  // when these cannot be opened.
  Asker(const std::string& socket, const std::string& bundle,
        const std::string& config);

  // The daemon's answer; an empty line when it allows.
  std::string Refusal() const;

 private:
  bool Send(int fd) const;

  UniqueFd bundle_, config_;
  sockaddr_un address_{};
  std::string frame_;
};

}  // namespace assay::bench

#endif  // ASSAY_TESTS_BENCH_ASKER_H_
