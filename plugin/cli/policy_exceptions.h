// What `assay policy ...` tells of the node's exceptions of break-glass: those
// there are, and which of them an image would be let through by.
#ifndef ASSAY_CLI_POLICY_EXCEPTIONS_H_
#define ASSAY_CLI_POLICY_EXCEPTIONS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/table.h"
#include "core/policy/policy.h"
#include "core/subject/reference.h"

namespace assay {

// The exceptions for an image, and why one of them is not heeded.
struct ExceptionFor {
  const PolicyException* exception;
  std::string but;  // "" where it is: what fails to be verified runs by it
};

// Those whose scope, digest and namespaces the image is in. Of a name without a
// digest it is assumed that the image is the one that the exception names.
std::vector<ExceptionFor> ExceptionsFor(
    std::span<const PolicyException> exceptions, const Reference& image,
    std::string_view pod_namespace, const Selection& selection, Time now);

void AddExceptionRows(std::span<const ExceptionFor> exceptions, Table& table);
Json AsJson(std::span<const ExceptionFor> exceptions);

// All of them, also those that have ended.
void PrintExceptions(Context& context,
                     std::span<const PolicyException> exceptions, Time now);
Json ExceptionsAsJson(std::span<const PolicyException> exceptions, Time now);

// Each problem of break-glass.d, and that none of that file's is made.
void PrintExceptionProblems(Context& context, const Diagnostics& problems);
Json ExceptionProblemsAsJson(const Diagnostics& problems);

}  // namespace assay

#endif  // ASSAY_CLI_POLICY_EXCEPTIONS_H_
