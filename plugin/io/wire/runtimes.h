// Which program a runtime's name means to who starts containers, and which name
// its link to the shim gets.
#ifndef ASSAY_IO_WIRE_RUNTIMES_H_
#define ASSAY_IO_WIRE_RUNTIMES_H_

#include <string>
#include <string_view>
#include <vector>

#include "io/wire/wiring.h"

namespace assay {

// A regular file that may be executed, through links.
bool IsExecutable(const std::string& path);
// Where a link points, "" when it is none.
std::string LinkTarget(const std::string& path);
// Makes the link, or lets it point elsewhere; there is no moment without it.
// Only a link is replaced. Errors: kWriteFailed.
Status ReplaceLink(const std::string& path, const std::string& target);
// Whether both lead to one file that is there.
bool SameFile(const std::string& a, const std::string& b);
// Whether a handler's name can be a file's: the names the shim works under.
bool IsRuntimeName(std::string_view name);

// Borrows the options.
class Runtimes {
 public:
  explicit Runtimes(const WireOptions& options) : options_(options) {}

  // The first program of that name on the search path that is not the shim
  // and not in the folder `except`; "" when there is none.
  std::string Lookup(const std::string& name, const std::string& except) const;
  bool IsShim(const std::string& path) const;
  // The link "runc" is for the runtime that a bare "runc" means: the shadow in
  // `opt` uses it too. A handler of that name with another binary gets another
  // link.
  std::string NameFor(const std::string& handler, const std::string& runtime,
                      const std::string& opt) const;

  // The name, unless the link of that name is another program's: then one of
  // this runtime's alone. Errors: kConfigurationMalformed when that is, too.
  Result<std::string> LinkName(const std::string& name,
                               const std::string& program) const;

  // The two links that put the shim before a runtime. One that is there already
  // is the operator's own or ours of before and is left out, unless only the
  // wiring of another runtime knows it, or it leads past the shim, as a
  // retirement leaves it.
  void PlanLinks(const std::string& name, const std::string& runtime,
                 std::vector<LinkChange>& links) const;

 private:
  void PlanLink(const std::string& path, const std::string& target,
                std::vector<LinkChange>& links) const;

  const WireOptions& options_;
};

}  // namespace assay

#endif  // ASSAY_IO_WIRE_RUNTIMES_H_
