#include "daemon/ask_server.h"

#include <chrono>

#include "io/ask/listener.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::test;
using namespace std::chrono_literals;

namespace {

class NoLayers : public LayerIntegrity {
 public:
  Status Check(const ImageManifest& /*manifest*/,
               const std::string& /*blob_dir*/,
               Deadline /*deadline*/) override {
    return Fail(Reason::kLayerPending);
  }
};

}  // namespace

TEST_CASE("who accepts questions gives a sign whenever it is called") {
  const testing::TempFolder folder;
  Walk walk;
  NoLayers layers;
  const Verifier verifier(walk.resolver, walk.evidence, layers, walk.bases);
  AuditLog audit(AuditFiles(folder / "audit.jsonl", folder / "state"));
  Enforcer enforcer({verifier, audit, [] { return nullptr; }}, false, 1);
  auto listener = AskListener::Bind(folder / "run" + "/ask.sock");
  REQUIRE(listener);
  AskServer server(*std::move(listener), enforcer);
  for (int i = 0; i < 3; ++i) {
    CHECK(server.Accepts(std::chrono::steady_clock::now() + 10s));
  }
}
