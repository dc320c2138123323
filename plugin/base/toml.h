// Strict TOML (1.0) with positions: every configuration and policy file of
// Assay, and the runtimes' own files, are read through it. The library behind
// it (toml11, 3 or 4) is seen by toml.cc alone.
#ifndef ASSAY_BASE_TOML_H_
#define ASSAY_BASE_TOML_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace assay {

struct TomlPosition {
  std::string file;
  int line = 0;
  int column = 0;

  std::string str() const;  // "policy.d/10.toml:12:3"
};

// One thing wrong with a file, as people read it.
struct Diagnostic {
  Reason reason = Reason::kConfigurationMalformed;
  TomlPosition position;
  std::string message;
  std::string suggestion;  // "did you mean 'require'?", "" if none

  std::string str() const;
};

using Diagnostics = std::vector<Diagnostic>;

// An immutable value with the place it was written at.
class Toml {
 public:
  using Array = std::vector<Toml>;
  using Table = std::map<std::string, Toml, std::less<>>;

  // `file` is only a name. On failure the one Diagnostic is appended. Refused
  // beyond the grammar: over limits::kPolicyFileBytes, depth over
  // limits::kJsonDepth, NUL in a string, an integer that does not fit.
  static std::optional<Toml> Parse(std::string_view text,
                                   const std::string& file,
                                   Diagnostics& diagnostics);

  // Where the value starts, and where its key does (the same for an element of
  // an array and for a table with a header).
  const TomlPosition& position() const { return position_; }
  const TomlPosition& key_position() const { return key_position_; }
  const bool* AsBool() const { return std::get_if<bool>(&value_); }
  const std::int64_t* AsInt() const {
    return std::get_if<std::int64_t>(&value_);
  }
  const double* AsFloat() const { return std::get_if<double>(&value_); }
  const std::string* AsString() const {
    return std::get_if<std::string>(&value_);
  }
  // An offset date-time, or a local date (its midnight UTC).
  const Time* AsTime() const { return std::get_if<Time>(&value_); }
  const Array* AsArray() const { return std::get_if<Array>(&value_); }
  const Table* AsTable() const { return std::get_if<Table>(&value_); }
  std::string_view KindName() const;  // "string", "table", ...

  // The member of a table; null when this is no table or has no such key.
  const Toml* Find(std::string_view key) const;

 private:
  friend struct TomlBuilder;
  TomlPosition position_;
  TomlPosition key_position_;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Time,
               Array, Table>
      value_;
};

// Reads one table strictly: each key is asked for by name; a wrong type is a
// Diagnostic; Finish() makes one of every key nobody asked for, with the
// nearest known key as suggestion. Borrows both arguments.
class TomlReader {
 public:
  // `table` must be a table, else a Diagnostic is added and every getter
  // yields nothing.
  TomlReader(const Toml& table, Diagnostics& diagnostics,
             Reason reason = Reason::kConfigurationMalformed);

  std::optional<std::string> String(std::string_view key);
  std::optional<std::int64_t> Int(std::string_view key);
  std::optional<bool> Bool(std::string_view key);
  std::optional<Time> When(std::string_view key);
  // A string or an array of strings; nullopt when absent.
  std::optional<std::vector<std::string>> Strings(std::string_view key);
  const Toml* Value(std::string_view key);                // any kind
  const Toml* TableValue(std::string_view key);           // a table
  std::vector<const Toml*> Tables(std::string_view key);  // array of tables

  // Adds a Diagnostic at the table, or at `key` where it exists.
  void Complain(std::string_view key, std::string message,
                std::string suggestion = {});
  // The same with another reason (kPolicyUnsupported, ...).
  void Complain(std::string_view key, Reason reason, std::string message);
  // For a required key that is absent.
  void Missing(std::string_view key);

  void Finish();

  const TomlPosition& position() const { return table_.position(); }

 private:
  const Toml* Take(std::string_view key);
  void WrongKind(std::string_view key, const Toml& value,
                 std::string_view wanted);
  std::string Suggestion(std::string_view unknown,
                         const Toml::Table& table) const;

  const Toml& table_;
  Diagnostics& diagnostics_;
  Reason reason_;
  std::set<std::string, std::less<>> known_;
};

// The candidate nearest to `word` by edit distance, when near enough to be
// meant; "" otherwise.
std::string NearMiss(std::string_view word,
                     const std::set<std::string, std::less<>>& candidates);

}  // namespace assay

#endif  // ASSAY_BASE_TOML_H_
