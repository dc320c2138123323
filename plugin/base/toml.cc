#include "base/toml.h"

#include <algorithm>
#include <exception>
#include <sstream>
#include <toml.hpp>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/toml_nesting.h"

namespace assay {
namespace {

// A place in a file, counted from one; zero when it is not known.
struct Place {
  int line = 0;
  int column = 0;

  friend auto operator<=>(const Place&, const Place&) = default;
};

int ToInt(std::size_t number) {
  return static_cast<int>(std::min<std::size_t>(number, INT32_MAX));
}

// The lines of a text, to turn offsets into places and back.
class Lines {
 public:
  explicit Lines(std::string_view text) {
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      begins_.push_back(begin);
      lines_.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  Place PlaceAt(std::size_t offset) const {
    const auto after = std::upper_bound(begins_.begin(), begins_.end(), offset);
    const auto line = static_cast<std::size_t>(after - begins_.begin());
    return {ToInt(line), ToInt(offset - begins_[line - 1] + 1)};
  }

  // The text of a place's line; "" for a place that is not in the text.
  std::string_view LineOf(Place place) const {
    const auto row = static_cast<std::size_t>(place.line - 1);
    return row < lines_.size() ? lines_[row] : std::string_view();
  }

 private:
  std::vector<std::size_t> begins_;
  std::vector<std::string_view> lines_;
};

// One marked place of a parse error.
struct Mark {
  Place place;
  std::string note;
};

// The only lines that differ between toml11 3 (Debian 12) and 4 (Debian 13):
// how a value tells its place and what a syntax error holds.
#if TOML11_VERSION_MAJOR >= 4

Place PlaceOf(const toml::source_location& where) {
  return {ToInt(where.first_line_number()), ToInt(where.first_column_number())};
}

Place PlaceOf(const toml::value& value, const Lines& /*lines*/) {
  return PlaceOf(value.location());
}

std::vector<Mark> MarksOf(const toml::syntax_error& problem) {
  std::vector<Mark> marks;
  if (problem.errors().empty()) return marks;
  for (const auto& [where, note] : problem.errors().front().locations()) {
    marks.push_back({PlaceOf(where), note});
  }
  return marks;
}

#else

// Not by value.location(), which counts the lines from the start each time.
Place PlaceOf(const toml::value& value, const Lines& lines) {
  const auto* place = dynamic_cast<const toml::detail::region*>(
      toml::detail::get_region(value));
  if (place == nullptr) return {};
  return lines.PlaceAt(
      static_cast<std::size_t>(place->first() - place->begin()));
}

// toml11 3 tells the marked places only in its text, as " 12 | source" lines
// followed by "    |   ^--- note" or "    |   ~~~~ note".
std::vector<Mark> MarksOf(const toml::syntax_error& problem) {
  std::vector<Mark> marks;
  std::istringstream text(problem.what());
  int line = 0;
  for (std::string row; std::getline(text, row);) {
    const std::size_t bar = row.find(" | ");
    if (bar == std::string::npos) continue;
    const std::size_t digit = row.find_first_not_of(' ');
    if (digit < bar) {
      std::istringstream(row.substr(digit, bar - digit)) >> line;
      continue;
    }
    const std::size_t mark = row.find_first_of("^~", bar);
    if (mark == std::string::npos || line == 0) continue;
    const std::size_t note = row.find_first_not_of("^~- ", mark);
    marks.push_back({{line, ToInt(mark - bar - 2)},
                     note == std::string::npos ? "" : row.substr(note)});
  }
  if (marks.empty()) {
    const toml::source_location& where = problem.location();
    marks.push_back({{ToInt(where.line()), ToInt(where.column())}, ""});
  }
  return marks;
}

#endif

// The library's title without its own prefixes, and what it marked.
std::string MessageOf(std::string title, const std::vector<Mark>& marks) {
  for (const std::string_view prefix : {"[error] ", "toml::"}) {
    if (title.starts_with(prefix)) title.erase(0, prefix.size());
  }
  const std::size_t colon = title.find(": ");
  if (colon != std::string::npos && title.find(' ') > colon) {
    title.erase(0, colon + 2);
  }
  std::string message = title;
  if (!marks.empty() && !marks.back().note.empty()) {
    message += (message.empty() ? "" : ": ") + marks.back().note;
  }
  if (marks.size() > 1) {
    message += " (line " + std::to_string(marks.front().place.line) + ": " +
               marks.front().note + ")";
  }
  return Printable(message);
}

std::optional<Time> MakeTime(const toml::local_date& date,
                             const toml::local_time& time, int offset_minutes) {
  const std::chrono::year_month_day day(
      std::chrono::year(date.year),
      std::chrono::month(static_cast<unsigned>(date.month) + 1),
      std::chrono::day(static_cast<unsigned>(date.day)));
  if (!day.ok() || time.hour > 23 || time.minute > 59 || time.second > 60) {
    return std::nullopt;
  }
  return std::chrono::sys_days(day) + std::chrono::hours(time.hour) +
         std::chrono::minutes(time.minute - offset_minutes) +
         std::chrono::seconds(time.second);
}

// A value that is grammatical and yet refused.
struct Refused {
  Place place;
  std::string message;
};

}  // namespace

// Copies the library's tree into ours. Throws Refused and what the library
// throws; Toml::Parse lets neither out.
struct TomlBuilder {
  const std::string& file;
  const Lines& lines;

