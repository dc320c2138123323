#include "core/trust/pem.h"

#include <optional>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

std::string_view Trim(std::string_view line) {
  const auto last = line.find_last_not_of(" \t\r");
  return last == line.npos ? std::string_view() : line.substr(0, last + 1);
}

// The label of a boundary line, nullopt when it is none.
std::optional<std::string_view> Label(std::string_view line,
                                      std::string_view start) {
  if (!line.starts_with(start) || !line.ends_with(kDashes) ||
      line.size() <= start.size() + kDashes.size()) {
    return std::nullopt;
  }
  return line.substr(start.size(), line.size() - start.size() - kDashes.size());
}

class PemReader {
 public:
  PemReader(std::string_view text, PemHeaders headers)
      : rest_(text), headers_(headers) {}

  Result<std::vector<PemBlock>> Read() {
    std::vector<PemBlock> blocks;
    while (const auto line = Next()) {
      if (line->empty() || line->starts_with('#')) continue;
      const auto label = Label(*line, kBegin);
      if (!label) return Bad("text outside a PEM block");
      auto block = ReadBlock(*label);
      if (!block) return block.error();
      blocks.push_back(*std::move(block));
    }
    if (blocks.empty()) return Bad("no PEM block");
    return blocks;
  }

 private:
  Result<PemBlock> ReadBlock(std::string_view label) {
    std::string text;
    if (headers_ == PemHeaders::kPassedOver) PassHeaders();
    while (const auto line = Next()) {
      if (const auto end = Label(*line, kEnd)) {
        if (*end != label) return Bad("the END line names another block");
        auto bytes = Base64Decode(text);
        if (!bytes || bytes->empty()) return Bad("base64 is malformed");
        return PemBlock{std::string(label), *std::move(bytes)};
      }
      if (line->empty()) return Bad("an empty line inside a block");
      text.append(*line);
    }
    return Bad("a block without END line");
  }

  // Base64 has no colon.
  void PassHeaders() {
    const auto is_header = [this] {
      return rest_.substr(0, rest_.find('\n')).find(':') != rest_.npos;
    };
    if (!is_header()) return;
    const PemReader before = *this;
    while (is_header()) Next();
    const auto line = Next();
    if (!line || !line->empty()) *this = before;
  }

  std::optional<std::string_view> Next() {
    if (rest_.empty()) return std::nullopt;
    ++number_;
    const auto end = rest_.find('\n');
    const auto line = rest_.substr(0, end);
    rest_ = end == rest_.npos ? std::string_view() : rest_.substr(end + 1);
    return Trim(line);
  }

  Error Bad(std::string_view what) const {
    return Fail(Reason::kKeyMalformed,
                "line " + std::to_string(number_) + ": " + std::string(what));
  }

  std::string_view rest_;
  PemHeaders headers_;
  int number_ = 0;
};

}  // namespace

Result<std::vector<PemBlock>> ReadPem(std::string_view text,
                                      PemHeaders headers) {
  return PemReader(text, headers).Read();
}

}  // namespace assay
