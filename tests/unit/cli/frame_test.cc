#include "cli/frame.h"

#include <array>
#include <filesystem>
#include <set>
#include <sstream>
#include <stdexcept>

#include "cli/commands.h"
#include "cli/table.h"
#include "tests/support/catch.h"

using namespace assay;

namespace {

constexpr auto kOptions = std::to_array<Option>({
    {"depth", "N", "how deep"},
    {"tag", "TAG", "a tag", true},
    {"offline", "", "no network"},
});

// Says what it was given, so that the tests can see it.
ExitCode Echo(Context& context, const Arguments& arguments) {
  context.out << "root=" << context.paths.root() << " color=" << context.color
              << " json=" << context.json
              << " depth=" << arguments.Value("depth", "none")
              << " offline=" << arguments.Has("offline");
  for (const auto& tag : arguments.Values("tag")) context.out << " tag=" << tag;
  for (const auto& operand : arguments.operands()) {
    context.out << " [" << operand << "]";
  }
  return ExitCode::kRejected;
}

ExitCode Throw(Context&, const Arguments&) {
  throw std::runtime_error("out of \x1b[31mluck");
}

const Command kEcho = {.name = "rule echo",
                       .operands = "WORD [WORD]",
                       .operands_least = 1,
                       .operands_most = 2,
                       .help = "Say what was given",
                       .details = "",
                       .options = kOptions,
                       .run = &Echo};
const Command kThrow = {.name = "throw",
                        .operands = "",
                        .help = "Throw",
                        .details = "",
                        .options = {},
                        .run = &Throw};
const Command kElsewhere = {.name = "elsewhere",
                            .operands = "",
                            .help = "Run in the second program",
                            .details = "",
                            .options = {}};

struct Outcome {
  ExitCode code;
  std::string out;
  std::string err;
};

Outcome Run(const std::vector<std::string>& words, bool color = false) {
  static constexpr auto kCommands =
      std::to_array<const Command*>({&kEcho, &kThrow, &kElsewhere});
  std::ostringstream out;
  std::ostringstream err;
  const ExitCode code = Frame(kCommands).Run(words, {out, err, color});
  return {code, out.str(), err.str()};
}

}  // namespace

TEST_CASE("a command gets its options and operands") {
  const auto outcome = Run({"rule", "echo", "--depth", "3", "a", "--tag=x",
                            "--tag", "y", "--", "--offline"});
  CHECK(outcome.out ==
        "root= color=0 json=0 depth=3 offline=0 tag=x tag=y [a] [--offline]");
  CHECK(outcome.code == ExitCode::kRejected);
  CHECK(outcome.err.empty());
}

TEST_CASE("options of every command stand before or after its name") {
  CHECK(Run({"--root", "/tmp/r/", "rule", "echo", "a"}).out ==
        Run({"rule", "--root=/tmp/r", "echo", "a"}).out);
  CHECK(Run({"rule", "echo", "a", "--json"}).out.find("json=1") !=
        std::string::npos);
  CHECK(Run({"--root", "/", "rule", "echo", "a"}).out.starts_with("root= "));
  const auto here = std::filesystem::current_path().string();
  CHECK(Run({"--root", "x/../y", "rule", "echo", "a"})
            .out.starts_with("root=" + here + "/y "));
  CHECK(Run({"rule", "echo", "a"}, true).out.find("color=1") !=
        std::string::npos);
  CHECK(Run({"rule", "echo", "a", "--color", "never"}, true)
            .out.find("color=0") != std::string::npos);
}

TEST_CASE("what is not understood ends 2 and runs nothing") {
  const std::vector<std::vector<std::string>> lines = {
      {},
      {"rule"},
      {"nonsense"},
      {"rule", "nonsense"},
      {"rule", "echo"},
      {"rule", "echo", "a", "b", "c"},
      {"rule", "echo", "a", "--depth"},
      {"rule", "echo", "a", "--depth", "1", "--depth", "2"},
      {"rule", "echo", "a", "--offline=yes"},
      {"rule", "echo", "a", "-offline"},
      {"rule", "echo", "a", "--color", "sometimes"},
      {"rule", "echo", "a", "--root="},
      {"throw", "--depth", "1"},
      {"--depth", "1", "throw"},
  };
  for (const auto& line : lines) {
    const auto outcome = Run(line);
    CHECK(outcome.code == ExitCode::kUsage);
    CHECK(outcome.out.empty());
    CHECK_FALSE(outcome.err.empty());
  }
}

