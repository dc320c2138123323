#include "cli/verify_command.h"

#include <unistd.h>

#include <memory>
#include <ostream>

#include "base/clock.h"
#include "cli/cluster_fetch.h"
#include "cli/decision_view.h"
#include "cli/local_verify.h"
#include "cli/verify_desk.h"
#include "core/verdict/verifier.h"
#include "io/evidence/stored_image.h"
#include "io/layout/local_reference.h"
#include "io/policy/policy_loader.h"
#include "io/registry/registry_resolver.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr std::chrono::seconds kBudget{30};

// A reference into a registry has no layers on this node; should one ever be
// asked for, the answer is no.
class NoLayers : public LayerIntegrity {
 public:
  Status Check(const ImageManifest& /*manifest*/,
               const std::string& /*blob_dir*/,
               Deadline /*deadline*/) override {
    return Fail(Reason::kLayerMissing, "layers are hashed on the node");
  }
};

std::string AllOf(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!text.empty()) text += "; ";
    text += diagnostic.str();
  }
  return text;
}

Error FirstReason(const Diagnostics& diagnostics, Reason otherwise) {
  return Fail(diagnostics.empty() ? otherwise : diagnostics.front().reason,
              AllOf(diagnostics));
}

Result<std::shared_ptr<const Policy>> LoadPolicy(const Paths& paths,
                                                 const std::string& where) {
  Diagnostics diagnostics;
  PolicyLoader loader(paths, FetchFromCluster(paths));
  auto policy = where.empty() ? loader.Load(diagnostics)
                              : loader.LoadFrom(where, diagnostics);
  if (policy != nullptr) return policy;
  return FirstReason(diagnostics, Reason::kPolicyMissing);
}

Result<Json> VerifyRemote(const Paths& paths, const NodeConfig& config,
                          const std::string& reference,
                          const VerifyOptions& options,
                          const std::shared_ptr<const Policy>& policy) {
  const auto name = Reference::Parse(reference);
  if (!name) return name.error();
  if (!options.as.empty()) {
    return Fail(Reason::kUsage, "--as is for images on disk: oci:, dir:");
  }
  VerifyDesk desk(paths, config, options.offline);
  RegistryResolver registry(desk.registry());
  StoredImageResolver stored(desk.store());
  Resolver& resolver =
      options.offline ? static_cast<Resolver&>(stored) : registry;
  NoLayers layers;
  const Verifier verifier(resolver, desk.evidence(), layers, desk.bases(),
                          &desk.revocation(), &desk.trust_data());
  const Inquiry inquiry(*name, options, kBudget);
  return inquiry.Answer(verifier.Decide(inquiry.question(), policy), *policy);
}

Result<Json> Decide(const Paths& paths, const NodeConfig& config,
                    const std::shared_ptr<const Policy>& policy,
                    const std::string& reference,
                    const VerifyOptions& options) {
  return LocalReference::IsOne(reference)
             ? VerifyLocal(paths, config, reference, options, policy)
             : VerifyRemote(paths, config, reference, options, policy);
}

}  // namespace

Result<Json> VerifyUnder(const Paths& paths,
                         const std::shared_ptr<const Policy>& policy,
                         const std::string& reference,
                         const VerifyOptions& options) {
  const auto config = NodeConfig::Read(paths);
  if (!config) return config.error();
  return Decide(paths, *config, policy, reference, options);
}

Result<Json> VerifyReference(const Paths& paths, const std::string& reference,
                             const VerifyOptions& options) {
  if (!LocalReference::IsOne(reference)) {
    if (auto name = Reference::Parse(reference); !name) return name.error();
  }
  const auto config = NodeConfig::Read(paths);
  if (!config) return config.error();
  const auto policy = LoadPolicy(paths, options.policy);
  if (!policy) return policy.error();
  return Decide(paths, *config, *policy, reference, options);
}

namespace {

Result<VerifyOptions> ReadOptions(const Arguments& arguments) {
  VerifyOptions options;
  options.policy = arguments.Value("policy");
  options.pod_namespace = arguments.Value("namespace");
  options.as = arguments.Value("as");
  options.offline = arguments.Has("offline");
  options.progress = ::isatty(STDERR_FILENO) == 1;
  options.now = WallClock();
  if (arguments.Has("at")) {
    const auto at = ParseRfc3339(arguments.Value("at"));
    if (!at) {
      return Fail(Reason::kUsage,
                  "--at takes a time like 2026-01-31T12:00:00Z");
    }
    options.now = *at;
  }
  return options;
}

ExitCode RunVerify(Context& context, const Arguments& arguments) {
  const auto options = ReadOptions(arguments);
  if (!options) return PrintError(context, options.error());
  const auto record =
      VerifyReference(context.paths, arguments.operands().front(), *options);
  // Nothing was decided: the reference, the settings or the policy is wrong.
  if (!record) {
    PrintError(context, record.error());
    return ExitCode::kUsage;
  }
  return ShowDecision(context, *record);
}

constexpr Option kVerifyOptions[] = {
    {"policy", "PATH", "A policy file or folder instead of the node's"},
    {"namespace", "NS", "Decide as for a pod of this Kubernetes namespace"},
    {"as", "REF", "The name of an image on disk, which selects the rule"},
    {"offline", "", "Decide from what is stored alone: REF@DIGEST"},
    {"at", "TIME", "Decide as at this time (RFC 3339, UTC)"},
};

}  // namespace

const Command kVerifyCommand = {
    .name = "verify",
    .operands = "REF",
    .operands_least = 1,
    .operands_most = 1,
    .help = "Decide whether an image may run, as the node would",
    .details =
        "REF is an image in a registry, or one on disk:\n"
        "  oci:DIR[:NAME|@DIGEST]           an OCI image layout\n"
        "  oci-archive:FILE[:NAME|@DIGEST]  the same in a tar archive\n"
        "  dir:DIR                          a folder that skopeo wrote\n"
        "An image on disk is decided about from disk alone, with --as REF,\n"
        "and its layers are hashed where the rule's integrity says so.\n"
        "\n"
        "Needs neither the daemon nor root where policy and keys can be\n"
        "read. Exit status: 0 accepted, 1 rejected, 2 usage or\n"
        "configuration, 3 undetermined. --json prints the object of the\n"
        "audit log.\n",
    .options = kVerifyOptions,
    .run = &RunVerify,
};

}  // namespace assay
