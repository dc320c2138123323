// What an API server of Kubernetes answers about one object: a list that was
// narrowed to its name, and the events of a watch. The server is believed, but
// only in what was asked of it.
#ifndef ASSAY_IO_KUBERNETES_CLUSTER_WIRE_H_
#define ASSAY_IO_KUBERNETES_CLUSTER_WIRE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "core/schemes/cluster_reference.h"

namespace assay {

// As of when, and the object if it is there; with kind and apiVersion.
struct ListedObject {
  std::string version;  // resourceVersion: where a watch goes on
  std::optional<Json> object;
  std::string cluster = {};  // ClusterIdentity, set by who asked
};

// Errors: kKubernetesProtocol (another kind, another name, several objects, no
// version), those of Json.
Result<ListedObject> ReadObjectList(std::string_view text,
                                    const ClusterObject& asked);

struct ObjectEvent {
  enum class Kind : std::uint8_t {
    kExpired = 1,  // the version is too old to go on from: list again
    kBookmark,     // nothing changed up to `version`
    kChanged,
    kDeleted,
  };
  Kind kind = Kind::kExpired;
  std::string version;         // but of kExpired
  std::optional<Json> object;  // of kChanged
};

// One line of a watch. Errors: as above, kKubernetesUnreachable (the server
// tells of trouble of its own).
Result<ObjectEvent> ReadObjectEvent(std::string_view line,
                                    const ClusterObject& asked);

// The path and query of a list; and what a watch from a version adds to it.
std::string ListPath(const ClusterObject& object);
std::string WatchPath(const ClusterObject& object, std::string_view version,
                      std::int64_t seconds);

}  // namespace assay

#endif  // ASSAY_IO_KUBERNETES_CLUSTER_WIRE_H_
