// BytePump: what any process between a client and a unix socket must do at
// least: take the bytes of each connection and hand them on. The floor that a
// proxy is measured against.
#ifndef ASSAY_TESTS_BENCH_BYTE_PUMP_H_
#define ASSAY_TESTS_BENCH_BYTE_PUMP_H_

#include <string>

namespace assay::bench {

// Serves on `path` what is at `to`, a thread a connection; does not return.
[[noreturn]] void PumpBytes(const std::string& path, const std::string& to);

}  // namespace assay::bench

#endif  // ASSAY_TESTS_BENCH_BYTE_PUMP_H_
