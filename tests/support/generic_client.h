// GenericClient: one call of any method over a unix socket, step by step, and
// everything that came of it.
#ifndef ASSAY_TESTS_SUPPORT_GENERIC_CLIENT_H_
#define ASSAY_TESTS_SUPPORT_GENERIC_CLIENT_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace assay::testing {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// What a client sees of a call.
struct Seen {
  Pairs headers;
  std::vector<std::string> messages;
  int code = -1;
  std::string text;
  std::string details;
  Pairs trailers;

  friend bool operator==(const Seen&, const Seen&) = default;
};

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& socket);

// One thread. Its destructor cancels the call.
class GenericClient {
 public:
  GenericClient(const std::shared_ptr<grpc::Channel>& channel,
                const std::string& method, const Pairs& metadata = {},
                std::chrono::milliseconds patience = std::chrono::seconds(60));
  ~GenericClient();

  bool Write(const std::string& message);
  // The same, unless it takes longer: then nullopt, and nothing more may be
  // written.
  std::optional<bool> TryWrite(const std::string& message,
                               std::chrono::milliseconds wait);
  bool WritesDone();
  bool ReadHeaders();  // before any Read
  std::optional<std::string> Read();
  void Cancel();
  // Reads what is left and how it ended.
  Seen Finish();

  // A whole call: each message with so many answers to it, then the end.
  static Seen Call(const std::shared_ptr<grpc::Channel>& channel,
                   const std::string& method,
                   const std::vector<std::string>& messages,
                   const Pairs& metadata = {}, int answers = 1);

  // A whole call of one message each way, sent at once as kubelets do.
  static Seen Unary(const std::shared_ptr<grpc::Channel>& channel,
                    const std::string& method, const std::string& message,
                    const Pairs& metadata = {});

 private:
  bool Await(int tag);

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  std::vector<std::pair<int, bool>> came_;  // tags that nobody waited for yet
  grpc::Status status_;
  std::vector<std::string> messages_;
  bool finished_ = false;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_GENERIC_CLIENT_H_
