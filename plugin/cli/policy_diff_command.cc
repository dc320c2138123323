// `assay policy diff`: which images a policy.json of containers and a policy of
// Assay decide otherwise about.
#include <optional>
#include <ostream>
#include <sstream>

#include "base/bytes.h"
#include "base/limits.h"
#include "cli/policy_commands.h"
#include "cli/policy_report.h"
#include "cli/table.h"
#include "cli/verify_command.h"
#include "io/files/files.h"
#include "io/policy/policy_loader.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr std::size_t kMostImages = 10'000;

constexpr Option kDiffOptions[] = {
    {"containers-policy", "FILE", "A policy.json; that of containers if unset"},
    {"registries-d", "DIR", "Its registries.d instead of that of containers"},
    {"policy", "PATH", "A policy file or folder instead of policy.d"},
    {"images", "FILE", "Images from a file, one reference a line"},
    {"namespace", "NS", "Decide as for pods of this Kubernetes namespace"},
    {"offline", "", "Decide from what is stored alone: REF@DIGEST"},
};

// JSON's strings are such of TOML.
std::string Quoted(const std::string& text) { return Json(text).Dump(); }

// A policy that asks for what the policy.json asks for, and for nothing else.
PolicyFile Wrapped(const Arguments& arguments) {
  std::string text =
      "version = 1\n[[rule]]\nscope = \"**\"\nrequire = \"containers\"\n"
      "[signers.containers]\ntype = \"containers-policy\"\n";
  if (arguments.Has("containers-policy")) {
    text += "policy = " + Quoted(arguments.Value("containers-policy")) + "\n";
  }
  if (arguments.Has("registries-d")) {
    text += "registries_d = " + Quoted(arguments.Value("registries-d")) + "\n";
  }
  return {"policy.json", std::move(text)};
}

Result<std::vector<std::string>> ImagesOf(const Arguments& arguments) {
  std::vector<std::string> images = arguments.operands();
  if (arguments.Has("images")) {
    const auto text =
        ReadFile(arguments.Value("images"), limits::kPolicyFileBytes);
    if (!text) return text.error();
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty() && line.front() != '#') images.push_back(line);
    }
  }
  if (images.empty() || images.size() > kMostImages) {
    return Fail(Reason::kUsage, "give images, as operands or in --images FILE");
  }
  return images;
}

// What one policy says of an image.
struct Side {
  std::string verdict;  // "accepted", "rejected", "undetermined"
  std::string reason;

  Json AsJson() const {
    return Json(
        Json::Object{{"verdict", Json(verdict)}, {"reason", Json(reason)}});
  }
  std::string str() const { return verdict + " (" + reason + ")"; }
};

Result<Side> Judge(const Context& context,
                   const std::shared_ptr<const Policy>& policy,
                   const std::string& image, const VerifyOptions& options) {
  const auto record = VerifyUnder(context.paths, policy, image, options);
  if (!record) return record.error();
  const auto* verdict = record->FindString("verdict");
  const auto* reason = record->FindString("reason");
  if (verdict == nullptr || reason == nullptr) return Fail(Reason::kInternal);
  return Side{*verdict, *reason};
}

// Collects what is said of each image.
class Comparison {
 public:
  Comparison() : table_({"", "IMAGE", "POLICY.JSON", "POLICY"}) {}

  void Add(const std::string& image, const Side& theirs, const Side& ours) {
    const bool same = theirs.verdict == ours.verdict;
    if (!same) ++different_;
    unsure_ = unsure_ || theirs.verdict == kUnsure || ours.verdict == kUnsure;
    rows_.emplace_back(Json::Object{{"image", Json(image)},
                                    {"same", Json(same)},
                                    {"containers", theirs.AsJson()},
                                    {"policy", ours.AsJson()}});
    table_.Row({{same ? "same" : "DIFFERS", same ? Tone::kGood : Tone::kBad},
                {Printable(image)},
                {theirs.str()},
                {ours.str()}});
  }

  ExitCode Show(Context& context) {
    if (context.json) {
      PrintJson(context, {{"same", Json(different_ == 0)},
                          {"different", Json(different_)},
                          {"images", Json(std::move(rows_))}});
    } else {
      table_.Print(context.out, context.color);
      context.out << rows_.size() << " images, " << different_
                  << " decided otherwise\n";
    }
    if (different_ != 0) return ExitCode::kRejected;
    return unsure_ ? ExitCode::kUndetermined : ExitCode::kAccepted;
  }

 private:
  static constexpr std::string_view kUnsure = "undetermined";

  Table table_;
  Json::Array rows_;
  std::int64_t different_ = 0;
  bool unsure_ = false;
};

ExitCode RunDiff(Context& context, const Arguments& arguments) {
  const auto images = ImagesOf(arguments);
  if (!images) {
    PrintError(context, images.error());
    return ExitCode::kUsage;
  }
  const auto ours = LoadPolicy(context, arguments.Value("policy"));
  if (ours == nullptr) return ExitCode::kUsage;
  Diagnostics problems;
  const auto theirs =
      PolicyLoader(context.paths).LoadText(Wrapped(arguments), problems);
  if (theirs == nullptr) return PrintProblems(context, problems);
  VerifyOptions options;
  options.pod_namespace = arguments.Value("namespace");
  options.offline = arguments.Has("offline");
  options.now = WallClock();
  Comparison comparison;
  for (const std::string& image : *images) {
    const auto one = Judge(context, theirs, image, options);
    const auto other = Judge(context, ours, image, options);
    if (!one || !other) {
      PrintError(context, one ? other.error() : one.error());
      return ExitCode::kUsage;
    }
    comparison.Add(image, *one, *other);
  }
  return comparison.Show(context);
}

}  // namespace

const Command kPolicyDiffCommand = {
    .name = "policy diff",
    .operands = "[REF ...]",
    .operands_most = kMostImages,
    .help = "Tell which images a policy.json decides otherwise about",
    .details =
        "Decides about each image twice, as assay verify does: under the\n"
        "policy.json of podman, skopeo and CRI-O, and under a policy of\n"
        "Assay. Exit status: 0 both end alike for all images, 1 they do not\n"
        "for at least one, 2 usage or configuration, 3 alike, but about some\n"
        "image nobody could tell.\n",
    .options = kDiffOptions,
    .run = &RunDiff,
};

}  // namespace assay