TEST_CASE("a near miss is suggested") {
  CHECK(Run({"rule", "ehco", "a"}).err.find("did you mean rule echo?") !=
        std::string::npos);
  CHECK(Run({"rule", "echo", "--ofline"}).err.find("did you mean --offline?") !=
        std::string::npos);
}

TEST_CASE("an exception ends undetermined, escaped, never accepted") {
  const auto outcome = Run({"throw"});
  CHECK(outcome.code == ExitCode::kUndetermined);
  CHECK(outcome.err.find("internal") != std::string::npos);
  CHECK(outcome.err.find('\x1b') == std::string::npos);
}

TEST_CASE("a command whose program is missing ends undetermined") {
  const auto outcome = Run({"elsewhere"});
  CHECK(outcome.code == ExitCode::kUndetermined);
  CHECK(outcome.err.find("file-unreadable") != std::string::npos);
  CHECK(outcome.err.find("assay-node") != std::string::npos);
}

TEST_CASE("a failure with --json is an object, on a bad command line too") {
  const auto outcome = Run({"rule", "echo", "--json", "--ofline"});
  const auto object = Json::Parse(outcome.out);
  REQUIRE(object);
  CHECK(*object->FindString("reason") == "usage");
  CHECK(*object->FindString("ending") == "undetermined");
}

TEST_CASE("a failure is never exit 0, whatever its reason") {
  std::ostringstream out;
  std::ostringstream err;
  Context context{Paths(), out, err};
  for (const ReasonInfo& info : AllReasons()) {
    INFO(info.id);
    CHECK(PrintError(context, Fail(info.reason)) != ExitCode::kAccepted);
  }
  CHECK(ExitFor(Reason::kSigned) == ExitCode::kAccepted);
  CHECK(ExitFor(Reason::kSignatureInvalid) == ExitCode::kRejected);
  CHECK(ExitFor(Reason::kPolicyMalformed) == ExitCode::kUsage);
  CHECK(ExitFor(Reason::kRegistryUnreachable) == ExitCode::kUndetermined);
}

TEST_CASE("every command has help, unique options and a way to run") {
  for (const Command* command : AllCommands()) {
    INFO(command->name);
    CHECK_FALSE(command->help.empty());
    CHECK_FALSE(command->help.ends_with('.'));
    CHECK(command->operands_least <= command->operands_most);
    CHECK(command->operands.empty() == (command->operands_most == 0));
    std::set<std::string_view> names;
    for (const Option& option : command->options) {
      INFO(option.name);
      CHECK(names.insert(option.name).second);
      CHECK_FALSE(option.help.empty());
    }
    std::ostringstream out;
    std::ostringstream err;
    std::vector<std::string> words;
    std::istringstream name{std::string(command->name)};
    for (std::string word; name >> word;) words.push_back(word);
    words.emplace_back("--help");
    const Terminal terminal{out, err};
    CHECK(Frame(AllCommands()).Run(words, terminal) == ExitCode::kAccepted);
    CHECK(out.str().find(command->help) != std::string::npos);
    std::istringstream lines(out.str());
    for (std::string line; std::getline(lines, line);) {
      CHECK(line.size() <= 80);
    }
  }
}

TEST_CASE("a table aligns by characters and escapes hostile text") {
  Table table({"NAME", "STATE"});
  table.Row({{"päck"}, {"ok", Tone::kGood}});
  table.Row({{"a\nb\x1b[2J"}, {"no"}});
  std::ostringstream plain;
  table.Print(plain, false);
  CHECK(plain.str() ==
        "NAME           STATE\n"
        "päck           ok\n"
        "a\\x0ab\\x1b[2J  no\n");
  std::ostringstream colored;
  table.Print(colored, true);
  CHECK(colored.str().find("\033[32mok\033[0m") != std::string::npos);
}