  Toml Build(const toml::value& value, std::size_t depth) const {
    const Place place = PlaceOf(value, lines);
    if (depth > limits::kJsonDepth) throw Refused{place, "nested too deep"};
    Toml built;
    built.position_ = {file, place.line, place.column};
    const Place key = KeyPlace(place);
    built.key_position_ = {file, key.line, key.column};
    if (value.is_table()) {
      Toml::Table table;
      for (const auto& [name, member] : value.as_table()) {
        table.emplace(name, Build(member, depth + 1));
      }
      built.value_ = std::move(table);
    } else if (value.is_array()) {
      Toml::Array array;
      for (const auto& element : value.as_array()) {
        array.push_back(Build(element, depth + 1));
      }
      built.value_ = std::move(array);
    } else {
      BuildScalar(value, place, built);
    }
    return built;
  }

  void BuildScalar(const toml::value& value, Place place, Toml& built) const {
    if (value.is_boolean()) {
      built.value_ = value.as_boolean();
    } else if (value.is_integer()) {
      built.value_ = CheckedInt(value.as_integer(), place);
    } else if (value.is_floating()) {
      built.value_ = value.as_floating();
    } else if (value.is_string()) {
      auto text = toml::get<std::string>(value);
      if (!IsUtf8(text)) throw Refused{place, "NUL in a string"};
      built.value_ = std::move(text);
    } else if (value.is_offset_datetime()) {
      const auto& when = value.as_offset_datetime();
      SetTime(MakeTime(when.date, when.time,
                       when.offset.hour * 60 + when.offset.minute),
              place, built);
    } else if (value.is_local_date()) {
      SetTime(MakeTime(value.as_local_date(), toml::local_time(0, 0, 0), 0),
              place, built);
    }  // A local time has no meaning here; it stays a value of no kind.
  }

  static void SetTime(std::optional<Time> time, Place place, Toml& built) {
    if (!time) throw Refused{place, "no such date"};
    built.value_ = *time;
  }

  // toml11 3 saturates silently; an extreme must be written as such.
  std::int64_t CheckedInt(std::int64_t number, Place place) const {
    const bool extreme = number == INT64_MAX || number == INT64_MIN;
    if (!extreme || At(place).starts_with(std::to_string(number))) {
      return number;
    }
    throw Refused{place, "the integer does not fit 64 bits"};
  }

  std::string_view At(Place place) const {
    const std::string_view line = lines.LineOf(place);
    const auto column = static_cast<std::size_t>(std::max(place.column, 1) - 1);
    return line.substr(std::min(column, line.size()));
  }

