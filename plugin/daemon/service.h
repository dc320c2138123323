// Service: the daemon's parts, started in order and stopped in reverse.
#ifndef ASSAY_DAEMON_SERVICE_H_
#define ASSAY_DAEMON_SERVICE_H_

#include <memory>

#include "base/paths.h"
#include "base/result.h"

namespace assay {

class Service {
 public:
  // Errors: kConfigurationMalformed, kWriteFailed. A policy that is not valid
  // is no error: then every question is refused until it is.
  static Result<std::unique_ptr<Service>> Start(const Paths& paths);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  void Reload();

 private:
  class Parts;
  explicit Service(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_SERVICE_H_
