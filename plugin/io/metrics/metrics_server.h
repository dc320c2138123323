// MetricsServer: GET /metrics over HTTP, for Prometheus. It changes nothing and
// reads nothing but requests; what they say is never passed on.
#ifndef ASSAY_IO_METRICS_METRICS_SERVER_H_
#define ASSAY_IO_METRICS_METRICS_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "io/config/node_config.h"

namespace assay {

class MetricsServer {
 public:
  // Called on a thread of the server's own, for each reading.
  using Text = std::function<std::string()>;

  // Serves until destroyed. A unix socket replaces a stale one, mode 0600.
  // Error: kWriteFailed (somebody else has the address).
  static Result<std::unique_ptr<MetricsServer>> Start(
      const MetricsSettings& settings, Text text);
  ~MetricsServer();

  // Of TCP; the system's choice where the settings say 0.
  int port() const;

 private:
  class Impl;
  explicit MetricsServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_METRICS_METRICS_SERVER_H_
