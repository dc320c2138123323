// ContainerdEvents: tells when images and containers appear, so that evidence
// can be fetched before it is needed. Best effort: what happens while no
// connection stands is lost, so `resync` is called after each connection.
//
// Owns one thread, on which all callbacks run; the destructor stops and joins
// it. Reconnects by itself, pausing up to 30 seconds.
#ifndef ASSAY_IO_CONTAINERD_EVENTS_H_
#define ASSAY_IO_CONTAINERD_EVENTS_H_

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "io/containerd/client.h"

namespace assay {

struct ContainerdEventSinks {
  std::function<void()> resync;  // list everything anew
  // Topics /images/create, /images/update, /containers/create.
  std::function<void(const ContainerdEvent&)> event;
  std::function<void(const Error&)> lost;  // the connection, for the journal
};

class ContainerdEvents {
 public:
  // Starts the thread. The sinks must outlive it and must not block for long.
  ContainerdEvents(std::string address, ContainerdEventSinks sinks);
  ~ContainerdEvents();
  ContainerdEvents(const ContainerdEvents&) = delete;
  ContainerdEvents& operator=(const ContainerdEvents&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_EVENTS_H_
