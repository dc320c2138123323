// Property: a pull that is read is read alike by the other reader there is,
// protobuf's own, of the fields that both know; and with a second one of any
// field that may stand once it is not read.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "api/cri/image_service.pb.h"
#include "cri/pull_request.h"
#include "tests/support/wire_writer.h"

namespace {

using assay::testing::Counted;

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto request = assay::cri::ReadPullRequest(bytes);
  if (!request) {
    Require(request.error().reason == assay::Reason::kHookMalformed);
    return 0;
  }
  Require(!request->image.empty());
  // ImageStatusRequest has the image in the same place as PullImageRequest.
  runtime::v1::ImageStatusRequest other;
  Require(other.ParseFromString(bytes));
  Require(other.image().image() == request->image);
  Require(!assay::cri::ReadPullRequest(bytes + Counted(1, "")));
  if (request->auth) {
    Require(!assay::cri::ReadPullRequest(bytes + Counted(2, "")));
  }
  if (!request->pod_namespace.empty()) {
    Require(!assay::cri::ReadPullRequest(bytes + Counted(3, "")));
  }
  return 0;
}
