#include "io/registry/www_authenticate.h"

#include "base/bytes.h"
#include "io/registry/header_scanner.h"

namespace assay::registry {
namespace {

constexpr std::size_t kChallengeBytes = 8192;
constexpr std::size_t kChallenges = 16;

Error MalformedChallenge(std::string_view line) {
  return Fail(Reason::kRegistryProtocol,
              "WWW-Authenticate: " + Printable(line, 120));
}

// `name` has been read and "=" is next.
bool AddParam(HeaderScanner& scan, std::string_view name,
              Challenge& challenge) {
  scan.Take('=');
  scan.SkipSpace();
  auto value = scan.Value();
  return value && challenge.params.emplace(LowerAscii(name), *value).second;
}

}  // namespace

std::string Challenge::Param(const std::string& name) const {
  const auto found = params.find(name);
  return found == params.end() ? std::string() : found->second;
}

Result<std::vector<Challenge>> ParseWwwAuthenticate(std::string_view line) {
  if (line.size() > kChallengeBytes) return MalformedChallenge(line);
  std::vector<Challenge> challenges;
  HeaderScanner scan(line);
  for (;;) {
    scan.SkipSpace();
    if (scan.done()) return challenges;
    if (scan.Take(',')) continue;
    const std::string_view name = scan.Token();
    const bool space = scan.SkipSpace();
    if (name.empty()) return MalformedChallenge(line);
    if (scan.Peek() == '=') {
      if (challenges.empty() || !AddParam(scan, name, challenges.back())) {
        return MalformedChallenge(line);
      }
      scan.SkipSpace();
      if (!scan.done() && scan.Peek() != ',') return MalformedChallenge(line);
      continue;
    }
    const bool alone = scan.done() || scan.Peek() == ',';
    if ((!alone && !space) || challenges.size() == kChallenges) {
      return MalformedChallenge(line);
    }
    challenges.push_back({LowerAscii(name), {}});
    scan.SkipToken68();
  }
}

}  // namespace assay::registry
