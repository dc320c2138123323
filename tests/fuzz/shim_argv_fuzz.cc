// Property: whatever runtime stands behind the shim, a command line that makes
// it create, run or restore a container is asked about with that very
// container and bundle, or refused. Two models say what a runtime would do:
// crun's, by the C library's getopt_long with crun's option tables, and
// runc's, by Go's flag rules with options behind the id moved to the front.
// The input's bytes choose words from a list, so that most inputs are close
// to command lines.
#include <getopt.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/ask.h"
#include "shim/argv.h"

namespace {

using Words = std::vector<std::string>;
using Names = std::vector<std::string_view>;

const Words& Vocabulary() {
  static const Words words = {"create",
                              "run",
                              "restore",
                              "state",
                              "c1",
                              "c2",
                              "/b",
                              "",
                              "-",
                              "--",
                              "--bundle",
                              "--bundle=/b",
                              "-b",
                              "-b/b",
                              "-b=/b",
                              "-bundle",
                              "-bundle=/b",
                              "--bun",
                              "--b",
                              "--b=/b",
                              "-d",
                              "-db",
                              "-detach",
                              "--detach",
                              "--config",
                              "--config=/c",
                              "-f",
                              "-f/c",
                              "--conf=/c",
                              "--root",
                              "--root=/r",
                              "-root",
                              "--log",
                              "--log-format",
                              "--log-f",
                              "--debug",
                              "--rootless",
                              "--criu",
                              "--cgroup-manager",
                              "--log-level",
                              "--version",
                              "-v",
                              "--help",
                              "-h",
                              "--pid-file",
                              "--pid-file=/p",
                              "--pid",
                              "--no-pivot",
                              "-no-subreaper",
                              "--no-new-keyring",
                              "--image-path",
                              "--work-path",
                              "--file-locks",
                              "-file-locks",
                              "--new",
                              "--new=1",
                              "-x",
                              "--systemd-cgroup",
                              "--console-socket",
                              "--keep",
                              "--preserve-fds",
                              "--empty-ns",
                              "--=x",
                              "---bundle"};
  return words;
}

// What a runtime would start.
struct Started {
  int kind = 0;
  std::string id;
  std::string bundle;         // empty: the current folder
  bool other_config = false;  // reads another file than the bundle's
};

int KindOf(std::string_view verb) {
  if (verb == "create") return ASSAY_ASK_CREATE;
  if (verb == "run") return ASSAY_ASK_RUN;
  return verb == "restore" ? ASSAY_ASK_RESTORE : 0;
}

std::vector<char*> Argv(Words& words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return argv;
}

constexpr int kValued = 1;
constexpr int kBundle = 2;
constexpr int kConfig = 3;
constexpr int kEnds = 4;  // --help, --version: nothing is started

// Reads GNU options from words[from]; the place of the first plain word, or
// nothing when crun would end there.
std::optional<std::size_t> ReadGnu(const Words& words, std::size_t from,
                                   const char* letters, const option* names,
                                   Started* started) {
  Words line(words.begin() + static_cast<std::ptrdiff_t>(from), words.end());
  std::vector<char*> argv = Argv(line);
  optind = 0;
  opterr = 0;
  for (int found;
       (found = ::getopt_long(static_cast<int>(line.size()), argv.data(),
                              letters, names, nullptr)) != -1;) {
    if (found == '?' || found == 'v' || found == 'V' || found == kEnds)
      return std::nullopt;
    if (found == 'b' || found == kBundle) started->bundle = optarg;
    if (found == 'f' || found == kConfig) started->other_config = true;
  }
  return from + static_cast<std::size_t>(optind);
}

constexpr option kCrunGlobal[] = {{"debug", 0, nullptr, 0},
                                  {"cgroup-manager", 1, nullptr, kValued},
                                  {"systemd-cgroup", 0, nullptr, 0},
                                  {"log", 1, nullptr, kValued},
                                  {"log-format", 1, nullptr, kValued},
                                  {"log-level", 1, nullptr, kValued},
                                  {"root", 1, nullptr, kValued},
                                  {"rootless", 1, nullptr, kValued},
                                  {"version", 0, nullptr, kEnds},
                                  {"help", 0, nullptr, kEnds},
                                  {"usage", 0, nullptr, kEnds},
                                  {nullptr, 0, nullptr, 0}};
constexpr option kCrunCreate[] = {{"bundle", 1, nullptr, kBundle},
                                  {"config", 1, nullptr, kConfig},
                                  {"console-socket", 1, nullptr, kValued},
                                  {"preserve-fds", 1, nullptr, kValued},
                                  {"no-pivot", 0, nullptr, 0},
                                  {"pid-file", 1, nullptr, kValued},
                                  {"no-subreaper", 0, nullptr, 0},
                                  {"no-new-keyring", 0, nullptr, 0},
                                  {"help", 0, nullptr, kEnds},
                                  {"usage", 0, nullptr, kEnds},
                                  {"version", 0, nullptr, kEnds},
                                  {nullptr, 0, nullptr, 0}};
constexpr option kCrunRun[] = {{"bundle", 1, nullptr, kBundle},
                               {"config", 1, nullptr, kConfig},
                               {"console-socket", 1, nullptr, kValued},
                               {"detach", 0, nullptr, 0},
                               {"preserve-fds", 1, nullptr, kValued},
                               {"no-pivot", 0, nullptr, 0},
                               {"keep", 0, nullptr, 0},
                               {"pid-file", 1, nullptr, kValued},
                               {"no-subreaper", 0, nullptr, 0},
                               {"no-new-keyring", 0, nullptr, 0},
                               {"help", 0, nullptr, kEnds},
                               {"usage", 0, nullptr, kEnds},
                               {"version", 0, nullptr, kEnds},
                               {nullptr, 0, nullptr, 0}};
constexpr option kCrunRestore[] = {{"bundle", 1, nullptr, kBundle},
                                   {"image-path", 1, nullptr, kValued},
                                   {"work-path", 1, nullptr, kValued},
                                   {"tcp-established", 0, nullptr, 0},
                                   {"ext-unix-sk", 0, nullptr, 0},
                                   {"shell-job", 0, nullptr, 0},
                                   {"detach", 0, nullptr, 0},
                                   {"pid-file", 1, nullptr, kValued},
                                   {"console-socket", 1, nullptr, kValued},
                                   {"file-locks", 0, nullptr, 0},
                                   {"manage-cgroups-mode", 1, nullptr, kValued},
                                   {"help", 0, nullptr, kEnds},
                                   {"usage", 0, nullptr, kEnds},
                                   {"version", 0, nullptr, kEnds},
                                   {nullptr, 0, nullptr, 0}};

std::optional<Started> Crun(const Words& words) {
  Started started;
  // '+': options end at the first plain word.
  const auto verb = ReadGnu(words, 0, "+vV", kCrunGlobal, &started);
  if (!verb || *verb >= words.size()) return std::nullopt;
  started.kind = KindOf(words[*verb]);
  if (started.kind == 0) return std::nullopt;
  const bool restores = started.kind == ASSAY_ASK_RESTORE;
  const option* names = restores                        ? kCrunRestore
                        : started.kind == ASSAY_ASK_RUN ? kCrunRun
                                                        : kCrunCreate;
  const char* letters = restores                        ? "+b:dV"
                        : started.kind == ASSAY_ASK_RUN ? "+b:f:dV"
                                                        : "+b:f:V";
  const auto id = ReadGnu(words, *verb, letters, names, &started);
  const std::size_t most = restores ? 2 : 1;
  if (!id || *id >= words.size() || words.size() - *id > most)
    return std::nullopt;
  started.id = words[*id];
  return started;
}

// Go's flags: one dash or two, a value behind '=' or in the next word.
struct GoFlag {
  std::string name;
  std::optional<std::string> value;
};

bool IsGoFlag(const std::string& word) {
  return word.size() >= 2 && word[0] == '-';
}

GoFlag SplitGo(const std::string& word) {
  GoFlag flag{word.substr(word[1] == '-' ? 2 : 1), std::nullopt};
  const std::size_t equals = flag.name.find('=');
  if (equals == std::string::npos) return flag;
  flag.value = flag.name.substr(equals + 1);
  flag.name.resize(equals);
  return flag;
}

bool Has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Parses flags from words[at] on; false when runc would end with an error or
// its help. Stops at the first plain word.
bool ReadGo(const Words& words, std::size_t* at, const Names& plain,
            const Names& valued, Started* started) {
  for (; *at < words.size() && IsGoFlag(words[*at]); ++*at) {
    if (words[*at] == "--") {
      ++*at;
      return true;
    }
    GoFlag flag = SplitGo(words[*at]);
    if (flag.name.empty() || flag.name[0] == '-') return false;
    if (Has({"help", "h", "version", "v"}, flag.name)) return false;
    if (Has(plain, flag.name)) continue;
    if (!Has(valued, flag.name)) return false;
    if (!flag.value) {
      if (++*at == words.size()) return false;
      flag.value = words[*at];
    }
    if (flag.name == "bundle" || flag.name == "b")
      started->bundle = *flag.value;
  }
  return true;
}

// Options behind plain words come first, each with the word behind it.
Words Reordered(const Words& words, std::size_t from, const Names& known) {
  Words flags;
  Words rest;
  bool value_may_follow = false;
  for (std::size_t i = from; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      rest.insert(rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i),
                  words.end());
      break;
    }
    const bool flag = IsGoFlag(word) && Has(known, SplitGo(word).name);
    (flag || value_may_follow ? flags : rest).push_back(word);
    value_may_follow = flag && word.find('=') == std::string::npos;
  }
  flags.insert(flags.end(), rest.begin(), rest.end());
  return flags;
}

