// assay-decide: the one-shot decider. The shim starts it when the daemon does
// not answer, with one end of a socket pair as descriptor ASSAY_ASK_DECIDER_FD
// (api/ask.h). It reads policy, trust and evidence from disk, answers one
// request as the daemon would, and ends.
#include <signal.h>

#include <iostream>
#include <string>
#include <string_view>

#include "daemon/ask_server.h"
#include "daemon/engine.h"
#include "daemon/log.h"
#include "io/policy/break_glass_loader.h"
#include "io/policy/policy_loader.h"

namespace assay {
namespace {

int Main(int argc, char* argv[]) {
  std::string root;
  if (argc == 3 && std::string_view(argv[1]) == "--root") {
    root = argv[2];
  } else if (argc != 1) {
    std::cerr << "assay-decide is started by assay-shim; see assay-shim(8)\n";
    return 2;
  }
  (void)::signal(SIGPIPE, SIG_IGN);
  const Paths paths(root);
  StartLog(LogFormat::kAuto);
  AskConnection connection(UniqueFd(ASSAY_ASK_DECIDER_FD));

  Diagnostics diagnostics;
  const auto config = NodeConfig::Load(paths, diagnostics);
  // A node configuration that cannot be read leaves the policy out of force:
  // every question is refused, with a line in the audit log.
  std::shared_ptr<const Policy> policy;
  if (config) {
    policy = WithBreakGlass(PolicyLoader(paths).Load(diagnostics), paths,
                            diagnostics);
  }
  for (const Diagnostic& problem : diagnostics) LogError(problem.str());

  Engine engine(paths, config.value_or(NodeConfig{}));
  AuditLimits limits = config ? config->audit : AuditLimits();
  limits.sign_first = false;  // a process for each question
  AuditLog audit(AuditFiles(paths), limits,
                 {.inform = {}, .warn = &LogWarning});
  Enforcer enforcer(
      {engine.verifier(), audit, [policy] { return policy; }, &LogWarning},
      config && config->allow_restore, /*cache_capacity=*/0);
  AnswerHook(connection, enforcer);
  return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char* argv[]) {
  try {
    return assay::Main(argc, argv);
  } catch (...) {
    return 3;  // without a reply the shim refuses
  }
}
