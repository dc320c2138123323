#include "tests/integration/shim/installation.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace assay::test {
namespace {

namespace fs = std::filesystem;

void ReplaceAll(std::string* text, const std::string& from,
                const std::string& to) {
  const std::size_t at = text->find(from);
  if (at == std::string::npos) throw std::runtime_error("no " + from);
  text->replace(at, from.size(), to);
}

// Reads both pipes until both are closed.
void Drain(int out, int err, Outcome* outcome) {
  std::array<pollfd, 2> pipes{{{out, POLLIN, 0}, {err, POLLIN, 0}}};
  while (pipes[0].fd >= 0 || pipes[1].fd >= 0) {
    if (::poll(pipes.data(), pipes.size(), 60'000) <= 0) return;
    for (std::size_t i = 0; i < pipes.size(); ++i) {
      if (pipes[i].fd < 0 || pipes[i].revents == 0) continue;
      std::array<char, 4096> part{};
      const ssize_t got = ::read(pipes[i].fd, part.data(), part.size());
      std::string& text = i == 0 ? outcome->out : outcome->err;
      if (got > 0) {
        text.append(part.data(), static_cast<std::size_t>(got));
      } else {
        pipes[i].fd = -1;
      }
    }
  }
}

}  // namespace

void NeedRootAndRunc() {
  if (::geteuid() == 0 && ::access(ASSAY_RUNC, X_OK) == 0) return;
  std::fprintf(stderr, "this test needs root and runc\n");
  std::exit(1);
}

int Outcome::exit_code() const {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Outcome Run(const std::string& program, std::vector<std::string> words,
            const std::function<void()>& prepare) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int out[2];
  int err[2];
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0)
    throw std::runtime_error("pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
    ::dup2(out[1], 1);
    ::dup2(err[1], 2);
    if (prepare) prepare();
    ::execv(program.c_str(), argv.data());
    ::_exit(126);
  }
  ::close(out[1]);
  ::close(err[1]);
  Outcome outcome;
  Drain(out[0], err[0], &outcome);
  ::close(out[0]);
  ::close(err[0]);
  ::waitpid(child, &outcome.status, 0);
  return outcome;
}

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

Installation::Installation() {
  char name[] = "/tmp/assay-shim-XXXXXX";
  if (::mkdtemp(name) == nullptr) throw std::runtime_error("mkdtemp");
  root_ = name;
  for (const char* folder :
       {"/usr/lib/assay/bin", "/etc/assay/runtimes", "/run", "/bundle"})
    fs::create_directories(root_ + folder);
  fs::copy_file(ASSAY_SHIM, shim());
  Link("runc", ASSAY_RUNC);
  fs::copy_file(ASSAY_HELPERS "/probe_runtime", root_ + "/probe_runtime");
  Link("probe", root_ + "/probe_runtime");
}

Installation::~Installation() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

std::string Installation::Called(const std::string& name) const {
  return root_ + "/usr/lib/assay/bin/" + name;
}

std::string Installation::Runtime(const std::string& name) const {
  return root_ + "/etc/assay/runtimes/" + name;
}

void Installation::Link(const std::string& name, const std::string& target) {
  fs::remove(Called(name));
  fs::remove(Runtime(name));
  fs::create_symlink("../assay-shim", Called(name));
  fs::create_symlink(target, Runtime(name));
}

void Installation::Decide(const std::string& manner) {
  const std::string program = root_ + "/usr/lib/assay/assay-decide";
  if (!fs::exists(program)) fs::copy_file(ASSAY_DECIDER, program);
  Write(root_ + "/decide", manner);
}

void Installation::MakeBundle() {
  fs::create_directories(bundle() + "/rootfs");
  fs::copy_file(ASSAY_HELPERS "/container_init", bundle() + "/rootfs/init");
  const Outcome made = Run(ASSAY_RUNC, {"runc", "spec", "--bundle", bundle()});
  if (made.exit_code() != 0) throw std::runtime_error("runc spec: " + made.err);
  std::string config = Contents(bundle() + "/config.json");
  ReplaceAll(&config, R"("terminal": true)", R"("terminal": false)");
  ReplaceAll(&config, R"("sh")", R"("/init")");
  Write(bundle() + "/config.json", config);
}

std::vector<std::string> Installation::Words(std::vector<std::string> verb,
                                             const std::string& format) const {
  std::vector<std::string> words = {Called("runc"), "--root", root_ + "/state",
                                    "--log",        log(),    "--log-format",
                                    format};
  words.insert(words.end(), verb.begin(), verb.end());
  return words;
}

Outcome Installation::Runc(std::vector<std::string> verb,
                           const std::function<void()>& prepare) const {
  return Run(Called("runc"), Words(std::move(verb)), prepare);
}

}  // namespace assay::test
