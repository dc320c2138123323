#include "io/containerd/process_spec.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

std::string Spec(const std::string& mounts) {
  return R"({"root":{"path":"rootfs"},"process":{"user":{"uid":7,"gid":8},)"
         R"("args":["/bin/app","serve"],"env":["PATH=/bin"],"cwd":"/app"},)"
         R"("mounts":)" +
         mounts + "}";
}

ImageConfig Config() {
  ImageConfig config;
  config.env = {"PATH=/bin"};
  config.entrypoint = {"/bin/app"};
  config.cmd = {"serve"};
  config.working_dir = "/app";
  config.user = "7:8";
  return config;
}

TEST_CASE("a specification is read") {
  const auto spec = ProcessSpec::Parse(Spec(R"([{"destination":"/proc"}])"));
  REQUIRE(spec);
  CHECK(spec->root_path == "rootfs");
  CHECK_FALSE(spec->root_covered);
  CHECK(spec->uid == 7);
  CHECK(spec->gid == 8);
}

TEST_CASE("a mount over the root is seen however it is written") {
  const std::string text = GENERATE(as<std::string>{}, "/", "//", "/.", "/./",
                                    "/a/..", "", ".", "/../", "/a/b/../../.");
  const auto spec = ProcessSpec::Parse(
      Spec(R"([{"destination":"/proc"},{"destination":")" + text + R"("}])"));
  REQUIRE(spec);
  CHECK(spec->root_covered);
}

TEST_CASE("a mount below the root is none over it") {
  const std::string text =
      GENERATE(as<std::string>{}, "/a", "/a/..b", "/...", "a", "/../a");
  const auto spec =
      ProcessSpec::Parse(Spec(R"([{"destination":")" + text + R"("}])"));
  REQUIRE(spec);
  CHECK_FALSE(spec->root_covered);
}

TEST_CASE("bind mounts are told by type or options, and read-only ones") {
  const auto spec = ProcessSpec::Parse(
      Spec(R"([{"destination":"/proc","type":"proc","source":"proc"},)"
           R"({"destination":"/a","type":"bind","source":"/x"},)"
           R"({"destination":"/b","source":"/y","options":["rbind","ro"]},)"
           R"({"destination":"/c","source":"/z","type":"none",)"
           R"("options":["bind","ro","rw"]}])"));
  REQUIRE(spec);
  REQUIRE(spec->binds.size() == 3);
  CHECK(spec->binds[0].source == "/x");
  CHECK_FALSE(spec->binds[0].read_only);
  CHECK(spec->binds[1].destination == "/b");
  CHECK(spec->binds[1].read_only);
  CHECK_FALSE(spec->binds[2].read_only);
}

TEST_CASE("what is no specification is malformed") {
  const std::string text =
      GENERATE(as<std::string>{}, "", "{", "[]", R"({"process":{"user":{}}})",
               R"({"root":{"path":"rootfs"}})",
               R"({"root":{"path":1},"process":{"user":{}}})",
               R"({"root":{"path":"rootfs"},"process":{}})",
               R"({"root":{"path":"rootfs"},"process":{"user":{},"args":[1]}})",
               R"({"root":{"path":"a","path":"b"},"process":{"user":{}}})",
               R"({"root":{"path":"a"},"process":{"user":{}},"mounts":[{}]})",
               Spec(R"([{"destination":"/a","Source":"/x"}])"),
               Spec(R"([{"destination":"/a","options":"ro"}])"));
  const auto spec = ProcessSpec::Parse(text);
  REQUIRE_FALSE(spec);
  CHECK(spec.error().reason == Reason::kHookMalformed);
}

TEST_CASE("a key that runc would read as another is malformed") {
  const auto one = GENERATE(table<std::string, std::string>(
      {{R"("root":)", R"("Root":{"path":"/"},"root":)"},
       {R"("root":)", R"("rOOT":{"path":"/"},"root":)"},
       {R"("path":)", R"("PATH":"/","path":)"},
       {R"("mounts":)", "\"mount\u017F\":[],\"mounts\":"},
       {R"("mounts":)", R"("mount\u017f":[],"mounts":)"},
       {R"("destination":)", R"("Destination":"/","destination":)"},
       {R"("process":)", R"("Process":{},"process":)"},
       {R"("args":)", R"("Args":["/bin/evil"],"args":)"},
       {R"("uid":)", R"("UID":0,"uid":)"}}));
  std::string text = Spec(R"([{"destination":"/proc"}])");
  REQUIRE(ProcessSpec::Parse(text));
  const auto& [plain, hostile] = one;
  text.replace(text.find(plain), plain.size(), hostile);
  const auto spec = ProcessSpec::Parse(text);
  REQUIRE_FALSE(spec);
  CHECK(spec.error().reason == Reason::kHookMalformed);
}

TEST_CASE("a process is exactly its image's or it is not") {
  auto spec = ProcessSpec::Parse(Spec("null"));
  REQUIRE(spec);
  CHECK(RunsExactly(*spec, Config()));

  SECTION("what runtimes add does not count") {
    spec->env.insert(spec->env.end(), {"TERM=xterm", "HOSTNAME=pod"});
    CHECK(RunsExactly(*spec, Config()));
  }
  SECTION("a runtime's own PATH stands for a missing one") {
    ImageConfig config = Config();
    config.env.clear();
    CHECK_FALSE(RunsExactly(*spec, config));
    spec->env = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
    CHECK(RunsExactly(*spec, config));
  }
  SECTION("one more argument") {
    spec->args.emplace_back("x");
    CHECK_FALSE(RunsExactly(*spec, Config()));
  }
  SECTION("no arguments") {
    spec->args.clear();
    CHECK_FALSE(RunsExactly(*spec, Config()));
  }
  SECTION("one more variable") {
    spec->env.emplace_back("LD_PRELOAD=/x");
    CHECK_FALSE(RunsExactly(*spec, Config()));
  }
  SECTION("a variable twice") {
    spec->env.emplace_back("PATH=/bin");
    CHECK_FALSE(RunsExactly(*spec, Config()));
  }
  SECTION("a variable less") {
    spec->env.clear();
    CHECK_FALSE(RunsExactly(*spec, Config()));
  }
  SECTION("another folder") {
    spec->cwd = "/";
    CHECK_FALSE(RunsExactly(*spec, Config()));
  }
  SECTION("another user") {
    spec->uid = 0;
    CHECK_FALSE(RunsExactly(*spec, Config()));
  }
  SECTION("another group") {
    spec->gid = 0;
    CHECK_FALSE(RunsExactly(*spec, Config()));
  }
}

TEST_CASE("a user by name cannot be judged") {
  auto spec = ProcessSpec::Parse(Spec("null"));
  REQUIRE(spec);
  ImageConfig config = Config();
  config.user = GENERATE("app", "7:app", "7:", "-7", "07x", " 7", "");
  CHECK_FALSE(RunsExactly(*spec, config));
}

}  // namespace
}  // namespace assay
