#include "io/evidence/base_evidence.h"

#include <utility>

#include "core/verdict/base_image.h"
#include "io/evidence/base_fetch.h"

namespace assay {
namespace {

Result<ImageConfig> ReadConfig(BaseLibrary& bases, const Question& question,
                               const Subject& subject) {
  auto bytes =
      bases.Config(question, subject, subject.names.front(), Reach::kNetwork);
  if (!bytes) return bytes.error();
  if (!subject.config.Matches(*bytes)) {
    return Fail(Reason::kConfigDigestMismatch, subject.config.str());
  }
  return ImageConfig::Parse(*bytes);
}

}  // namespace

EvidenceSet FetchBaseEvidence(BaseLibrary& bases, EvidenceSource& evidence,
                              const Question& question, const Subject& subject,
                              const EvidencePlaces& places) {
  const Reference& own = subject.names.front();
  const SignableImage& image = subject.images.front();
  auto config = ReadConfig(bases, question, subject);
  if (!config) return {{}, {config.error()}};
  const auto hint = ReadBaseHint(image.content, *config);
  BaseSet found = bases.Find(
      {question, subject, own, image, *config, hint, Reach::kNetwork});
  EvidenceSet set;
  set.failures = std::move(found.failures);
  bool any = false;
  for (const UntrustedBase& source : found.candidates) {
    const auto base = BaseImage::Open(source);
    if (!base || !LiesBelow(base->diff_ids, config->diff_ids)) continue;
    any = true;
    const Reference& name = source.names.empty() ? own : source.names.front();
    if (Status kept = bases.Keep(image.manifest, name, source); !kept) {
      set.failures.push_back(kept.error());
    }
    for (const Reference& place : {name, own}) {
      set.Add(evidence.Collect({place, base->SignableDigests(), places,
                                Reach::kNetwork, question.deadline,
                                IsClaimed(place, own)}));
      if (name.Repository() == own.Repository()) break;
    }
  }
  if (!any && set.failures.empty()) {
    set.failures.push_back(
        Fail(Reason::kBaseMissing,
             hint ? "it names " + hint->str() : "it names none"));
  }
  return set;
}

}  // namespace assay
