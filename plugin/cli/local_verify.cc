#include "cli/local_verify.h"

#include "cli/progress.h"
#include "cli/verify_desk.h"
#include "core/verdict/verifier.h"
#include "io/layout/layout_bases.h"
#include "io/layout/layout_evidence.h"
#include "io/layout/layout_layers.h"
#include "io/layout/layout_resolver.h"

namespace assay {
namespace {

// Layers of any size are hashed in it.
constexpr std::chrono::seconds kLocalBudget = std::chrono::hours(1);

std::string Hashing(std::uint64_t done, std::uint64_t all) {
  const int percent = all == 0
                          ? 100
                          : static_cast<int>(100 * (static_cast<double>(done) /
                                                    static_cast<double>(all)));
  return "hashing layers: " + std::to_string(percent) + " %";
}

Result<Reference> NameOf(const LocalReference& local,
                         const VerifyOptions& options) {
  if (!options.as.empty()) return Reference::Parse(options.as);
  return Fail(Reason::kUsage,
              local.str() +
                  ": say which name it will have, for that selects the rule: "
                  "--as registry.example.com/app:1");
}

}  // namespace

Result<Json> VerifyLocal(const Paths& paths, const NodeConfig& config,
                         const std::string& reference, VerifyOptions options,
                         const std::shared_ptr<const Policy>& policy) {
  const auto local = LocalReference::Parse(reference);
  if (!local) return local.error();
  const auto name = NameOf(*local, options);
  if (!name) return name.error();
  // What lies on disk is decided about from disk.
  options.offline = true;
  const Inquiry inquiry(*name, options, kLocalBudget);
  const auto image = LocalImage::Open(*local);
  if (!image) {
    return inquiry.Answer(Verifier::Refuse(image.error(), policy), *policy);
  }
  VerifyDesk desk(paths, config, options.offline);
  LayoutResolver resolver(*image);
  LayoutEvidence evidence(*image, desk.evidence());
  Progress progress(options.progress);
  LayoutLayers layers(*image, [&](std::uint64_t done, std::uint64_t all) {
    progress.Show(Hashing(done, all));
  });
  LayoutBases bases(*image, desk.bases());
  const Verifier verifier(resolver, evidence, layers, bases, &desk.revocation(),
                          &desk.trust_data());
  return inquiry.Answer(verifier.Decide(inquiry.question(), policy), *policy);
}

}  // namespace assay
