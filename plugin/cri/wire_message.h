// WireMessage: one message of protocol buffers, read so that nobody can read it
// otherwise. A field that may stand once stands once: of duplicates some
// readers take the last, some merge them, and what was judged must be what is
// pulled (protobuf.dev, "Encoding").
#ifndef ASSAY_CRI_WIRE_MESSAGE_H_
#define ASSAY_CRI_WIRE_MESSAGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::cri {

class WireMessage {
 public:
  // Borrows the bytes. Numbers and lengths must be written as short as can be;
  // groups, numbers beyond the range and anything cut off are refused. Errors:
  // kHookMalformed.
  static Result<WireMessage> Parse(std::string_view bytes);

  // A field that stands at most once; empty where it is absent. Errors:
  // kHookMalformed where it stands twice, is no text or is not UTF-8.
  Result<std::string> Text(std::uint32_t number) const;
  Result<WireMessage> Message(std::uint32_t number) const;

  bool Has(std::uint32_t number) const;

 private:
  struct Field {
    std::uint32_t number = 0;
    bool counted = false;  // a length and so many bytes
    std::string_view bytes;
  };

  Result<std::string_view> Only(std::uint32_t number) const;

  std::vector<Field> fields_;
};

}  // namespace assay::cri

#endif  // ASSAY_CRI_WIRE_MESSAGE_H_
