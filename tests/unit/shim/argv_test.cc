#include "shim/argv.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "api/ask.h"
#include "tests/support/catch.h"

namespace {

using Words = std::vector<std::string>;

// ReadCall on words that live as long as this.
class Reading {
 public:
  explicit Reading(Words words) : words_(std::move(words)) {
    for (std::string& word : words_) argv_.push_back(word.data());
    argv_.push_back(nullptr);
    call_ = ReadCall(static_cast<int>(words_.size()), argv_.data());
  }
  const call& operator*() const { return call_; }
  const call* operator->() const { return &call_; }
  bool gated() const { return call_.kind != 0; }
  bool refused() const { return call_.problem != nullptr; }
  bool passes() const { return !gated() && !refused(); }

 private:
  Words words_;
  std::vector<char*> argv_;
  call call_{};
};

// "runc create --bundle /b c1" as words; '~' stands for an empty word.
Words Split(const std::string& line) {
  Words words;
  std::string word;
  for (const char c : line + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(word == "~" ? "" : word);
      word.clear();
    }
  }
  return words;
}

std::string Text(const char* text) { return text ? text : "(none)"; }

Words Lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  Words lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string After(const Words& words, const std::string& option) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == option) return words[i + 1];
    if (words[i].starts_with(option + "="))
      return words[i].substr(option.size() + 1);
  }
  return "(none)";
}

int KindIn(const std::string& file_name) {
  if (file_name.find("-create") != std::string::npos) return ASSAY_ASK_CREATE;
  if (file_name.find("-restore") != std::string::npos) return ASSAY_ASK_RESTORE;
  return 0;
}

}  // namespace

TEST_CASE("every recorded call is read as its caller meant it") {
  std::size_t gated = 0;
  std::size_t passed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(ASSAY_CALLS)) {
    const std::string name = entry.path().filename();
    if (name == "README") continue;
    INFO(name);
    const Words words = Lines(entry.path());
    const Reading call(words);
    CHECK_FALSE(call.refused());
    REQUIRE(call->kind == KindIn(name));
    if (!call.gated()) {
      ++passed;
      continue;
    }
    ++gated;
    CHECK(Text(call->id) == words.back());
    CHECK(Text(call->bundle) == After(words, "--bundle"));
    CHECK(Text(call->root) == After(words, "--root"));
    CHECK(Text(call->log) == After(words, "--log"));
    CHECK(call->log_json == (After(words, "--log-format") == "json"));
  }
  CHECK(gated >= 10);
  CHECK(passed >= 20);
}

TEST_CASE("gated verbs are found and their facts read") {
  struct Row {
    const char* line;
    int kind;
    const char* id;
    const char* bundle;
  };
  const Row rows[] = {
      {"runc create c1", ASSAY_ASK_CREATE, "c1", "(none)"},
      {"runc run -b /b c1", ASSAY_ASK_RUN, "c1", "/b"},
      {"runc run --b /b c1", ASSAY_ASK_RUN, "c1", "/b"},
      {"runc run --bundle=/b -d c1", ASSAY_ASK_RUN, "c1", "/b"},
      {"runc --debug --systemd-cgroup create --bundle /b c1", ASSAY_ASK_CREATE,
       "c1", "/b"},
      {"runc -root /r -log /l create --bundle /b c1", ASSAY_ASK_CREATE, "c1",
       "/b"},
      {"runc --rootless true --criu /criu create --bundle /b c1",
       ASSAY_ASK_CREATE, "c1", "/b"},
      {"crun --cgroup-manager systemd create --bundle /b c1", ASSAY_ASK_CREATE,
       "c1", "/b"},
      {"crun --cgroup-manager=cgroupfs --log-level debug create -b /b c1",
       ASSAY_ASK_CREATE, "c1", "/b"},
      {"runc -- create --bundle /b c1", ASSAY_ASK_CREATE, "c1", "/b"},
      {"runc create --bundle /b -- -c1", ASSAY_ASK_CREATE, "-c1", "/b"},
      // The restore of containerd, with its single dash.
      {"runc --root /r restore --image-path /i --work-path /w --detach "
       "--pid-file /p --no-pivot -no-subreaper --bundle /b c1",
       ASSAY_ASK_RESTORE, "c1", "/b"},
      {"runc restore --tcp-established --ext-unix-sk --shell-job --file-locks "
       "--empty-ns network --manage-cgroups-mode soft --image-path /i "
       "--bundle /b c1",
       ASSAY_ASK_RESTORE, "c1", "/b"},
      // Options of a later version, with and without a value.
      {"runc create --bundle /b --new c1", ASSAY_ASK_CREATE, "c1", "/b"},
      {"runc create --new --bundle /b c1", ASSAY_ASK_CREATE, "c1", "/b"},
      {"runc create --bundle /b --new v c1", ASSAY_ASK_CREATE, "c1", "/b"},
      {"runc create --new v --bundle /b c1", ASSAY_ASK_CREATE, "c1", "/b"},
      {"runc create --new=v --bundle /b c1", ASSAY_ASK_CREATE, "c1", "/b"},
      {"runc --new create --bundle /b c1", ASSAY_ASK_CREATE, "c1", "/b"},
      {"runc --new v create --bundle /b c1", ASSAY_ASK_CREATE, "c1", "/b"},
      {"runc --new1 --new2 v create --bundle /b c1", ASSAY_ASK_CREATE, "c1",
       "/b"},
      // A value that looks like a verb or an option.
      {"runc --root create create --bundle /b c1", ASSAY_ASK_CREATE, "c1",
       "/b"},
      {"runc --log --root create --bundle /b c1", ASSAY_ASK_CREATE, "c1", "/b"},
      {"runc create --bundle /b create", ASSAY_ASK_CREATE, "create", "/b"},
  };
  for (const Row& row : rows) {
    INFO(row.line);
    const Reading call(Split(row.line));
    CHECK(Text(call->problem) == "(none)");
    CHECK(call->kind == row.kind);
    CHECK(Text(call->id) == row.id);
    CHECK(Text(call->bundle) == row.bundle);
  }
}

