// What the proxy does with a pull.
#include <atomic>
#include <condition_variable>

#include "tests/integration/cri/proxied.h"
#include "tests/support/wire_writer.h"

using namespace assay;
using namespace assay::testing;

namespace {

const std::string kService = "/runtime.v1.ImageService/";
const std::string kPull = kService + "PullImage";
const std::string kStatus = kService + "ImageStatus";
const std::string kRequest =
    Counted(1, Counted(1, "registry.example.com/app:1")) +
    Counted(2, Counted(1, "alice") + Counted(2, "secret")) +
    Counted(3, Counted(1, Counted(3, "shop"))) + Counted(99, "later");

using Check = decltype(ToldGate::Permit::check);

cri::PullAnswer Permit(Check check = nullptr) {
  auto permit = std::make_unique<ToldGate::Permit>();
  permit->check = std::move(check);
  return {std::move(permit), {}};
}

Seen Pull(const Proxied& proxied, const Pairs& metadata = {}) {
  return GenericClient::Unary(proxied.through, kPull, kRequest, metadata);
}

// A runtime that has pulled what `image` says.
void AnswerPulls(const Proxied& proxied, const std::string& image) {
  proxied.runtime->Answer(kPull, Counted(1, "sha256:id"));
  proxied.runtime->Answer(kStatus, image);
}

}  // namespace

TEST_CASE("a refused pull does not reach the runtime") {
  Proxied proxied;
  proxied.gate.decide = [] {
    return cri::PullAnswer{nullptr, "no-signature: why; next: do"};
  };
  const Seen seen = Pull(proxied);
  CHECK(seen.code == grpc::StatusCode::UNKNOWN);
  CHECK(seen.text == "SignatureValidationFailed: no-signature: why; next: do");
  CHECK(seen.messages.empty());
  CHECK(proxied.runtime->Of(kPull).begun == 0);
  REQUIRE(proxied.gate.asked.size() == 1);
  CHECK(proxied.gate.asked[0].image == "registry.example.com/app:1");
  CHECK(proxied.gate.asked[0].pod_namespace == "shop");
  CHECK(proxied.gate.asked[0].auth->password == "secret");
  CHECK(proxied.gate.patience <= std::chrono::seconds(8));
}

TEST_CASE("the runtime gets a permitted pull as it came") {
  Proxied proxied;
  proxied.gate.decide = [] { return Permit(); };
  const Pairs metadata = {{"y-a", "1"}};
  const Seen seen = Pull(proxied, metadata);
  CHECK(seen ==
        GenericClient::Unary(proxied.direct, kPull, kRequest, metadata));
  CHECK(seen.messages == std::vector<std::string>{kRequest});
  // Also when it fails there.
  const Pairs failing = {{"x-code", "5"},
                         {"x-message-bin", "no"},
                         {"y-a", "1"},
                         {"x-details-bin", "\1"}};
  const Seen failed = Pull(proxied, failing);
  CHECK(failed.code == 5);
  CHECK(failed.details == "\1");
  CHECK(
      failed.trailers ==
      GenericClient::Unary(proxied.direct, kPull, kRequest, failing).trailers);
}

TEST_CASE("what was pulled is held against what was judged") {
  Proxied proxied;
  AnswerPulls(proxied, Counted(1, Counted(1, "sha256:id") + Counted(2, "tag") +
                                      Counted(3, "a@1") + Counted(3, "b@2")));
  std::string found;
  std::optional<std::string> refusal;
  proxied.gate.decide = [&] {
    return Permit([&](const Result<cri::PulledImage>& pulled) {
      found = pulled ? pulled->id : "none";
      for (const auto& text :
           pulled ? pulled->repo_digests : std::vector<std::string>()) {
        found += " " + text;
      }
      return refusal;
    });
  };
  const Seen pulled = Pull(proxied);
  CHECK(pulled.code == 0);
  CHECK(pulled.messages == std::vector<std::string>{Counted(1, "sha256:id")});
  CHECK(found == "sha256:id a@1 b@2");
  refusal = "subject-tag-moved: other";
  const Seen moved = Pull(proxied);
  CHECK(moved.code == grpc::StatusCode::UNKNOWN);
  CHECK(moved.text == "SignatureValidationFailed: subject-tag-moved: other");
  CHECK(moved.messages.empty());
}

// The gate writes to a disk, which may be slow; nobody else waits for it.
TEST_CASE("others go on while what was pulled is compared, or written down") {
  Proxied proxied;
  AnswerPulls(proxied, Counted(1, Counted(1, "sha256:id")));
  std::mutex mutex;
  std::condition_variable changed;
  bool comparing = false;
  bool open = false;
  proxied.gate.decide = [&] {
    return Permit(
        [&](const Result<cri::PulledImage>&) -> std::optional<std::string> {
          std::unique_lock lock(mutex);
          comparing = true;
          changed.notify_all();
          changed.wait(lock, [&] { return open; });
          return std::nullopt;
        });
  };
  GenericClient client(proxied.through, kPull);
  client.Write(kRequest);
  client.WritesDone();
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return comparing; });
  }
  CHECK(GenericClient::Unary(proxied.through, "/example.Other/Any", "b").code ==
        0);
  {
    const std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
  CHECK(client.Finish().code == 0);
}

