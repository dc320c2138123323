#include "cli/verify_bundle_command.h"

#include <unistd.h>

#include <array>
#include <ostream>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/limits.h"
#include "cli/bundle_signer.h"
#include "cli/table.h"
#include "io/files/file_digests.h"
#include "io/files/files.h"
#include "io/report/request.h"

namespace assay {
namespace {

// A digest, unless there is a file of that name.
std::optional<Digest> DigestOperand(const std::string& operand) {
  auto digest = Digest::Parse(operand);
  if (!digest || ::access(operand.c_str(), F_OK) == 0) return std::nullopt;
  return *std::move(digest);
}

SignedMessage MessageOf(const FileDigests& artifact) {
  std::optional<std::string_view> bytes;
  if (artifact.bytes) bytes = *artifact.bytes;
  SignedMessage message(artifact.digests.front(), bytes);
  for (const Digest& digest : artifact.digests) message.Know(digest);
  return message;
}

// --- the answer -------------------------------------------------------------

constexpr std::string_view kPairs =
    "check that bundle and file belong together";
constexpr std::string_view kRoots =
    "check --trusted-root: it must be of the deployment that signed";

// The next steps that the table of reasons words for policies.
constexpr auto kNextSteps = std::to_array<std::pair<Reason, std::string_view>>(
    {{Reason::kSignatureInvalid, kPairs},
     {Reason::kSignatureOtherImage, kPairs},
     {Reason::kSignatureForeignKey, "if you trust that key, name it: --key"},
     {Reason::kIdentityMismatch,
      "if you trust that identity, name it: --certificate-identity, "
      "--certificate-oidc-issuer"},
     {Reason::kBundleMaterial,
      "use --key for a key's bundle, --certificate-identity for an identity's"},
     {Reason::kCertificateUntrusted, kRoots},
     {Reason::kLogThreshold, kRoots},
     {Reason::kSctThreshold, kRoots}});

std::string NextStep(Reason reason) {
  for (const auto& [one, next] : kNextSteps) {
    if (one == reason) return std::string(next);
  }
  std::string text(Describe(reason).remedy);
  for (const std::string_view image : {"sign the image", "sign this image"}) {
    const auto at = text.find(image);
    if (at != text.npos) text.replace(at, image.size(), "sign the file");
  }
  return text;
}

Json Number(std::size_t count) {
  return Json(static_cast<std::int64_t>(count));
}

Json ToJson(const VerifiedArtifact& verified) {
  Json::Array times;
  for (const Time time : verified.witnesses.times) {
    times.emplace_back(Rfc3339(time));
  }
  const auto& signature = verified.signature;
  return Json(Json::Object{
      {"signer", Json(Json::Object{{"scheme", Json(signature.scheme())},
                                   {"identity", Json(signature.identity())}})},
      {"witnesses",
       Json(Json::Object{{"logs", Number(verified.witnesses.logs)},
                         {"timestamps", Number(verified.witnesses.authorities)},
                         {"times", Json(std::move(times))}})}});
}

// The verdict as one object; the table of people is read from it.
Json::Object Record(const Result<VerifiedArtifact>& verified,
                    const std::string& operand, const std::string& bundle,
                    const Digest& digest) {
  const Reason reason = verified ? Reason::kSigned : verified.error().reason;
  Json::Object record;
  if (verified) record = *ToJson(*verified).AsObject();
  // No failure is a success, whatever reason it was given.
  Ending ending = Describe(reason).ending;
  if (!verified && ending == Ending::kAccepted) ending = Ending::kUndetermined;
  record["schema"] = Json(std::int64_t{1});
  record["verdict"] = Json(std::string(EndingName(ending)));
  record["reason"] = Json(std::string(Describe(reason).id));
  record["artifact"] = Json(operand);
  record["bundle"] = Json(bundle);
  record["digest"] = Json(digest.str());
  if (verified) {
    record["message"] = Json(std::string("the bundle holds"));
  } else {
    record["message"] = Json(std::string(Describe(reason).sentence));
    record["detail"] = Json(Printable(verified.error().detail, 1000));
    record["next"] = Json(NextStep(reason));
  }
  return record;
}

void PrintTable(Context& context, const Result<VerifiedArtifact>& verified,
                const Json::Object& record) {
  const auto text = [&](const char* key) {
    const auto found = record.find(key);
    return found == record.end() ? std::string() : *found->second.AsString();
  };
  const Tone tone =
      verified ? Tone::kGood : ToneOf(Describe(verified.error().reason).ending);
  Table table;
  table.Row({{"verdict"}, {text("verdict"), tone}});
  table.Row({{"reason"}, {text("reason"), tone}});
  table.Row({{""}, {text("message")}});
  if (!text("detail").empty()) table.Row({{""}, {text("detail")}});
  table.Row({{"artifact"}, {text("artifact")}});
  table.Row({{"digest"}, {text("digest")}});
  table.Row({{"bundle"}, {text("bundle")}});
  if (!verified) {
    table.Row({{"next"}, {text("next")}});
  } else {
    const auto& signature = verified->signature;
    table.Row({{"signed by"}, {signature.identity(), Tone::kGood}});
    const Witnesses& found = verified->witnesses;
    table.Row({{"witnessed by"},
               {std::to_string(found.logs) + " logs, " +
                std::to_string(found.authorities) + " timestamps"}});
    for (const Time time : found.times) table.Row({{"at"}, {Rfc3339(time)}});
  }
  table.Print(context.out, context.color);
}

// What was found about an artifact, and the digest that names it.
struct Outcome {
  Digest digest;
  Result<VerifiedArtifact> verified;
};

// Most bundles need no more of a file than its SHA-256; what does not suffice
// says so, and the file is read again.
Result<Outcome> Verify(const SigstoreSigner& signer, const std::string& operand,
                       std::string_view bytes, const std::string& bundle) {
  const Time now = WallClock();
  if (now.time_since_epoch().count() < limits::kEarliestPlausibleTime) {
    return Fail(Reason::kClockImplausible, Rfc3339(now));
  }
  const auto judge = [&](const FileDigests& artifact) {
    return Outcome{
        artifact.digests.front(),
        signer.VerifyArtifact(MessageOf(artifact), bytes, bundle, now)};
  };
  if (const auto digest = DigestOperand(operand)) {
    return judge({{*digest}, std::nullopt});
  }
  const auto little = FileDigests::Of(operand, {HashAlgorithm::kSha256}, 0);
  if (!little) return little.error();
  auto outcome = judge(*little);
  const auto& verified = outcome.verified;
  if (verified || verified.error().reason != Reason::kArtifactNeeded) {
    return outcome;
  }
  const auto all = FileDigests::Of(
      operand,
      {HashAlgorithm::kSha256, HashAlgorithm::kSha384, HashAlgorithm::kSha512},
      limits::kArtifactInMemoryBytes);
  if (!all) return all.error();
  return judge(*all);
}

ExitCode RunVerifyBundle(Context& context, const Arguments& arguments) {
  if (!arguments.Has("bundle")) {
    return PrintError(context,
                      Fail(Reason::kUsage, "--bundle FILE is missing"));
  }
  const auto signer = ReadBundleSigner(context.paths, arguments);
  // Nothing was decided: the command line or what it trusts is wrong.
  if (!signer) {
    PrintError(context, signer.error());
    return ExitCode::kUsage;
  }
  const std::string bundle = arguments.Value("bundle");
  const auto bytes = ReadFile(bundle, limits::kArtifactBlobBytes);
  if (!bytes) return PrintError(context, bytes.error());
  const std::string& operand = arguments.operands().front();
  const auto outcome = Verify(**signer, operand, *bytes, bundle);
  if (!outcome) return PrintError(context, outcome.error());
  const auto& verified = outcome->verified;
  auto record = Record(verified, operand, bundle, outcome->digest);
  if (context.json) {
    PrintJson(context, std::move(record));
  } else {
    PrintTable(context, verified, record);
  }
  if (verified) return ExitCode::kAccepted;
  const ExitCode code = ExitFor(verified.error().reason);
  return code == ExitCode::kAccepted ? ExitCode::kUndetermined : code;
}

constexpr Option kVerifyBundleOptions[] = {
    {"bundle", "FILE", "The sigstore bundle, of version 0.1, 0.2 or 0.3"},
    {"key", "FILE", "The public key that is to have signed"},
    {"certificate-identity", "IDENTITY", "The identity that is to have signed"},
    {"certificate-oidc-issuer", "URL", "The issuer that knows the identity"},
    {"trusted-root", "FILE", "Whose certificates, logs and stamps to believe"},
};

}  // namespace

const Command kVerifyBundleCommand = {
    .name = "verify-bundle",
    .operands = "FILE|DIGEST",
    .operands_least = 1,
    .operands_most = 1,
    .help = "Verify a sigstore bundle of a file",
    .details =
        "The bundle must sign the file itself, or a statement of any type\n"
        "that names the file's digest. DIGEST is written sha256:HEX; a file\n"
        "of that name comes first.\n"
        "\n"
        "An identity needs a certificate of an authority of the trusted\n"
        "root, promised to a certificate log, and one transparency log that\n"
        "recorded the signature; a log or a time stamp must prove when. The\n"
        "default trusted root is trusted_root.json in the trust folder.\n"
        "A key needs one transparency log where --trusted-root is given, and\n"
        "none where it is not.\n"
        "\n"
        "Exit status: 0 accepted, 1 rejected, 2 usage or what is to be\n"
        "trusted cannot be read, 3 undetermined.\n",
    .options = kVerifyBundleOptions,
    .run = &RunVerifyBundle,
};

}  // namespace assay
