// JsonBuilder makes a Json of the events that a reader of text meets, whatever
// the grammar. It holds what no grammar is let off: one key once, and at most
// limits::kJsonDepth levels.
#ifndef ASSAY_BASE_JSON_BUILDER_H_
#define ASSAY_BASE_JSON_BUILDER_H_

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// For one thread. After an error there is nothing to go on with.
class JsonBuilder {
 public:
  enum class Level : bool { kArray = false, kObject = true };

  // Errors: kJsonTooDeep.
  Status Open(Level level);
  // Of the value that comes next; only directly inside an object. Errors:
  // kJsonDuplicate.
  Status Key(std::string key);
  void Add(Json value);
  void Close();

  // Whether the innermost open level is an object whose next value lacks its
  // key yet.
  bool NeedsKey() const;
  // Once all that was opened is closed.
  Json Take() { return std::move(root_); }

 private:
  struct Container {
    Level level;
    bool has_key = false;
    std::string key;
    Json::Object object;
    Json::Array array;
  };

  std::vector<Container> open_;
  Json root_;
};

}  // namespace assay

#endif  // ASSAY_BASE_JSON_BUILDER_H_
