#include <grpcpp/grpcpp.h>
#include <stdlib.h>  // NOLINT: mkdtemp

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "api/assay.grpc.pb.h"
#include "cli/commands.h"
#include "cli/frame.h"
#include "cli/node_commands.h"
#include "tests/support/catch.h"

using namespace assay;

namespace {

// The other end of the wire: says what a test wants it to say.
class Peer final : public v1::Enforcer::Service {
 public:
  v1::StatusReply status;
  v1::RunningReply running;
  v1::ReloadReply reload;
  grpc::Status failure = grpc::Status::OK;

 private:
  grpc::Status Status(grpc::ServerContext*, const v1::StatusRequest*,
                      v1::StatusReply* reply) override {
    *reply = status;
    return failure;
  }
  grpc::Status Running(grpc::ServerContext*, const v1::RunningRequest*,
                       v1::RunningReply* reply) override {
    *reply = running;
    return failure;
  }
  grpc::Status Reload(grpc::ServerContext*, const v1::ReloadRequest*,
                      v1::ReloadReply* reply) override {
    *reply = reload;
    return failure;
  }
};

struct Outcome {
  ExitCode code;
  std::string out;
  std::string err;
};

class Node {
 public:
  Node() {
    std::string pattern =
        std::filesystem::temp_directory_path() / "assay-cli.XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root_ = pattern;
    std::filesystem::create_directories(Paths(root_).RunDir());
  }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node() {
    if (server_) server_->Shutdown();
    std::filesystem::remove_all(root_);
  }

  Peer& Serve() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + Paths(root_).EnforcerSocket(),
                             grpc::InsecureServerCredentials());
    builder.RegisterService(&peer_);
    server_ = builder.BuildAndStart();
    REQUIRE(server_ != nullptr);
    return peer_;
  }

  void WritePolicy(std::string_view text) const {
    std::filesystem::create_directories(Paths(root_).PolicyDir());
    std::ofstream(Paths(root_).PolicyDir() + "/10.toml") << text;
  }

  Outcome Run(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--root", root_});
    std::ostringstream out;
    std::ostringstream err;
    const Terminal terminal{out, err};
    const ExitCode code = Frame(NodeCommands()).Run(words, terminal);
    return {code, out.str(), err.str()};
  }

 private:
  std::string root_;
  Peer peer_;
  std::unique_ptr<grpc::Server> server_;
};

void AddContainer(Peer& peer, v1::Ending ending, const char* reason) {
  auto* container = peer.running.add_containers();
  container->set_id("c0ffee");
  container->set_image("registry.example.com/a\x1b[2J");
  container->mutable_decision()->set_ending(ending);
  container->mutable_decision()->set_reason(reason);
}

}  // namespace

TEST_CASE("what assay hands over is what its second program runs") {
  std::set<std::string_view> handed;
  for (const Command* command : AllCommands()) {
    if (command->run == nullptr) handed.insert(command->name);
  }
  std::set<std::string_view> run;
  for (const Command* command : NodeCommands()) {
    CHECK(command->run != nullptr);
    run.insert(command->name);
  }
  CHECK(handed == run);
}

TEST_CASE("without a daemon the answer is undetermined, never well") {
  const Node node;
  for (const char* command : {"status", "running", "reload"}) {
    INFO(command);
    const auto outcome = node.Run({command});
    CHECK(outcome.code == ExitCode::kUndetermined);
    CHECK(outcome.err.find("daemon-unreachable") != std::string::npos);
    CHECK(outcome.out.empty());
  }
}

TEST_CASE("a daemon that fails a call is not believed") {
  Node node;
  Peer& peer = node.Serve();
  peer.status.mutable_policy()->set_in_force(true);
  peer.failure = grpc::Status(grpc::INTERNAL, "broken");
  const auto outcome = node.Run({"status"});
  CHECK(outcome.code == ExitCode::kUndetermined);
  CHECK(outcome.err.find("broken") != std::string::npos);
}

TEST_CASE("status ends 0 only when a policy is in force") {
  Node node;
  Peer& peer = node.Serve();
  CHECK(node.Run({"status"}).code == ExitCode::kRejected);
  peer.status.mutable_policy()->set_in_force(true);
  peer.status.mutable_policy()->set_mode("enforce");
  peer.status.mutable_policy()->add_warnings("a rule allows everything");
  const auto outcome = node.Run({"status"});
  CHECK(outcome.code == ExitCode::kAccepted);
  CHECK(outcome.out.find("a rule allows everything") != std::string::npos);
  const auto json = Json::Parse(node.Run({"status", "--json"}).out);
  REQUIRE(json);
  CHECK(*json->FindString("started_at") == "never");
  CHECK(*json->Find("policy")->Find("in_force")->AsBool());
}

TEST_CASE("running ends with the worst of all containers") {
  Node node;
  Peer& peer = node.Serve();
  CHECK(node.Run({"running"}).code == ExitCode::kAccepted);
  AddContainer(peer, v1::ENDING_ACCEPTED, "signed");
  CHECK(node.Run({"running"}).code == ExitCode::kAccepted);
  AddContainer(peer, v1::ENDING_UNSPECIFIED, "");
  CHECK(node.Run({"running"}).code == ExitCode::kUndetermined);
  AddContainer(peer, v1::ENDING_REJECTED, "no-signature");
  const auto outcome = node.Run({"running"});
  CHECK(outcome.code == ExitCode::kRejected);
  CHECK(outcome.out.find("no-signature") != std::string::npos);
  CHECK(outcome.out.find('\x1b') == std::string::npos);
  const auto json = Json::Parse(node.Run({"running", "--json"}).out);
  REQUIRE(json);
  CHECK(*json->FindArray("containers")->at(1).FindString("ending") ==
        "undetermined");
}

TEST_CASE("a policy that is refused on reload ends 2 and is explained") {
  Node node;
  Peer& peer = node.Serve();
  peer.reload.add_problems("10.toml:3:1: unknown key");
  const auto refused = node.Run({"reload"});
  CHECK(refused.code == ExitCode::kUsage);
  CHECK(refused.err.find("10.toml:3:1") != std::string::npos);
  peer.reload.set_accepted(true);
  peer.reload.set_fingerprint("sha256:abc");
  CHECK(node.Run({"reload"}).code == ExitCode::kAccepted);
}

TEST_CASE("doctor reports an audit policy as not enforcing") {
  Node node;
  Peer& peer = node.Serve();
  peer.status.mutable_policy()->set_in_force(true);
  peer.status.mutable_policy()->set_mode("audit");
  const auto outcome = node.Run({"doctor"});
  CHECK(outcome.code == ExitCode::kRejected);
  CHECK(outcome.out.find("mode is audit: nothing is refused") !=
        std::string::npos);
}

TEST_CASE("without a daemon doctor judges the policy on disk") {
  const Node node;
  CHECK(node.Run({"doctor"}).out.find("so every container is refused") !=
        std::string::npos);
  node.WritePolicy("version = 1\nmode = \"audit\"\n");
  CHECK(node.Run({"doctor"}).out.find("mode is audit: nothing is refused") !=
        std::string::npos);
  node.WritePolicy("version = 1\nmood = \"enforce\"\n");
  CHECK(node.Run({"doctor"}).out.find(".toml:2:") != std::string::npos);
}
