// NriSession: one plugin's talk with one runtime, from RegisterPlugin on, as
// bytes in and bytes out. NRI, pkg/api/api.proto v0.3 to v0.12.
//
// Every byte is hostile. What cannot be read, but belongs to a call, is
// answered with an error: for the creation of a container that is a refusal,
// while a connection that ends lets it pass in every runtime before NRI 0.10.
#ifndef ASSAY_IO_NRI_SESSION_H_
#define ASSAY_IO_NRI_SESSION_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/nri/events.h"
#include "io/nri/mux.h"
#include "io/nri/ttrpc.h"

namespace assay {

// As the runtime tells it. Names come from its own records, the image's is what
// some client has written.
struct NriContainer {
  std::string id;
  std::string sandbox;  // the pod's id
  std::string name;     // of the container in its pod
  std::string pod;
  std::string pod_namespace;
  std::string image_name;  // "" where the runtime tells none
  bool started = false;    // it runs, or is paused
};

enum class NriMoment : std::uint8_t {
  kCreate = 0,  // the runtime holds a snapshot and no record
  kStart,       // created, not yet begun
};

// What the plugin makes of it. Called by Take(), in the order of the calls.
class NriPort {
 public:
  virtual ~NriPort() = default;
  // The mask, or why this runtime cannot be served.
  virtual Result<std::int32_t> Configure(const NriRuntime& runtime,
                                         const std::string& nri_version) = 0;
  // Every container of the node, once, when the last part has come.
  virtual void Synchronize(std::vector<NriContainer> containers) = 0;
  // The line of a refusal; nullopt lets it go on.
  virtual std::optional<std::string> Decide(NriMoment moment,
                                            const NriContainer& container) = 0;
};

// One thread.
class NriSession {
 public:
  using Send = std::function<Status(const std::string& bytes)>;

  // Borrows the port.
  NriSession(NriPort& port, Send send) : port_(port), send_(std::move(send)) {}

  // Says who we are. `index` is of two digits: runtimes ask in their order.
  Status Register(const std::string& name, const std::string& index);

  // Takes what came and answers what is whole. Errors: kHookMalformed for what
  // no runtime sends, kHookNoAnswer when the runtime does not want us, those of
  // Send and of Configure. The connection is of no more use then.
  Status Take(std::string_view bytes);

  bool configured() const { return configured_; }
  bool synchronized() const { return synchronized_; }

 private:
  Status TakeCall(const TtrpcMessage& message);
  Status TakeAnswer(const TtrpcMessage& message);
  std::string Respond(const TtrpcMessage& message);
  std::string Serve(const std::string& method, const std::string& payload);
  std::string Configure(const std::string& payload);
  std::string Synchronize(const std::string& payload);
  std::string Create(const std::string& payload);
  std::string Validate(const std::string& payload);
  std::string Start(const std::string& payload);
  std::string ChangeState(const std::string& payload);
  std::string Refuse(NriMoment moment, const NriContainer& container);

  NriPort& port_;
  const Send send_;
  MuxReader mux_;
  TtrpcReader calls_;    // the runtime's
  TtrpcReader answers_;  // to ours
  std::uint32_t last_stream_ = 0;
  bool awaiting_ = false;  // the answer to RegisterPlugin
  bool configured_ = false;
  bool synchronized_ = false;
  bool validates_ = false;  // ValidateContainerAdjustment decides
  NriRuntime runtime_;
  std::vector<NriContainer> synchronizing_;
  std::optional<Error> ended_;
};

}  // namespace assay

#endif  // ASSAY_IO_NRI_SESSION_H_
