#include "base/json_builder.h"

#include <utility>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {

Status JsonBuilder::Open(Level level) {
  if (open_.size() >= limits::kJsonDepth) {
    return Fail(Reason::kJsonTooDeep,
                "more than " + std::to_string(limits::kJsonDepth));
  }
  open_.push_back(Container{level, false, {}, {}, {}});
  return Ok();
}

Status JsonBuilder::Key(std::string key) {
  Container& inner = open_.back();
  if (inner.object.contains(key)) {
    return Fail(Reason::kJsonDuplicate, Printable(key, 80));
  }
  inner.key = std::move(key);
  inner.has_key = true;
  return Ok();
}

bool JsonBuilder::NeedsKey() const {
  return !open_.empty() && open_.back().level == Level::kObject &&
         !open_.back().has_key;
}

void JsonBuilder::Add(Json value) {
  if (open_.empty()) {
    root_ = std::move(value);
  } else if (Container& inner = open_.back(); inner.level == Level::kObject) {
    inner.object.emplace(std::move(inner.key), std::move(value));
    inner.has_key = false;
  } else {
    inner.array.push_back(std::move(value));
  }
}

void JsonBuilder::Close() {
  Container inner = std::move(open_.back());
  open_.pop_back();
  Add(inner.level == Level::kObject ? Json(std::move(inner.object))
                                    : Json(std::move(inner.array)));
}

}  // namespace assay
