// A whole Assay installation below a temporary root, and programs run in it.
#ifndef ASSAY_TESTS_INTEGRATION_SHIM_INSTALLATION_H_
#define ASSAY_TESTS_INTEGRATION_SHIM_INSTALLATION_H_

#include <functional>
#include <string>
#include <vector>

namespace assay::test {

// Ends the test program with a failure that says so where it is not root's, or
// without a runc.
void NeedRootAndRunc();

struct Outcome {
  int status = -1;  // as of waitpid
  std::string out;
  std::string err;

  int exit_code() const;  // -1 when a signal ended it
};

// Runs `program` with `words` as its argv; `prepare` runs in the child.
Outcome Run(const std::string& program, std::vector<std::string> words,
            const std::function<void()>& prepare = {});

std::string Contents(const std::string& path);
void Write(const std::string& path, const std::string& text);

class Installation {
 public:
  Installation();
  ~Installation();
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;

  const std::string& root() const { return root_; }
  std::string shim() const { return root_ + "/usr/lib/assay/assay-shim"; }
  std::string socket() const { return root_ + "/run/assay/ask.sock"; }
  std::string log() const { return root_ + "/log"; }
  std::string bundle() const { return root_ + "/bundle"; }
  // Path of the shim under a runtime's name, and of that runtime's link.
  std::string Called(const std::string& name) const;
  std::string Runtime(const std::string& name) const;

  // Lets `name` be the runtime at `target`.
  void Link(const std::string& name, const std::string& target);
  // Installs the decider, answering in this manner.
  void Decide(const std::string& manner);
  // Makes the bundle of a container that runs container_init.
  void MakeBundle();

  // The global options of containerd's calls, with this installation's paths.
  std::vector<std::string> Words(std::vector<std::string> verb,
                                 const std::string& format = "json") const;
  // Calls the shim as runc with these words behind the global options.
  Outcome Runc(std::vector<std::string> verb,
               const std::function<void()>& prepare = {}) const;

 private:
  std::string root_;
};

}  // namespace assay::test

#endif  // ASSAY_TESTS_INTEGRATION_SHIM_INSTALLATION_H_
