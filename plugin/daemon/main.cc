// assayd: the daemon. Reads its options, wires the parts, serves until told to
// stop.
#include <getopt.h>
#include <signal.h>
#include <unistd.h>

#include <iostream>
#include <optional>
#include <string>

#include "base/error_text.h"
#include "daemon/log.h"
#include "daemon/service.h"
#include "daemon/startup_pages.h"
#include "daemon/systemd.h"

namespace assay {
namespace {

constexpr int kUsageExit = 2;

constexpr std::string_view kHelp =
    R"(usage: assayd [--root DIR] [--log-format auto|text|json|journal]
       assayd --help | --version

Decides whether containers may start. See assayd(8).

  --root DIR           everything below DIR instead of /
  --log-format FORMAT  auto (default): the journal under systemd, else text
)";

struct Options {
  std::string root;
  LogFormat format = LogFormat::kAuto;
  std::optional<int> exit;  // do not serve, end with this
};

std::optional<LogFormat> FormatNamed(std::string_view name) {
  if (name == "auto") return LogFormat::kAuto;
  if (name == "text") return LogFormat::kText;
  if (name == "json") return LogFormat::kJson;
  if (name == "journal") return LogFormat::kJournal;
  return std::nullopt;
}

int Misused(std::string_view what) {
  std::cerr << "assayd: usage: " << what << "\n  next: assayd --help\n";
  return kUsageExit;
}

Options ReadOptions(int argc, char* argv[]) {
  static const option kLong[] = {
      {"root", required_argument, nullptr, 'r'},
      {"log-format", required_argument, nullptr, 'l'},
      {"help", no_argument, nullptr, 'h'},
      {"version", no_argument, nullptr, 'V'},
      {nullptr, 0, nullptr, 0}};
  Options options;
  for (int word = 0; !options.exit;) {
    word = ::getopt_long(argc, argv, "", kLong, nullptr);
    if (word == -1) break;
    if (word == 'r') {
      options.root = optarg;
      while (options.root.ends_with('/')) options.root.pop_back();
    } else if (word == 'l') {
      const auto format = FormatNamed(optarg);
      if (!format) options.exit = Misused("no such log format");
      options.format = format.value_or(LogFormat::kAuto);
    } else if (word == 'h') {
      std::cout << kHelp;
      options.exit = 0;
    } else if (word == 'V') {
      std::cout << "assayd " ASSAY_VERSION "\n";
      options.exit = 0;
    } else {
      options.exit = kUsageExit;
    }
  }
  if (!options.exit && optind != argc) {
    options.exit = Misused("unexpected word");
  }
  if (!options.root.empty() && options.root.front() != '/') {
    options.exit = Misused("--root must be absolute");
  }
  return options;
}

// Serves until SIGTERM or SIGINT; SIGHUP reads the policy again.
int Serve(const Options& options, const sigset_t& signals) {
  auto service = Service::Start(Paths(options.root));
  if (!service) {
    LogError(ErrorText(service.error()));
    return kUsageExit;
  }
  NotifyManager("READY=1");
  ReleaseStartupPages();
  for (;;) {
    int signal = 0;
    if (::sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) break;
    NotifyManager("RELOADING=1");
    (*service)->Reload();
    NotifyManager("READY=1");
  }
  NotifyManager("STOPPING=1");
  return 0;
}

int Main(int argc, char* argv[]) {
  const Options options = ReadOptions(argc, argv);
  if (options.exit) return *options.exit;
  sigset_t signals{};
  ::sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    ::sigaddset(&signals, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  (void)::signal(SIGPIPE, SIG_IGN);
  StartLog(options.format);
  return Serve(options, signals);
}

}  // namespace
}  // namespace assay

int main(int argc, char* argv[]) {
  try {
    return assay::Main(argc, argv);
  } catch (const std::exception& problem) {
    assay::LogError(problem.what());
  }
  return 3;
}
