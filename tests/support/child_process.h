// ChildProcess: a server that a test starts and that ends with it.
#ifndef ASSAY_TESTS_SUPPORT_CHILD_PROCESS_H_
#define ASSAY_TESTS_SUPPORT_CHILD_PROCESS_H_

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/unique_fd.h"

namespace assay::testing {

class ChildProcess {
 public:
  // The program is found in PATH; without a file its errors are ours. Its
  // standard input is a pipe that ends when this object or this whole process
  // does.
  explicit ChildProcess(std::vector<std::string> command,
                        const std::string& stderr_file = {}) {
    std::array<int, 2> input{};
    std::array<int, 2> output{};
    if (::pipe2(input.data(), O_CLOEXEC) != 0 ||
        ::pipe2(output.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("pipe2");
    }
    const UniqueFd child_input(input[0]);
    const UniqueFd child_output(output[1]);
    input_.reset(input[1]);
    output_.reset(output[0]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    if (!stderr_file.empty()) {
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
                                       stderr_file.c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0644);
    }
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int code = ::posix_spawnp(&pid_, arguments.front(), &actions, nullptr,
                                    arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0) throw std::runtime_error("cannot start " + command.front());
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() { Stop(); }

  // One line of its standard output, without the line's end; "" at the end.
  std::string ReadLine() {
    std::string line;
    char c = 0;
    while (::read(output_.get(), &c, 1) == 1 && c != '\n') line += c;
    return line;
  }

  // The exit status, or 128 and the signal.
  int Wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  void Stop() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    Wait();
  }

 private:
  pid_t pid_ = -1;
  UniqueFd input_;
  UniqueFd output_;
};

// Runs a program to its end; throws unless it succeeds.
inline std::string Run(std::vector<std::string> command) {
  const std::string name = command.front();
  ChildProcess child(std::move(command), "/dev/null");
  std::string output;
  for (std::string line = child.ReadLine(); !line.empty();
       line = child.ReadLine()) {
    output += line + "\n";
  }
  if (child.Wait() != 0) throw std::runtime_error(name + " failed");
  return output;
}

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_CHILD_PROCESS_H_
