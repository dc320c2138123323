// What a client sees through the proxy is what it sees without it.
#include <sys/stat.h>

#include <random>

#include "tests/integration/cri/proxied.h"

using namespace assay;
using namespace assay::testing;

namespace {

const std::string kEcho = "/example.Unknown/Method";

std::string Bytes(std::mt19937& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

struct Script {
  std::string method;
  std::vector<std::string> messages;
  Pairs metadata;
  int answers = 1;
};

// Unary, streams of requests, of answers and of both, small and large.
Script SomeScript(std::mt19937& random) {
  const auto below = [&](unsigned most) {
    return static_cast<unsigned>(random() % most);
  };
  Script script;
  script.method = "/example.Service" + std::to_string(below(5)) + "/Any";
  const unsigned count = below(4) == 0 ? below(20) : 1;
  for (unsigned i = 0; i < count; ++i) {
    const std::size_t size = below(20) == 0  ? below(2U << 20)
                             : below(8) == 0 ? 0
                                             : below(2000);
    script.messages.push_back(Bytes(random, size));
  }
  if (below(4) == 0) script.answers = static_cast<int>(below(9));
  script.metadata.emplace_back("x-answers", std::to_string(script.answers));
  if (below(3) == 0) {
    script.metadata.emplace_back("x-code", std::to_string(below(20)));
    script.metadata.emplace_back("x-message-bin", "why % it \t failed");
  }
  if (below(4) == 0) {
    script.metadata.emplace_back("x-details-bin", Bytes(random, below(300)));
  }
  if (below(4) == 0) script.metadata.emplace_back("x-headers-first", "");
  for (unsigned i = 0; i < below(4); ++i) {
    script.metadata.emplace_back("y-one", std::to_string(i));
    script.metadata.emplace_back("y-two-bin", Bytes(random, below(50)));
  }
  return script;
}

Seen Run(const std::shared_ptr<grpc::Channel>& channel, const Script& script) {
  if (script.messages.size() == 1 && script.answers == 1) {
    return GenericClient::Unary(channel, script.method, script.messages.front(),
                                script.metadata);
  }
  return GenericClient::Call(channel, script.method, script.messages,
                             script.metadata, script.answers);
}

}  // namespace

TEST_CASE("calls of every kind come through as they are") {
  Proxied proxied;
  std::vector<std::thread> clients;
  std::atomic<int> different = 0;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    clients.emplace_back([&, seed] {
      std::mt19937 random(seed);
      for (int i = 0; i < 80; ++i) {
        const Script script = SomeScript(random);
        if (Run(proxied.direct, script) != Run(proxied.through, script)) {
          ++different;
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(different == 0);
}

TEST_CASE("what is special about a call comes through") {
  Proxied proxied;
  const Pairs metadata = {{"x-code", "9"},
                          {"x-message-bin", "\xc3\xa4, %41 \n"},
                          {"x-details-bin", "\1\2"},
                          {"y-a", "1"},
                          {"y-a", "2"},
                          {"y-b-bin", "\xff\n"}};
  const Seen seen =
      GenericClient::Call(proxied.through, kEcho, {"a"}, metadata);
  CHECK(seen == GenericClient::Call(proxied.direct, kEcho, {"a"}, metadata));
  CHECK(seen.code == 9);
  CHECK(seen.text == "\xc3\xa4, %41 \n");
  CHECK(seen.details == "\1\2");
  CHECK(seen.headers ==
        Pairs{{"y-a", "1"}, {"y-a", "2"}, {"y-b-bin", "\xff\n"}});
  // A request without a message, an answer of no bytes, none at all.
  CHECK(GenericClient::Call(proxied.through, kEcho, {}).code == 0);
  CHECK(GenericClient::Call(proxied.through, kEcho, {""}).messages ==
        std::vector<std::string>{""});
  // Larger than containerd takes.
  const std::string large(20U << 20, 'x');
  CHECK(GenericClient::Call(proxied.through, kEcho, {large}).messages ==
        std::vector<std::string>{large});
  const std::string too_large(81U << 20, 'x');
  CHECK(GenericClient::Call(proxied.through, kEcho, {too_large}).code ==
        grpc::StatusCode::RESOURCE_EXHAUSTED);
  // A header longer than gRPC takes by itself.
  const Pairs long_one = {{"y-long", std::string(100'000, 'x')}};
  CHECK(GenericClient::Call(proxied.through, kEcho, {"a"}, long_one).trailers ==
        long_one);
}

TEST_CASE("either side may speak first") {
  Proxied proxied;
  GenericClient client(proxied.through, kEcho,
                       {{"x-headers-first", ""}, {"y-a", "1"}});
  REQUIRE(client.ReadHeaders());  // before anything was written
  for (const std::string message : {"one", "two", "three"}) {
    REQUIRE(client.Write(message));
    CHECK(client.Read() == message);  // before the next is written
  }
  client.WritesDone();
  CHECK(client.Finish().code == 0);
}

TEST_CASE("a client that goes is gone for the runtime, too") {
  Proxied proxied;
  constexpr unsigned kClients = 20;
  for (unsigned i = 0; i < kClients; ++i) {
    GenericClient client(proxied.through, kEcho, {{"x-hang", ""}});
    REQUIRE(client.Write("a part"));
    CHECK(client.Read() == "a part");
    client.Cancel();
  }
  CHECK(Proxied::Eventually(
      [&] { return proxied.runtime->Of(kEcho).cancelled == kClients; }));
  // What was cut off does not look complete. gRPC tells of the end before it
  // tells of the cause, so where threads come between one or another may.
  CHECK(proxied.runtime->Of(kEcho).closed < kClients);
}

TEST_CASE("a deadline is the runtime's, too") {
  Proxied proxied;
  GenericClient client(proxied.through, kEcho, {{"x-hang", ""}},
                       std::chrono::seconds(2));
  client.Write("a");
  const auto echoed = client.Read();  // none on a machine that is too busy
  CHECK(client.Finish().code == grpc::StatusCode::DEADLINE_EXCEEDED);
  const unsigned begun = echoed ? 1 : 0;
  CHECK(Proxied::Eventually(
      [&] { return proxied.runtime->Of(kEcho).cancelled >= begun; }));
}

TEST_CASE("a runtime that does not read holds the client back") {
  Proxied proxied;
  GenericClient client(proxied.through, kEcho, {{"x-no-reading", ""}});
  const std::string message(1U << 20, 'x');
  int taken = 0;
  while (taken < 64 && client.TryWrite(message, std::chrono::milliseconds(300)))
    ++taken;
  CHECK(taken < 64);
  // The others are not.
  CHECK(GenericClient::Call(proxied.through, "/example.Other/Any", {"b"})
            .messages == std::vector<std::string>{"b"});
}

TEST_CASE("a runtime that is down is unavailable, and found again") {
  Proxied proxied;
  const std::string socket = proxied.folder.path() + "/runtime";
  CHECK(GenericClient::Call(proxied.through, kEcho, {"a"}).code == 0);
  proxied.runtime.reset();
  CHECK(GenericClient::Call(proxied.through, kEcho, {"a"}).code ==
        grpc::StatusCode::UNAVAILABLE);
  proxied.runtime = std::make_unique<EchoRuntime>(socket);
  CHECK(Proxied::Eventually([&] {
    return GenericClient::Call(proxied.through, kEcho, {"a"}).code == 0;
  }));
}

TEST_CASE("the socket is the owner's alone, and replaces a stale one") {
  Proxied proxied;
  const std::string path = proxied.folder.path() + "/proxy";
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777U) == 0600U);
  auto again = cri::ImageProxy::Start(path, proxied.folder.path() + "/runtime",
                                      proxied.gate);
  REQUIRE(again);
  CHECK(GenericClient::Call(ChannelTo(path), kEcho, {"a"}).code == 0);
  CHECK_FALSE(cri::ImageProxy::Start(proxied.folder.path() + "/none/proxy",
                                     "/none", proxied.gate));
}

TEST_CASE("so many calls and no more") {
  Proxied proxied;
  std::vector<std::unique_ptr<GenericClient>> clients;
  for (std::size_t i = 0; i < cri::ImageProxy::kMostCalls; ++i) {
    clients.push_back(std::make_unique<GenericClient>(
        proxied.through, kEcho, Pairs{{"x-headers-first", ""}}));
    REQUIRE(clients.back()->ReadHeaders());
  }
  CHECK(GenericClient::Call(proxied.through, kEcho, {"a"}).code ==
        grpc::StatusCode::RESOURCE_EXHAUSTED);
  clients.clear();
  CHECK(Proxied::Eventually([&] {
    return GenericClient::Call(proxied.through, kEcho, {"a"}).code == 0;
  }));
}
