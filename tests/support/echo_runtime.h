// EchoRuntime: a gRPC server that has every method, unary or a stream, on a
// unix socket: the far end of a proxy. It says back what it was told, so that
// what a client sees can be compared with what another client sees.
//
// Metadata of a call directs it:
//   x-code N, x-message-bin TEXT, x-details-bin BYTES  how it ends
//   x-answers N      answers to each message; 1
//   x-headers-first  headers go out before anything is read
//   x-no-reading     nothing is read until the call is cancelled
//   x-hang           the call does not end by itself
// Everything beginning with "y-" comes back in headers and in trailers.
#ifndef ASSAY_TESTS_SUPPORT_ECHO_RUNTIME_H_
#define ASSAY_TESTS_SUPPORT_ECHO_RUNTIME_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace assay::testing {

class EchoRuntime {
 public:
  explicit EchoRuntime(const std::string& socket);
  ~EchoRuntime();

  // What a method answers instead of an echo. Before any call.
  void Answer(const std::string& method, std::string message);
  // Calls of a method that began, ended by the client's half-close, and were
  // cancelled.
  struct Counts {
    unsigned begun = 0;
    unsigned closed = 0;
    unsigned cancelled = 0;
  };
  Counts Of(const std::string& method) const;

 private:
  friend class EchoReactor;

  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_ECHO_RUNTIME_H_
