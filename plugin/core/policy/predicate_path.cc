#include "core/policy/predicate_path.h"

#include <charconv>
#include <optional>
#include <utility>

#include "base/limits.h"

namespace assay {
namespace {

constexpr std::string_view kEvery = "[*]";
constexpr std::string_view kAsJson = "(json)";
constexpr std::string_view kSpecial = ".[]()\"'\\ ";

Error Bad(std::string detail) {
  return Fail(Reason::kPolicyMalformed, std::move(detail));
}

Error WrongKind(const std::string& where, std::string_view wanted) {
  return Fail(Reason::kAttestationConstraint,
              (where.empty() ? "the predicate" : where) + " is no " +
                  std::string(wanted));
}

bool IsPlain(char c) {
  return c > 0x20 && c < 0x7F && kSpecial.find(c) == std::string_view::npos;
}

std::string Join(const std::string& where, const std::string& member) {
  return where.empty() ? member : where + "." + member;
}

}  // namespace

// Reads from the front of `rest_`.
class PredicatePath::Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Result<std::vector<Step>> Read() {
    while (!rest_.empty()) {
      auto step = ReadStep();
      if (!step) return step.error();
      steps_.push_back(*std::move(step));
      if (steps_.size() > limits::kConstraintSteps) {
        return Bad("a path has at most " +
                   std::to_string(limits::kConstraintSteps) + " steps");
      }
    }
    if (steps_.empty()) return Bad("the path is empty");
    return std::move(steps_);
  }

 private:
  Result<Step> ReadStep() {
    if (rest_.starts_with(kEvery)) return Take(kEvery, Kind::kEvery);
    if (rest_.starts_with(kAsJson)) return Take(kAsJson, Kind::kJson);
    if (rest_.front() == '[') return ReadElement();
    if (!steps_.empty()) {
      if (rest_.front() != '.') return Unreadable();
      rest_.remove_prefix(1);
    }
    return ReadMember();
  }

  Step Take(std::string_view text, Kind kind) {
    rest_.remove_prefix(text.size());
    return {kind, {}, 0};
  }

  Result<Step> ReadElement() {
    const std::size_t end = rest_.find(']');
    if (end == std::string_view::npos) return Unreadable();
    const std::string_view digits = rest_.substr(1, end - 1);
    Step step{Kind::kElement, {}, 0};
    const char* last = digits.data() + digits.size();
    const auto [stop, problem] =
        std::from_chars(digits.data(), last, step.element);
    if (problem != std::errc{} || stop != last) {
      return Bad("'[" + std::string(digits) +
                 "]' is neither [*] nor the number of an element");
    }
    rest_.remove_prefix(end + 1);
    return step;
  }

  Result<Step> ReadMember() {
    std::size_t size = 0;
    if (rest_.starts_with('"')) {
      size = rest_.find('"', 1);
      if (size == std::string_view::npos) return Bad("a quote stays open");
      Step step{Kind::kMember, std::string(rest_.substr(1, size - 1)), 0};
      rest_.remove_prefix(size + 1);
      return step;
    }
    while (size < rest_.size() && IsPlain(rest_[size])) ++size;
    if (size == 0) return Unreadable();
    Step step{Kind::kMember, std::string(rest_.substr(0, size)), 0};
    rest_.remove_prefix(size);
    return step;
  }

  Error Unreadable() const {
    if (rest_.empty()) return Bad("the path ends in a dot");
    return Bad("the path cannot be read at '" + std::string(rest_) +
               "'; put a name with other characters in double quotes");
  }

  std::string_view rest_;
  std::vector<Step> steps_;
};

Result<PredicatePath> PredicatePath::Parse(std::string_view text) {
  auto steps = Reader(text).Read();
  if (!steps) return steps.error();
  return PredicatePath(std::string(text), *std::move(steps));
}

Status PredicatePath::Visit(const Json* root, const Visitor& visit) const {
  return VisitFrom(0, root, "", visit);
}

Status PredicatePath::VisitFrom(std::size_t at, const Json* value,
                                const std::string& where,
                                const Visitor& visit) const {
  if (value != nullptr && value->IsNull()) value = nullptr;
  if (value == nullptr || at == steps_.size()) return visit(value, where);
  const Step& step = steps_[at];
  switch (step.kind) {
    case Kind::kMember:
      if (value->AsObject() == nullptr) return WrongKind(where, "object");
      return VisitFrom(at + 1, value->Find(step.member),
                       Join(where, step.member), visit);
    case Kind::kElement: {
      const Json::Array* array = value->AsArray();
      if (array == nullptr) return WrongKind(where, "array");
      const bool there = step.element < array->size();
      return VisitFrom(at + 1, there ? &(*array)[step.element] : nullptr,
                       where + "[" + std::to_string(step.element) + "]", visit);
    }
    case Kind::kEvery:
      return VisitEvery(at, *value, where, visit);
    case Kind::kJson:
      return VisitText(at, *value, where, visit);
  }
  return WrongKind(where, "value");
}

Status PredicatePath::VisitEvery(std::size_t at, const Json& value,
                                 const std::string& where,
                                 const Visitor& visit) const {
  const Json::Array* array = value.AsArray();
  if (array == nullptr) return WrongKind(where, "array");
  if (array->empty()) return visit(nullptr, where + std::string(kEvery));
  for (std::size_t i = 0; i < array->size(); ++i) {
    const Status visited = VisitFrom(
        at + 1, &(*array)[i], where + "[" + std::to_string(i) + "]", visit);
    if (!visited) return visited;
  }
  return Ok();
}

Status PredicatePath::VisitText(std::size_t at, const Json& value,
                                const std::string& where,
                                const Visitor& visit) const {
  const std::string* text = value.AsString();
  if (text == nullptr) return WrongKind(where, "text");
  const auto json = Json::Parse(*text, limits::kArtifactBlobBytes);
  if (!json) {
    return Fail(Reason::kAttestationConstraint,
                where + " holds no JSON: " +
                    std::string(Describe(json.error().reason).id) + " " +
                    json.error().detail);
  }
  return VisitFrom(at + 1, &*json, where + std::string(kAsJson), visit);
}

}  // namespace assay
