#include "io/containerd/mount_table.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/bytes.h"

namespace assay {
namespace {

// containerd shortens lower folders when an overlay's options come near the
// page that mount(2) copies.
constexpr std::size_t kLongOptions = 4096 - 512;

Error Mismatch(std::string detail) {
  return Fail(Reason::kSubjectMountMismatch, std::move(detail));
}

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// The table writes white space and backslashes as \ooo.
std::string Unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && IsOctal(text[i + 1]) &&
        IsOctal(text[i + 2]) && IsOctal(text[i + 3])) {
      plain.push_back(static_cast<char>((text[i + 1] - '0') * 64 +
                                        (text[i + 2] - '0') * 8 +
                                        (text[i + 3] - '0')));
      i += 3;
    } else {
      plain.push_back(text[i]);
    }
  }
  return plain;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

void AddOption(std::map<std::string, std::string>& options,
               std::string_view text, bool escaped) {
  const std::size_t equals = text.find('=');
  std::string key(text.substr(0, equals));
  if (key == "lowerdir+") key = "lowerdir";
  std::string value;
  if (equals != std::string_view::npos) value = text.substr(equals + 1);
  if (escaped) value = Unescape(value);
  auto [entry, added] = options.emplace(std::move(key), value);
  if (!added) entry->second.append(":").append(value);
}

bool HasId(std::string_view line, std::uint64_t mount_id) {
  std::uint64_t id = 0;
  const auto [end, error] =
      std::from_chars(line.data(), line.data() + line.size(), id);
  return error == std::errc() && end != line.data() + line.size() &&
         *end == ' ' && id == mount_id;
}

Result<MountEntry> ReadLine(std::string_view line) {
  const auto fields = Split(line, ' ');
  const auto dash = std::find(fields.begin(), fields.end(), "-");
  if (fields.size() < 10 || dash - fields.begin() < 6 ||
      fields.end() - dash < 4) {
    return Mismatch("malformed mount table");
  }
  MountEntry entry{
      Unescape(fields[3]), Unescape(dash[1]), Unescape(dash[2]), {}};
  for (const std::string_view option : Split(dash[3], ',')) {
    AddOption(entry.options, option, /*escaped=*/true);
  }
  return entry;
}

std::string Option(const std::map<std::string, std::string>& options,
                   const std::string& key) {
  const auto found = options.find(key);
  return found == options.end() ? std::string() : found->second;
}

// Whether `live` is `wanted` with one folder taken off every path.
bool IsShortened(std::string_view live, std::string_view wanted) {
  const auto shortened = Split(live, ':');
  const auto full = Split(wanted, ':');
  if (shortened.size() != full.size()) return false;
  std::string_view folder;
  for (std::size_t i = 0; i < full.size(); ++i) {
    if (shortened[i].empty() || shortened[i].front() == '/' ||
        !full[i].ends_with(shortened[i])) {
      return false;
    }
    const auto taken = full[i].substr(0, full[i].size() - shortened[i].size());
    if (!taken.ends_with('/') || (i > 0 && taken != folder)) return false;
    folder = taken;
  }
  return true;
}

bool SameLower(const std::string& live, const std::string& wanted,
               std::size_t options_size) {
  if (live == wanted) return true;
  return options_size >= kLongOptions && IsShortened(live, wanted);
}

}  // namespace

Result<MountEntry> FindMount(std::string_view table, std::uint64_t mount_id) {
  while (!table.empty()) {
    const std::size_t end = std::min(table.find('\n'), table.size());
    const std::string_view line = table.substr(0, end);
    table.remove_prefix(std::min(end + 1, table.size()));
    if (HasId(line, mount_id)) return ReadLine(line);
  }
  return Mismatch(
      "the bundle's root file system is not in the mount table of "
      "the runtime's shim");
}

Status CompareOverlay(const MountEntry& live, const SnapshotMount& wanted) {
  if (live.type != "overlay" || live.root != "/") {
    return Mismatch("mounted is " + Printable(live.type) +
                    ", the snapshot is an overlay");
  }
  std::map<std::string, std::string> options;
  std::size_t size = 0;
  for (const std::string& option : wanted.options) {
    AddOption(options, option, /*escaped=*/false);
    size += option.size() + 1;
  }
  if (Option(options, "lowerdir").empty()) {
    return Mismatch("the snapshotter names no lower folders");
  }
  for (const std::string key : {"upperdir", "workdir"}) {
    if (Option(options, key) != Option(live.options, key)) {
      return Mismatch("mounted with " + key + " " +
                      Printable(Option(live.options, key)) +
                      ", the snapshot has " + Printable(Option(options, key)));
    }
  }
  const bool mapped = options.contains("uidmap") || options.contains("gidmap");
  if (mapped && !Option(options, "upperdir").empty()) return Ok();
  if (!SameLower(Option(live.options, "lowerdir"), Option(options, "lowerdir"),
                 size)) {
    return Mismatch("mounted lower folders are not the snapshot's: " +
                    Printable(Option(live.options, "lowerdir")));
  }
  return Ok();
}

std::vector<std::string> LowerFolders(const SnapshotMount& overlay) {
  std::map<std::string, std::string> options;
  for (const std::string& option : overlay.options) {
    AddOption(options, option, /*escaped=*/false);
  }
  const auto lower = options.find("lowerdir");
  if (lower == options.end()) return {};
  std::vector<std::string> folders;
  for (const auto folder : Split(lower->second, ':')) {
    folders.emplace_back(folder);
  }
  return folders;
}

}  // namespace assay
