// NodeState as families of Prometheus. For metrics.cc alone.
#ifndef ASSAY_IO_METRICS_NODE_FAMILIES_H_
#define ASSAY_IO_METRICS_NODE_FAMILIES_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "io/metrics/node_state.h"

namespace assay {

std::vector<prometheus::MetricFamily> NodeFamilies(const NodeState& state);

}  // namespace assay

#endif  // ASSAY_IO_METRICS_NODE_FAMILIES_H_
