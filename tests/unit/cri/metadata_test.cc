#include "cri/metadata.h"

#include "tests/support/catch.h"

using namespace assay::cri;

TEST_CASE("metadata is sent on unless gRPC could not send it") {
  CHECK(IsSendable("containerd-namespace", "k8s.io"));
  CHECK(IsSendable("grpc-status-details-bin", std::string("\0\xff\n", 3)));
  CHECK(IsSendable("traceparent", ""));
  CHECK(IsSendable("grpc-trace-bin", "x"));
  CHECK_FALSE(IsSendable("", "x"));
  CHECK_FALSE(IsSendable(":path", "x"));
  CHECK_FALSE(IsSendable("Upper", "x"));
  CHECK_FALSE(IsSendable("with space", "x"));
  CHECK_FALSE(IsSendable("key", "line\n"));
  CHECK_FALSE(IsSendable("key", "\xc3\xa4"));
  CHECK_FALSE(IsSendable("user-agent", "grpc-go"));
  CHECK_FALSE(IsSendable("grpc-timeout", "1S"));
}
