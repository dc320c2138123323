// Metadata of a call on its way from one connection to another.
#ifndef ASSAY_CRI_METADATA_H_
#define ASSAY_CRI_METADATA_H_

#include <grpcpp/grpcpp.h>

#include <map>
#include <string_view>

namespace assay::cri {

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// Whether it may be sent on: gRPC ends the process over a key or value that is
// not allowed in a header, and what came in was not held against that.
bool IsSendable(std::string_view key, std::string_view value);

// Hands everything that may be sent on to `add`, in its order. What a
// connection says of itself is left to the next one.
template <typename Add>
void CopyMetadata(const Metadata& from, Add add) {
  for (const auto& [key, value] : from) {
    if (IsSendable({key.data(), key.size()}, {value.data(), value.size()})) {
      add({key.data(), key.size()}, {value.data(), value.size()});
    }
  }
}

}  // namespace assay::cri

#endif  // ASSAY_CRI_METADATA_H_