TEST_CASE("other verbs pass, whatever follows them") {
  for (const char* line :
       {"runc",
        "runc --version",
        "runc -v",
        "runc --help",
        "runc features",
        "runc start c1",
        "runc state create",
        "runc delete --force run",
        "runc exec --process /p --detach c1 create",
        "runc kill c1 9",
        "runc --root /r exec c1 sh -c create",
        "runc checkpoint --help",
        "runc create --help",
        "runc run -h",
        "runc help create",
        "runc --root create delete c1",
        "runc --log=create state c1",
        "runc --new v state c1",
        "runc - create",
        "runc ~ create",
        "runc --root",
        "runc -- state create",
        "runc -- --",
        "runc Create c1",
        "runc creat c1",
        "runc spec --bundle /b",
        "runc --rootless auto ps c1",
        "runc --u1 --u2 --u3 --u4 --u5 --u6 --u7 --u8 state c1"}) {
    INFO(line);
    CHECK(Reading(Split(line)).passes());
  }
}

// A gated verb behind whatever a parser may read differently.
TEST_CASE("no gated verb slips past") {
  for (const char* line :
       {"runc --rootless create --bundle /b c1",
        "runc --new create create --bundle /b c1",
        "runc --new1 state --new2 create --bundle /b c1",
        "runc -log create state c1", "youki -l f create --bundle /b c1",
        "runc --criu state run --bundle /b c1",
        "crun --log-f json run -b /b c1", "crun --cg systemd restore c1",
        "runc --version create --bundle /b c1", "runc -x create --bundle /b c1",
        "runc -- run c1", "runc --new -- create --bundle /b c1",
        "runc --u1 --u2 --u3 --u4 --u5 --u6 --u7 --u8 create --bundle /b c1",
        "runc --new create run c1", "runc --new run create c1", "runc create",
        "runc run --help c1", "runc run --help --help"}) {
    INFO(line);
    CHECK(Reading(Split(line)).gated());
  }
}

TEST_CASE("what could start another bundle or container is refused") {
  for (const char* line :
       {// More unknown options than there can be readings.
        "runc --u1 --u2 --u3 --u4 --u5 --u6 --u7 --u8 --u9 create c1",
        "runc create --u1 --u2 --u3 --u4 --u5 --u6 --u7 --u8 --u9 -b /b c1",
        // No id, two ids, an id that may be a value.
        "runc create", "runc create --bundle /b", "runc create ~",
        "runc create --bundle /b c1 c2", "runc restore --bundle /b c1 c2",
        "runc create --u1 a --u2 b", "runc create --pid-file",
        "runc restore --new v c1", "runc create --help --help",
        // The bundle twice, empty, without a value, or behind the id, where
        // crun's restore does not look for it.
        "runc create --bundle /a --bundle /b c1",
        "runc create -b /a --bundle=/b c1", "runc create --bundle= c1",
        "runc create --bundle ~ c1", "runc create --bundle",
        "runc create c1 --bundle /b", "crun restore c1 --bundle=/b",
        "crun restore c1 --no-pivot", "runc create c1 --",
        // GNU's reading of it: clusters, abbreviations, another config file.
        "runc create -b=/b c1", "runc create -bundle /b c1",
        "runc create -bundle=/b c1", "crun create -b/b c1",
        "crun run -db /b c1", "crun run -dfx -b /b c1",
        "crun create --bun /b c1", "crun create --bun=/b c1",
        "crun create --config /x --bundle /b c1",
        "crun create --config=/x --bundle /b c1", "crun create -f /x c1",
        "crun create -f/x c1", "crun create --conf /x c1",
        "crun create --c=/x c1", "crun create --=x c1",
        // An unknown option that may swallow what matters.
        "runc create --new --bundle --bundle=/b c1",
        "runc create --new --config=/x --bundle /b c1",
        // runc moves options to the front and what they find there is theirs.
        "runc create --pid-file --bundle --bundle /b c1",
        "runc run --new -b -- c1", "runc run c1 c2 -b", "runc run c1 -b -- c2",
        "runc run --new c1 -b",
        // Two verbs to ask about, of different meaning.
        "runc --u1 create --u2 run c1"}) {
    INFO(line);
    const Reading call(Split(line));
    CHECK(call.refused());
  }
}

TEST_CASE("the log is known also where the call is refused") {
  const Reading call(
      Split("runc --log /l --log-format json create --bundle /a -b /b c1"));
  CHECK(call.refused());
  CHECK(Text(call->log) == "/l");
  CHECK(call->log_json);
  const Reading text(Split("runc --log=/l --log-format=text state c1"));
  CHECK(Text(text->log) == "/l");
  CHECK_FALSE(text->log_json);
}

TEST_CASE("an empty command line passes to nothing that is gated") {
  CHECK(Reading(Words{}).passes());
}
