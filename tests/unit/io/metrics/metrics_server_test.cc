#include "io/metrics/metrics_server.h"

#include <httplib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;

namespace {

const MetricsSettings kAnyPort{{}, "127.0.0.1", 0};

std::string One() { return "one 1\n"; }

mode_t ModeOf(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

TEST_CASE("metrics are read at /metrics and nothing else is there") {
  const auto server = MetricsServer::Start(kAnyPort, One);
  REQUIRE(server);
  httplib::Client client("127.0.0.1", (*server)->port());
  const auto answer = client.Get("/metrics");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "one 1\n");
  CHECK(answer->get_header_value("Content-Type") ==
        "text/plain; version=0.0.4");
  const auto other = client.Get("/../etc/passwd");
  REQUIRE(other);
  CHECK(other->status == 404);
  const auto written = client.Post("/metrics", "x", "text/plain");
  CHECK((!written || written->status >= 400));
}

TEST_CASE("a unix socket is for its owner alone, and gone with the server") {
  const testing::TempFolder folder;
  const std::string path = folder.Write("metrics.sock", "left behind");
  {
    const auto server = MetricsServer::Start({path, {}, 0}, One);
    REQUIRE(server);
    CHECK(ModeOf(path) == 0600);
    httplib::Client client(path);
    client.set_address_family(AF_UNIX);
    const auto answer = client.Get("/metrics");
    REQUIRE(answer);
    CHECK(answer->body == "one 1\n");
  }
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("a port that somebody has stays his") {
  const auto server = MetricsServer::Start(kAnyPort, One);
  REQUIRE(server);
  MetricsSettings same = kAnyPort;
  same.port = static_cast<std::uint16_t>((*server)->port());
  const auto second = MetricsServer::Start(same, One);
  REQUIRE_FALSE(second);
  CHECK(second.error().reason == Reason::kWriteFailed);
}

TEST_CASE("a client that says nothing keeps nobody from reading") {
  const auto server = MetricsServer::Start(kAnyPort, One);
  REQUIRE(server);
  const int idle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>((*server)->port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(idle, reinterpret_cast<sockaddr*>(&address),
                    sizeof(address)) == 0);
  httplib::Client client("127.0.0.1", (*server)->port());
  client.set_read_timeout(60);
  const auto answer = client.Get("/metrics");
  ::close(idle);
  REQUIRE(answer);
  CHECK(answer->body == "one 1\n");
}

}  // namespace
