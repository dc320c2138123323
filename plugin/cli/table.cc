#include "cli/table.h"

#include <algorithm>
#include <ostream>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::size_t kMostCellBytes = 4096;

std::string_view Sequence(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return {};
    case Tone::kGood:
      return "\033[32m";
    case Tone::kBad:
      return "\033[31m";
    case Tone::kUnsure:
      return "\033[33m";
    case Tone::kFaint:
      return "\033[2m";
    case Tone::kStrong:
      return "\033[1m";
  }
  return {};
}

// Code points, not bytes: continuation bytes take no column.
std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

Tone ToneOf(Ending ending) {
  switch (ending) {
    case Ending::kUndetermined:
      return Tone::kUnsure;
    case Ending::kRejected:
      return Tone::kBad;
    case Ending::kAccepted:
      return Tone::kGood;
  }
  return Tone::kUnsure;
}

std::string Paint(std::string_view text, Tone tone, bool color) {
  const std::string_view sequence = Sequence(tone);
  if (!color || sequence.empty()) return std::string(text);
  std::string painted(sequence);
  return painted.append(text).append("\033[0m");
}

Table::Table(std::vector<std::string> header) : header_(true) {
  std::vector<Cell> cells;
  cells.reserve(header.size());
  for (std::string& text : header) {
    cells.push_back({std::move(text), Tone::kFaint});
  }
  rows_.push_back(std::move(cells));
}

void Table::Row(std::vector<Cell> cells) {
  for (Cell& cell : cells) cell.text = Printable(cell.text, kMostCellBytes);
  rows_.push_back(std::move(cells));
}

void Table::Print(std::ostream& out, bool color, std::size_t indent) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], Width(row[i].text));
    }
  }
  for (const auto& row : rows_) {
    out << std::string(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << Paint(row[i].text, row[i].tone, color);
      if (i + 1 == row.size()) break;
      out << std::string(widths[i] - Width(row[i].text) + 2, ' ');
    }
    out << '\n';
  }
}

}  // namespace assay