std::optional<Started> Runc(const Words& words) {
  static const Names global_plain = {"debug", "systemd-cgroup"};
  static const Names global_valued = {"root", "log", "log-format", "criu",
                                      "rootless"};
  static const Names plain = {
      "no-pivot", "no-new-keyring", "no-subreaper", "detach",
      "d",        "keep",           "file-locks"};
  static const Names valued = {
      "bundle",       "b",          "pid-file",  "console-socket",
      "preserve-fds", "image-path", "work-path", "empty-ns"};
  Started started;
  std::size_t verb = 1;
  if (!ReadGo(words, &verb, global_plain, global_valued, &started) ||
      verb >= words.size())
    return std::nullopt;
  started.kind = KindOf(words[verb]);
  if (started.kind == 0) return std::nullopt;
  Names known = {"help", "h"};
  known.insert(known.end(), plain.begin(), plain.end());
  known.insert(known.end(), valued.begin(), valued.end());
  const Words line = Reordered(words, verb + 1, known);
  std::size_t id = 0;
  if (!ReadGo(line, &id, plain, valued, &started) || line.size() != id + 1)
    return std::nullopt;
  started.id = line[id];
  return started;
}

bool IsCovered(const Started& started, const call& call) {
  return call.problem != nullptr ||
         (call.kind == started.kind && !started.other_config &&
          call.id == started.id &&
          (call.bundle != nullptr ? call.bundle : "") == started.bundle);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  Words words = {"runc"};
  for (std::size_t i = 0; i < std::min<std::size_t>(size, 14); ++i)
    words.push_back(Vocabulary()[data[i] % Vocabulary().size()]);
  const std::vector<char*> argv = Argv(words);
  const call call =
      ReadCall(static_cast<int>(words.size()), const_cast<char**>(argv.data()));
  if (call.problem == nullptr && call.kind != 0 && call.id == nullptr)
    std::abort();
  for (const auto& started : {Crun(words), Runc(words)})
    if (started && !IsCovered(*started, call)) std::abort();
  return 0;
}
