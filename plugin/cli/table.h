// Text for people: short aligned tables, and colour where there is a terminal.
#ifndef ASSAY_CLI_TABLE_H_
#define ASSAY_CLI_TABLE_H_

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "base/reason.h"

namespace assay {

enum class Tone { kPlain, kGood, kBad, kUnsure, kFaint, kStrong };

// The tone of an ending: good, bad or unsure.
Tone ToneOf(Ending ending);

// `text` between the terminal's colour sequences; as it is without colour.
std::string Paint(std::string_view text, Tone tone, bool color);

struct Cell {
  std::string text;
  Tone tone = Tone::kPlain;
};

// Columns as wide as their widest cell, two spaces apart, nothing after the
// last one. Cells may hold hostile text; it is made printable.
class Table {
 public:
  Table() = default;  // without a header line
  explicit Table(std::vector<std::string> header);

  void Row(std::vector<Cell> cells);
  bool empty() const { return rows_.size() == (header_ ? 1U : 0U); }
  // Each line begins with `indent` spaces.
  void Print(std::ostream& out, bool color, std::size_t indent = 0) const;

 private:
  std::vector<std::vector<Cell>> rows_;  // the header first, where there is one
  bool header_ = false;
};

}  // namespace assay

#endif  // ASSAY_CLI_TABLE_H_
