// DocumentServer: an HTTP server on loopback that answers as it is told to.
#ifndef ASSAY_TESTS_SUPPORT_DOCUMENT_SERVER_H_
#define ASSAY_TESTS_SUPPORT_DOCUMENT_SERVER_H_

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.h"

namespace assay::testing {

// One connection at a time, one request a connection.
class DocumentServer {
 public:
  struct Answer {
    int status = 200;
    std::string body = {};
    std::string header = {};  // one more, "Name: value"
  };

  DocumentServer();
  ~DocumentServer();
  DocumentServer(const DocumentServer&) = delete;
  DocumentServer& operator=(const DocumentServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + port_; }
  // Of a path; 404 where none was set.
  void Set(const std::string& path, Answer answer);
  // The paths that were asked for since the last call.
  std::vector<std::string> TakeAsked();

 private:
  void Serve();
  void Reply(int connection);

  UniqueFd listener_;
  std::string port_;
  std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::vector<std::string> asked_;
  std::atomic<bool> stopping_ = false;
  std::thread worker_;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_DOCUMENT_SERVER_H_
