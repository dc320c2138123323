#include "io/wire/containerd_edit.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/toml.h"
#include "io/wire/toml_lines.h"

namespace assay {
namespace {

constexpr std::string_view kMarker = "# assay wire";
constexpr std::string_view kWas = "# assay wire, was: ";
constexpr std::string_view kNotice =
    "# What ends in \"assay wire\" lets Assay decide before a container "
    "starts. Undo: assay wire containerd --undo  # assay wire";

std::string_view LineEnding(std::string_view text) {
  const std::size_t end = text.find('\n');
  const bool crlf =
      end != std::string_view::npos && end > 0 && text[end - 1] == '\r';
  return crlf ? "\r\n" : "\n";
}

std::string Marked(std::string_view indent, std::string_view line,
                   std::string_view ending) {
  std::string text(indent);
  return text.append(line).append("  ").append(kMarker).append(ending);
}

std::string_view IndentOf(std::string_view line) {
  return line.substr(0, line.find_first_not_of(" \t"));
}

// Every leaf of a document by its path, comparable.
using Leaves = std::map<std::string, std::string>;

void Flatten(const Toml& value, const std::string& path, Leaves& leaves) {
  if (const auto* table = value.AsTable()) {
    for (const auto& [key, member] : *table) {
      Flatten(member, path + '\x1f' + key, leaves);
    }
    return;
  }
  if (const auto* array = value.AsArray()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      Flatten((*array)[i], path + '\x1f' + std::to_string(i), leaves);
    }
    leaves[path] = "array of " + std::to_string(array->size());
    return;
  }
  std::string text(value.KindName());
  if (const auto* string = value.AsString()) text += *string;
  if (const auto* number = value.AsInt()) text += std::to_string(*number);
  if (const auto* boolean = value.AsBool()) text += *boolean ? "1" : "0";
  if (const auto* time = value.AsTime()) {
    text += std::to_string(time->time_since_epoch().count());
  }
  leaves[path] = std::move(text);
}

std::optional<Leaves> ReadLeaves(std::string_view text,
                                 const std::string& file) {
  Diagnostics diagnostics;
  const auto toml = Toml::Parse(text, file, diagnostics);
  if (!toml) return std::nullopt;
  Leaves leaves;
  Flatten(*toml, {}, leaves);
  return leaves;
}

std::string LeafPath(const std::vector<std::string>& path) {
  std::string leaf;
  for (const auto& key : path) leaf += '\x1f' + key;
  return leaf;
}

std::vector<std::string> PathOf(const TomlSetting& setting) {
  std::vector<std::string> path = setting.table;
  path.push_back(setting.key);
  return path;
}

bool StartsWith(const std::vector<std::string>& path,
                const std::vector<std::string>& prefix) {
  return path.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), path.begin());
}

// The result differs from the original in the setting and, where its table is
// new, in the companion.
bool OnlyChanged(std::string_view before, std::string_view after,
                 const std::string& file, const TomlEdit& edit) {
  auto old_leaves = ReadLeaves(before, file);
  auto new_leaves = ReadLeaves(after, file);
  if (!old_leaves || !new_leaves) return false;
  const auto set = LeafPath(PathOf(edit.setting));
  if ((*new_leaves)[set] != "string" + edit.setting.value) return false;
  old_leaves->erase(set);
  new_leaves->erase(set);
  if (edit.companion) {
    const auto beside = LeafPath(PathOf(*edit.companion));
    if (!old_leaves->contains(beside)) new_leaves->erase(beside);
  }
  return *old_leaves == *new_leaves;
}

class Editor {
 public:
  Editor(std::string_view text, std::vector<TomlLine> lines,
         const TomlEdit& edit)
      : text_(text),
        lines_(std::move(lines)),
        edit_(edit),
        setting_(edit.setting),
        path_(PathOf(edit.setting)),
        ending_(LineEnding(text)) {}

