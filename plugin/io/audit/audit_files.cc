#include "io/audit/audit_files.h"

#include <charconv>
#include <string_view>

#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::string_view kEnding = ".jsonl";
constexpr std::size_t kNumberWidth = 12;

}  // namespace

std::string AuditFiles::Stem() const {
  std::string stem = log;
  if (stem.ends_with(kEnding)) stem.resize(stem.size() - kEnding.size());
  return stem + "-";
}

std::string AuditFiles::Full(std::uint64_t first) const {
  std::string number = std::to_string(first);
  if (number.size() < kNumberWidth) {
    number.insert(0, kNumberWidth - number.size(), '0');
  }
  return Stem().append(number).append(kEnding);
}

std::optional<std::uint64_t> AuditFiles::FirstOf(
    const std::string& path) const {
  const std::string stem = Stem();
  if (!path.starts_with(stem) || !path.ends_with(kEnding)) return std::nullopt;
  std::uint64_t first = 0;
  const char* begin = path.data() + stem.size();
  const char* end = path.data() + path.size();
  const auto [stop, error] = std::from_chars(begin, end, first);
  // Exactly the name that such a file is given.
  if (error != std::errc() || Full(first) != path) return std::nullopt;
  return first;
}

std::vector<std::string> AuditFiles::FullOnes() const {
  const std::size_t slash = log.rfind('/');
  const auto names = ListFolder(log.substr(0, slash));
  std::vector<std::string> paths;
  if (!names) return paths;
  for (const std::string& name : *names) {
    std::string path = log.substr(0, slash + 1) + name;
    if (FirstOf(path)) paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace assay
