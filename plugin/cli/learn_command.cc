// `assay policy learn`: a first policy out of what signed the images of a node.
#include <ostream>
#include <vector>

#include "base/bytes.h"
#include "cli/daemon_client.h"
#include "cli/policy_proposal.h"
#include "cli/progress.h"
#include "cli/signer_candidates.h"
#include "cli/survey_commands.h"

namespace assay {
namespace {

SignedImage Convert(const v1::SurveyedImage& row) {
  SignedImage image{row.image().name(), row.image().running(), {}, {}};
  for (const auto& one : row.signatures()) {
    image.signatures.push_back({one.signer(), one.scheme(), one.identity()});
  }
  image.problems.assign(row.problems().begin(), row.problems().end());
  return image;
}

Result<std::vector<SignedImage>> Survey(Context& context, bool offline,
                                        const CandidateSigners& candidates) {
  v1::SurveyRequest request;
  request.set_offline(offline);
  request.mutable_policy()->set_text(PolicyOfCandidates(candidates));
  std::vector<SignedImage> images;
  Progress progress(!context.json);
  const Status done =
      DaemonClient(context.paths)
          .Survey(request, [&](const v1::SurveyedImage& row) {
            images.push_back(Convert(row));
            progress.Show("looking for signatures: " +
                          std::to_string(row.image().number()) + " of " +
                          std::to_string(row.image().all()));
          });
  if (!done) return done.error();
  return images;
}

Json AsJson(const SignedImage& image) {
  Json::Array signatures;
  for (const HeldSignature& one : image.signatures) {
    signatures.emplace_back(
        Json::Object{{"signer", Json(one.signer)},
                     {"scheme", Json(one.scheme)},
                     {"identity", Json(Printable(one.identity, 1024))}});
  }
  Json::Array problems;
  for (const auto& problem : image.problems) {
    problems.emplace_back(Printable(problem, 1024));
  }
  return Json(Json::Object{{"image", Json(Printable(image.name, 1024))},
                           {"running", Json(image.running)},
                           {"signatures", Json(std::move(signatures))},
                           {"problems", Json(std::move(problems))}});
}

void Summarize(Context& context, const PolicyProposal& proposal,
               std::size_t images, std::size_t candidates) {
  context.err << images << " images, " << candidates
              << " candidates in the trust folder, " << proposal.rules
              << " rules proposed, " << proposal.unsigned_images.size()
              << " images that nobody of them signed\n"
              << "next: read it, save it, then assay rotate plan FILE tells "
                 "what it would stop\n";
}

}  // namespace

ExitCode RunPolicyLearn(Context& context, const Arguments& arguments) {
  const auto candidates = FindCandidates(context.paths);
  if (!candidates) return PrintError(context, candidates.error());
  if (candidates->empty()) {
    return PrintError(
        context, Fail(Reason::kPolicyKeyUnreadable,
                      context.paths.TrustDir() +
                          ": put the keys, certificates or trusted roots there "
                          "that may have signed, and ask again"));
  }
  const auto images = Survey(context, arguments.Has("offline"), *candidates);
  if (!images) return PrintError(context, images.error());
  const PolicyProposal proposal = ProposePolicy(*images, *candidates);
  if (context.json) {
    Json::Array rows;
    for (const SignedImage& image : *images) rows.push_back(AsJson(image));
    PrintJson(context,
              {{"policy", Json(proposal.text)},
               {"rules", Json(static_cast<std::int64_t>(proposal.rules))},
               {"images", Json(std::move(rows))}});
    return ExitCode::kAccepted;
  }
  context.out << proposal.text;
  Summarize(context, proposal, images->size(), candidates->size());
  return ExitCode::kAccepted;
}

}  // namespace assay