  std::string Edit() const {
    for (const TomlLine& line : lines_) {
      if (line.kind == TomlLine::Kind::kKey && line.path == path_) {
        return Replace(line);
      }
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].kind == TomlLine::Kind::kTable &&
          lines_[i].path == setting_.table) {
        return InsertBelow(i);
      }
    }
    for (const TomlLine& line : lines_) {
      if (line.kind == TomlLine::Kind::kKey && line.own_keys > 1 &&
          line.path.size() == path_.size() &&
          StartsWith(line.path, setting_.table)) {
        return InsertDotted(line);
      }
    }
    return Append();
  }

 private:
  std::string_view Text(const TomlLine& line) const {
    return text_.substr(line.begin, line.end - line.begin);
  }
  std::string Assignment(std::string_view key) const {
    return std::string(key) + " = " + TomlString(setting_.value);
  }
  std::string Spliced(std::size_t at, std::size_t skip,
                      std::string_view put) const {
    std::string result(text_.substr(0, at));
    return result.append(put).append(text_.substr(at + skip));
  }

  // What stands left of "=", the last key replaced by the setting's.
  std::string DottedKey(const TomlLine& line) const {
    std::vector<std::string> own(
        line.path.end() - static_cast<std::ptrdiff_t>(line.own_keys),
        line.path.end());
    own.back() = setting_.key;
    return TomlPath(own);
  }

  std::string Replace(const TomlLine& line) const {
    std::string_view old = Text(line);
    while (old.ends_with('\n') || old.ends_with('\r')) old.remove_suffix(1);
    const std::string_view indent = IndentOf(old);
    std::string put(indent);
    put.append(kWas).append(old.substr(indent.size())).append(ending_);
    put += Marked(indent, Assignment(DottedKey(line)), ending_);
    return Spliced(line.begin, line.end - line.begin, put);
  }

  std::string InsertBelow(std::size_t header) const {
    const TomlLine& line = lines_[header];
    std::string indent(IndentOf(Text(line)));
    const bool has_key = header + 1 < lines_.size() &&
                         lines_[header + 1].kind == TomlLine::Kind::kKey;
    indent = has_key ? std::string(IndentOf(Text(lines_[header + 1])))
                     : indent + "  ";
    return InsertAfter(line, Marked(indent, Assignment(setting_.key), ending_));
  }

  std::string InsertDotted(const TomlLine& line) const {
    return InsertAfter(line, Marked(IndentOf(Text(line)),
                                    Assignment(DottedKey(line)), ending_));
  }

  // The last line of a file may lack its end.
  std::string InsertAfter(const TomlLine& line, std::string put) const {
    if (!Text(line).ends_with('\n')) put.insert(0, ending_);
    return Spliced(line.end, 0, put);
  }

  bool Exists(const std::vector<std::string>& table) const {
    return std::any_of(lines_.begin(), lines_.end(), [&](const TomlLine& line) {
      return line.kind != TomlLine::Kind::kOther &&
             StartsWith(line.path, table);
    });
  }

  std::string Append() const {
    std::string result(text_);
    if (!result.empty() && !result.ends_with('\n')) result += ending_;
    if (result.find(kNotice) == std::string::npos) {
      result.append(kNotice).append(ending_);
    }
    if (edit_.companion && !Exists(edit_.companion->table)) {
      result += Table(*edit_.companion);
    }
    return result + Table(setting_);
  }

  std::string Table(const TomlSetting& setting) const {
    return Marked("", "[" + TomlPath(setting.table) + "]", ending_) +
           Marked("  ", setting.key + " = " + TomlString(setting.value),
                  ending_);
  }

  std::string_view text_;
  std::vector<TomlLine> lines_;
  const TomlEdit& edit_;
  const TomlSetting& setting_;
  std::vector<std::string> path_;
  std::string_view ending_;
};

}  // namespace

TomlEdit BinaryNameEdit(std::vector<std::string> handler, std::string binary,
                        std::string type) {
  TomlEdit edit;
  edit.companion = {handler, "runtime_type", std::move(type)};
  handler.emplace_back("options");
  edit.setting = {std::move(handler), "BinaryName", std::move(binary)};
  return edit;
}

Result<std::string> Apply(const TomlEdit& edit, std::string_view text,
                          const std::string& file) {
  auto lines = ScanTomlLines(text);
  std::string result;
  if (lines) result = Editor(text, std::move(*lines), edit).Edit();
  if (!lines || !OnlyChanged(text, result, file, edit)) {
    return Fail(Reason::kConfigurationMalformed,
                file + ": " + edit.setting.key +
                    " is written in a way that Assay does not edit; write it "
                    "in a table of its own, [" +
                    TomlPath(edit.setting.table) + "]");
  }
  return result;
}

std::string AddVersion(std::string_view text, int version) {
  return Marked("", "version = " + std::to_string(version), LineEnding(text))
      .append(text);
}

std::string Unwire(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    std::string_view bare = line;
    while (bare.ends_with('\n') || bare.ends_with('\r')) bare.remove_suffix(1);
    if (bare.ends_with(kMarker)) continue;
    const std::string_view indent = IndentOf(line);
    if (line.substr(indent.size()).starts_with(kWas)) {
      result.append(indent);
      line.remove_prefix(indent.size() + kWas.size());
    }
    result.append(line);
  }
  return result;
}

std::string TomlPath(const std::vector<std::string>& path) {
  static constexpr std::string_view kBare =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  std::string text;
  for (const auto& key : path) {
    if (!text.empty()) text += '.';
    const bool bare =
        !key.empty() && key.find_first_not_of(kBare) == std::string::npos;
    text += bare ? key : TomlString(key);
  }
  return text;
}

std::string TomlString(std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      quoted += "\\u00";
      quoted += kHexDigits[byte >> 4U];
      quoted += kHexDigits[byte & 0xfU];
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace assay
