// A daemon for the tests: a real listener, one thread, answers as told.
#ifndef ASSAY_TESTS_INTEGRATION_SHIM_ASK_SERVER_H_
#define ASSAY_TESTS_INTEGRATION_SHIM_ASK_SERVER_H_

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "io/ask/listener.h"
#include "tests/integration/shim/answerer.h"

namespace assay::test {

class AskServer {
 public:
  AskServer(const std::string& socket, std::string manner);
  ~AskServer();
  AskServer(const AskServer&) = delete;
  AskServer& operator=(const AskServer&) = delete;

  // Every ask so far.
  std::vector<Asked> asked() const;

 private:
  void Serve();

  AskListener listener_;
  std::string manner_;
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace assay::test

#endif  // ASSAY_TESTS_INTEGRATION_SHIM_ASK_SERVER_H_