TEST_CASE(
    "a runtime that does not say what it pulled has pulled nothing good") {
  for (const auto& [pulled, image] :
       {std::pair<std::string, std::string>{"", Counted(1, Counted(1, "id"))},
        {"\xff", Counted(1, Counted(1, "id"))},
        {Counted(1, "id"), ""},
        {Counted(1, "id"), "\xff"}}) {
    Proxied proxied;
    proxied.runtime->Answer(kPull, pulled);
    proxied.runtime->Answer(kStatus, image);
    std::atomic<bool> told = false;
    proxied.gate.decide = [&] {
      return Permit([&](const Result<cri::PulledImage>& one)
                        -> std::optional<std::string> {
        told = !one && one.error().reason == Reason::kRuntimeUnreachable;
        return "refused";
      });
    };
    CHECK(Pull(proxied).code == grpc::StatusCode::UNKNOWN);
    CHECK(told);
  }
}

TEST_CASE("every way to say PullImage is judged or not passed on") {
  Proxied proxied;
  for (const std::string path : {"/runtime.v1.ImageService/PullImage",
                                 "/runtime.v1alpha2.ImageService/PullImage"}) {
    const Seen seen = GenericClient::Unary(proxied.through, path, kRequest);
    CHECK(seen.code == grpc::StatusCode::UNKNOWN);
  }
  CHECK(proxied.gate.asked.size() == 2);
  for (const std::string path : {"/runtime.v2.ImageService/PullImage",
                                 "//runtime.v1.ImageService/PullImage",
                                 "/runtime.v1.ImageService/PullImage?",
                                 "/runtime.v1.ImageService/Pull%49mage",
                                 "/runtime.v1.ImageService/PullImage/"}) {
    const Seen seen = GenericClient::Unary(proxied.through, path, kRequest);
    CHECK(seen.code == grpc::StatusCode::UNIMPLEMENTED);
    CHECK(proxied.runtime->Of(path).begun == 0);
  }
  CHECK(proxied.gate.asked.size() == 2);
}

TEST_CASE("a pull that is not one message is refused") {
  Proxied proxied;
  proxied.gate.decide = [] { return Permit(); };
  const std::string twice = kRequest + Counted(1, Counted(1, "evil"));
  for (const std::vector<std::string>& messages :
       {std::vector<std::string>{},
        {kRequest, kRequest},
        {""},
        {twice},
        {std::string((16U << 20) + 1, 'x')}}) {
    GenericClient client(proxied.through, kPull);
    for (const std::string& message : messages) client.Write(message);
    client.WritesDone();
    const Seen seen = client.Finish();
    CHECK(seen.code == grpc::StatusCode::INVALID_ARGUMENT);
    CHECK(seen.text.starts_with("refused: "));
  }
  // Nobody judges it, and it is written down.
  CHECK(proxied.gate.refused == std::vector<Reason>(5, Reason::kHookMalformed));
  CHECK(proxied.gate.asked.empty());
  CHECK(proxied.runtime->Of(kPull).begun == 0);
}

TEST_CASE("a pull that nobody waits for is not made, and others go on") {
  Proxied proxied;
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  proxied.gate.decide = [&] {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
    return Permit();
  };
  const auto asked = [&] {
    const std::lock_guard lock(proxied.gate.mutex);
    return proxied.gate.asked.size();
  };
  std::vector<std::unique_ptr<GenericClient>> clients;
  for (unsigned i = 0; i < 32; ++i) {
    clients.push_back(std::make_unique<GenericClient>(proxied.through, kPull));
    clients.back()->Write(kRequest);
    clients.back()->WritesDone();
  }
  REQUIRE(Proxied::Eventually([&] { return asked() == 32; }));
  const Seen more = Pull(proxied);
  CHECK(more.code == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(more.text.starts_with("refused: "));
  CHECK(proxied.gate.refused == std::vector<Reason>{Reason::kOverloaded});
  CHECK(GenericClient::Unary(proxied.through, "/example.Other/Any", "b").code ==
        0);
  clients.resize(1);  // the others are cancelled, before the next call comes
  CHECK(GenericClient::Unary(proxied.through, "/example.Other/Any", "b").code ==
        0);
  {
    const std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
  CHECK(clients[0]->Finish().code == 0);
  CHECK(Pull(proxied).code == 0);
  CHECK(proxied.runtime->Of(kPull).begun == 2);
}

TEST_CASE("the proxy ends while a pull is judged") {
  Proxied proxied;
  std::atomic<bool> judging = false;
  proxied.gate.decide = [&] {
    judging = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1200));
    return Permit();
  };
  GenericClient client(proxied.through, kPull);
  client.Write(kRequest);
  client.WritesDone();
  REQUIRE(Proxied::Eventually([&] { return judging.load(); }));
  proxied.proxy.reset();
  CHECK(client.Finish().code != 0);
  CHECK(proxied.runtime->Of(kPull).begun == 0);
}
