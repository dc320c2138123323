// What containerd holds, as plain values: the fields of its records that Assay
// reads. All of it is what clients of containerd wrote; only snapshots' kinds,
// parents and times, and images' times, are containerd's own word.
#ifndef ASSAY_IO_CONTAINERD_RECORDS_H_
#define ASSAY_IO_CONTAINERD_RECORDS_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace assay {

// Wall clock of containerd, to the nanosecond it keeps.
using RecordTime = std::chrono::sys_time<std::chrono::nanoseconds>;

// Whom a call asks and how long it may take.
struct CallScope {
  std::string runtime_namespace;
  Deadline deadline;
};

struct ContainerRecord {
  std::string id;
  std::string image;  // a name; "" for none
  std::string snapshotter;
  std::string snapshot_key;
  RecordTime created;
  std::string spec;  // JSON of the OCI runtime specification
  // JSON that the CRI plugin keeps beside the record, "" for none.
  std::string cri_container;
  std::string cri_sandbox;
};

struct ImageRecord {
  std::string name;
  std::string target;  // digest of a manifest or an index
  RecordTime updated;  // when the name last began to mean this target
};

enum class SnapshotKind : std::uint8_t {
  kUnknown = 0,
  kView,
  kActive,
  kCommitted
};

struct SnapshotRecord {
  SnapshotKind kind = SnapshotKind::kUnknown;
  std::string parent;  // "" for a snapshot of nothing
  RecordTime created;
};

struct SnapshotMount {
  std::string type;
  std::string source;
  std::vector<std::string> options;
};

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_RECORDS_H_
