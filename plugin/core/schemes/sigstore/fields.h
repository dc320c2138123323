// Members of protobuf messages in their JSON mapping, read strictly: no
// unknown member, null means absent, bytes are padded standard base64, 64-bit
// integers are numbers or decimal strings.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_FIELDS_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_FIELDS_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// One message. Every error is kBundleMalformed and names the member's path.
// Borrows the Json.
class Fields {
 public:
  // Fails unless `json` is an object whose members are all in `known`.
  static Result<Fields> Open(const Json& json, std::string path,
                             std::initializer_list<std::string_view> known);

  // Null when the member is absent or null.
  const Json* Find(std::string_view key) const;

  // Required members; bytes, strings and arrays must not be empty.
  Result<std::string> Bytes(std::string_view key) const;
  Result<std::string> String(std::string_view key) const;
  Result<const Json*> Value(std::string_view key) const;
  // A message with these members.
  Result<Fields> Message(std::string_view key,
                         std::initializer_list<std::string_view> known) const;
  // Absent means 0 (the mapping drops zeros); negative numbers are refused.
  Result<std::int64_t> Count(std::string_view key) const;
  // Absent means no elements.
  Result<const Json::Array*> List(std::string_view key, std::size_t most) const;

  Error Bad(std::string_view key, std::string_view what) const;
  std::string Path(std::string_view key) const;

 private:
  Fields(const Json& json, std::string path)
      : json_(&json), path_(std::move(path)) {}

  const Json* json_;
  std::string path_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_FIELDS_H_
