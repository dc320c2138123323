// The lines of a TOML file, so that one line can be put in without touching a
// byte of the rest. It follows no more of the grammar than that takes; whoever
// edits by it parses the result and compares (containerd_edit.h).
#ifndef ASSAY_IO_WIRE_TOML_LINES_H_
#define ASSAY_IO_WIRE_TOML_LINES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct TomlLine {
  enum class Kind : std::uint8_t {
    kOther,  // blank or comment
    kTable,  // [a.b]
    kKey,    // a.b = value, over as many lines as the value takes
  };
  Kind kind = Kind::kOther;
  std::size_t begin = 0;  // first byte
  std::size_t end = 0;    // one past the last byte, the line end included
  // Of a table its path, of a key the path of its table and its own. The path
  // of an element of an array of tables ends in "[]", so it equals none.
  std::vector<std::string> path;
  std::size_t own_keys = 0;  // how many of them the line itself spells
};

// Nothing when the text cannot be followed.
std::optional<std::vector<TomlLine>> ScanTomlLines(std::string_view text);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_TOML_LINES_H_