  // TOML keeps a key on the line of its value's start, before a '='.
  Place KeyPlace(Place value) const {
    std::string_view before = lines.LineOf(value).substr(
        0, static_cast<std::size_t>(std::max(value.column, 1) - 1));
    const auto trim = [&before] {
      while (before.ends_with(' ') || before.ends_with('\t')) {
        before.remove_suffix(1);
      }
    };
    trim();
    if (!before.ends_with('=')) return value;
    before.remove_suffix(1);
    trim();
    if (before.empty()) return value;
    const char last = before.back();
    const bool quoted = last == '"' || last == '\'';
    const std::size_t stop =
        quoted ? before.substr(0, before.size() - 1).rfind(last)
               : before.find_last_of(" \t.,{");
    if (stop == std::string_view::npos) return {value.line, 1};
    return {value.line, ToInt(quoted ? stop + 1 : stop + 2)};
  }
};

namespace {

// What the library must not be given at all.
void CheckBefore(std::string_view text, const Lines& lines) {
  const auto control = std::find_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' &&
            c != '\r') ||
           c == 0x7F;
  });
  if (control != text.end()) {
    const auto offset = static_cast<std::size_t>(control - text.begin());
    throw Refused{lines.PlaceAt(offset), "control character"};
  }
  if (!IsUtf8(text)) throw Refused{{1, 1}, "not UTF-8"};
  if (const auto offset = FindTomlTooDeep(text, limits::kJsonDepth)) {
    throw Refused{lines.PlaceAt(*offset), "nested too deep"};
  }
}

}  // namespace

std::optional<Toml> Toml::Parse(std::string_view text, const std::string& file,
                                Diagnostics& diagnostics) {
  Refused refused{{1, 1}, "not readable as TOML"};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  try {
    if (text.size() > limits::kPolicyFileBytes) {
      throw Refused{
          {1, 1},
          "over " + std::to_string(limits::kPolicyFileBytes) + " bytes"};
    }
    const Lines lines(text);
    CheckBefore(text, lines);
    std::istringstream stream{std::string(text)};
    return TomlBuilder{file, lines}.Build(toml::parse(stream, file), 0);
  } catch (Refused& problem) {
    refused = std::move(problem);
  } catch (const toml::syntax_error& problem) {
    std::vector<Mark> marks = MarksOf(problem);
    // The offending place is the last in the file; what it collides with or
    // stands in comes before. The library's own order differs by version.
    std::stable_sort(
        marks.begin(), marks.end(),
        [](const Mark& a, const Mark& b) { return a.place < b.place; });
    const std::string_view what = problem.what();
    if (!marks.empty()) refused.place = marks.back().place;
    refused.message =
        MessageOf(std::string(what.substr(0, what.find('\n'))), marks);
  } catch (const std::exception& problem) {
    refused.message += ": " + Printable(problem.what());
  } catch (...) {  // Nothing may leave a parser.
    refused.message += ": unknown failure";
  }
  diagnostics.push_back({Reason::kConfigurationMalformed,
                         {file, refused.place.line, refused.place.column},
                         refused.message,
                         ""});
  return std::nullopt;
}

std::string_view Toml::KindName() const {
  struct Namer {
    std::string_view operator()(std::monostate) const { return "local time"; }
    std::string_view operator()(bool) const { return "boolean"; }
    std::string_view operator()(std::int64_t) const { return "integer"; }
    std::string_view operator()(double) const { return "float"; }
    std::string_view operator()(const std::string&) const { return "string"; }
    std::string_view operator()(Time) const { return "date"; }
    std::string_view operator()(const Array&) const { return "array"; }
    std::string_view operator()(const Table&) const { return "table"; }
  };
  return std::visit(Namer{}, value_);
}

const Toml* Toml::Find(std::string_view key) const {
  const Table* table = AsTable();
  if (table == nullptr) return nullptr;
  const auto member = table->find(key);
  return member == table->end() ? nullptr : &member->second;
}

}  // namespace assay
