#include "cli/evidence_command.h"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <set>

#include "base/bytes.h"
#include "base/limits.h"
#include "cli/registry_access.h"
#include "cli/table.h"
#include "io/evidence/base_collector.h"
#include "io/evidence/base_evidence.h"
#include "io/evidence/evidence_archive.h"
#include "io/evidence/evidence_collector.h"
#include "io/evidence/stored_image.h"
#include "io/files/files.h"
#include "io/policy/policy_loader.h"
#include "io/registry/registry_resolver.h"

namespace assay {
namespace {

constexpr std::size_t kDigestFileBytes = 16U << 20;
constexpr std::chrono::seconds kFetchDeadline{30};

Time Now() {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

EvidenceStore StoreOf(const Context& context) {
  EvidenceStoreOptions options;
  options.folder = context.paths.EvidenceDir();
  return EvidenceStore(options);
}

Json AsJson(const Error& error) {
  return Json(Json::Object{
      {"reason", Json(std::string(Describe(error.reason).id))},
      {"detail", Json(Printable(error.detail, 1000))},
  });
}

Json AsJson(const std::vector<Error>& errors) {
  Json::Array array;
  for (const Error& error : errors) array.push_back(AsJson(error));
  return Json(std::move(array));
}

Json Count(std::size_t count) { return Json(static_cast<std::int64_t>(count)); }

// Prints each and returns the exit code of the worst: a rejection is certain,
// but what could not be told may be worse.
ExitCode PrintErrors(Context& context, const std::vector<Error>& errors) {
  ExitCode code = ExitCode::kAccepted;
  for (const Error& error : errors) {
    const ExitCode one = PrintError(context, error);
    if (one > code) code = one;
  }
  return code;
}

ExitCode ExitForAll(const std::vector<Error>& errors) {
  ExitCode code = ExitCode::kAccepted;
  for (const Error& error : errors)
    code = std::max(code, ExitFor(error.reason));
  return code;
}

// --- list -------------------------------------------------------------------

Json AsJson(const StoredImage& image) {
  Json::Array artifacts;
  for (const ArtifactRecord& record : image.artifacts) {
    artifacts.push_back(Json(Json::Object{
        {"digest", Json(record.manifest.digest.str())},
        {"origin", Json(std::string(OriginName(record.origin)))},
        {"where", Json(record.where)},
        {"fetched_at",
         Json(std::int64_t{record.fetched_at.time_since_epoch().count()})},
    }));
  }
  return Json(Json::Object{{"image", Json(image.target.str())},
                           {"artifacts", Json(std::move(artifacts))},
                           {"dropped", AsJson(image.dropped)}});
}

// "2026-01-02" of a claim; times beyond what a calendar shows are "?".
std::string Day(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const int year = static_cast<int>(date.year());
  if (!date.ok() || year < 1970 || year > 9999) return "?";
  const auto two = [](unsigned number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  return std::to_string(year) + "-" + two(static_cast<unsigned>(date.month())) +
         "-" + two(static_cast<unsigned>(date.day()));
}

ExitCode List(Context& context, const Arguments&) {
  auto images = StoreOf(context).List();
  if (!images) return PrintError(context, images.error());
  std::vector<Error> dropped;
  for (const StoredImage& image : *images) {
    dropped.insert(dropped.end(), image.dropped.begin(), image.dropped.end());
  }
  if (context.json) {
    Json::Array rows;
    for (const StoredImage& image : *images) rows.push_back(AsJson(image));
    PrintJson(context, {{"images", Json(std::move(rows))}});
    return ExitForAll(dropped);
  }
  Table table({"IMAGE", "KIND", "FETCHED", "FOUND AT"});
  for (const StoredImage& image : *images) {
    for (const ArtifactRecord& record : image.artifacts) {
      table.Row({{image.target.str().substr(0, 19)},
                 {std::string(OriginName(record.origin))},
                 {Day(record.fetched_at)},
                 {record.where}});
    }
  }
  if (table.empty()) {
    context.out << "No evidence is stored.\n";
  } else {
    table.Print(context.out, context.color);
  }
  return PrintErrors(context, dropped);
}

// --- fetch ------------------------------------------------------------------

Result<RegistryOptions> RegistryFor(const Context& context,
                                    const Arguments& arguments) {
  auto config = NodeConfig::Read(context.paths);
  if (!config) return config.error();
  RegistryOptions options = RegistryAccess(*config);
  if (arguments.Has("hosts-dir")) {
    options.hosts_dirs = arguments.Values("hosts-dir");
  }
  if (arguments.Has("authfile")) {
    options.credential_files = arguments.Values("authfile");
  }
  return options;
}

ExitCode PrintFound(Context& context, const Subject& subject,
                    const EvidenceSet& set) {
  // Manifests that were kept before are no signatures.
  const bool nothing =
      set.failures.empty() &&
      std::all_of(set.artifacts.begin(), set.artifacts.end(),
                  [](const UntrustedArtifact& artifact) {
                    return artifact.origin == ArtifactOrigin::kImage;
                  });
  const Error none =
      Fail(Reason::kNoSignature, subject.names.front().str() + " @ " +
                                     subject.images.front().manifest.str());
  if (context.json) {
    Json::Array rows;
    for (const UntrustedArtifact& artifact : set.artifacts) {
      rows.push_back(Json(Json::Object{
          {"image", Json(artifact.target.str())},
          {"origin", Json(std::string(OriginName(artifact.origin)))},
          {"where", Json(artifact.where)},
          {"blobs", Count(artifact.blobs.size())},
      }));
    }
    PrintJson(context, {{"name", Json(subject.names.front().str())},
                        {"artifacts", Json(std::move(rows))},
                        {"failures", AsJson(set.failures)}});
    return nothing ? ExitFor(none.reason) : ExitForAll(set.failures);
  }
  if (nothing) return PrintError(context, none);
  Table table({"IMAGE", "KIND", "FOUND AT"});
  for (const UntrustedArtifact& artifact : set.artifacts) {
    table.Row({{artifact.target.str().substr(0, 19)},
               {std::string(OriginName(artifact.origin))},
               {artifact.where}});
  }
  if (!table.empty()) table.Print(context.out, context.color);
  return PrintErrors(context, set.failures);
}

// The stores beside registries in which signers of the policy look; none
// without a policy, and what is wrong with one is for those to say who decide
// by it.
void AddLookasides(const Paths& paths, EvidencePlaces& places) {
  Diagnostics ignored;
  const auto policy = PolicyLoader(paths).Load(ignored);
  if (!policy) return;
  for (const auto& [name, signer] : policy->signers()) {
    const auto stores = signer->Places().lookasides;
    places.lookasides.insert(stores.begin(), stores.end());
  }
}

ExitCode Fetch(Context& context, const Arguments& arguments) {
  auto name = Reference::Parse(arguments.operands().front());
  if (!name) return PrintError(context, name.error());
  const Deadline deadline = std::chrono::steady_clock::now() + kFetchDeadline;
  const auto access = RegistryFor(context, arguments);
  if (!access) return PrintError(context, access.error());
  RegistryClient client(*access);
  RegistryResolver resolver(client);
  Question question;
  question.hook = Hook::kVerify;
  question.about = ReferenceClaim{*name, {}, {}};
  question.now = Now();
  question.deadline = deadline;
  auto subject = resolver.Resolve(question);
  if (!subject) return PrintError(context, subject.error());
  EvidenceStore store = StoreOf(context);
  EvidenceCollectorOptions options;
  options.patience = kFetchDeadline;
  options.now = &Now;
  options.durability = Durability::kSynced;  // for when the network is gone
  EvidenceCollector collector(store, &client, options);
  EvidenceRequest request{
      *name, subject->SignableDigests(), {}, Reach::kNetwork, deadline};
  request.places.cosign_tag = true;
  request.places.attestation_tag = true;
  request.places.referrers = true;
  AddLookasides(context.paths, request.places);
  EvidenceSet set = collector.Collect(request);
  if (arguments.Has("base")) {
    BaseCollector bases(store, client, nullptr, &Now);
    set.Add(FetchBaseEvidence(bases, collector, question, *subject,
                              request.places));
  }
  if (auto stored = StoreImage(store, *subject, Now()); !stored) {
    set.failures.push_back(stored.error());
  }
  if (auto refreshed = store.RefreshIndex(); !refreshed) {
    set.failures.push_back(refreshed.error());
  }
  return PrintFound(context, *subject, set);
}

constexpr auto kFetchOptions = std::to_array<Option>({
    {"base", "", "and those of the base image it names, with that base"},
    {"hosts-dir", "DIR", "hosts.toml folder instead of assayd.toml's", true},
    {"authfile", "FILE", "credentials instead of assayd.toml's", true},
});

// --- export, import ---------------------------------------------------------

Result<std::vector<Digest>> ImagesToExport(const EvidenceStore& store,
                                           const Arguments& arguments) {
  std::vector<Digest> images;
  const auto& operands = arguments.operands();
  for (std::size_t i = 1; i < operands.size(); ++i) {
    auto digest = Digest::Parse(operands[i]);
    if (!digest) return digest.error();
    images.push_back(*std::move(digest));
  }
  if (!images.empty()) return images;
  auto stored = store.List();
  if (!stored) return stored.error();
  for (const StoredImage& image : *stored) images.push_back(image.target);
  if (!images.empty()) return images;
  return Fail(Reason::kNotFound, "no evidence is stored");
}

ExitCode Export(Context& context, const Arguments& arguments) {
  const EvidenceStore store = StoreOf(context);
  auto images = ImagesToExport(store, arguments);
  if (!images) return PrintError(context, images.error());
  const std::string& path = arguments.operands().front();
  auto report = ExportEvidence(store, *images, path);
  if (!report) return PrintError(context, report.error());
  if (context.json) {
    PrintJson(context, {{"images", Count(report->images)},
                        {"artifacts", Count(report->artifacts)}});
  } else {
    context.out << report->artifacts << " artifacts of " << report->images
                << " images are in " << Printable(path) << "\n";
  }
  return ExitCode::kAccepted;
}

ExitCode Import(Context& context, const Arguments& arguments) {
  EvidenceStore store = StoreOf(context);
  auto report = ImportEvidence(store, arguments.operands().front());
  if (!report) return PrintError(context, report.error());
  if (context.json) {
    PrintJson(context, {{"images", Count(report->images)},
                        {"artifacts", Count(report->artifacts)},
                        {"refused", AsJson(report->refused)}});
    return ExitForAll(report->refused);
  }
  context.out << report->artifacts << " artifacts of " << report->images
              << " images were added\n";
  return PrintErrors(context, report->refused);
}

// --- gc ---------------------------------------------------------------------

// One digest a line.
Result<std::set<Digest>> DigestsIn(const std::string& path) {
  auto text = ReadFile(path, kDigestFileBytes);
  if (!text) return text.error();
  std::set<Digest> digests;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    auto digest = Digest::Parse(std::string_view(*text).substr(at, end - at));
    if (!digest) return WithContext(digest.error(), path);
    digests.insert(*std::move(digest));
    at = end + 1;
  }
  return digests;
}

ExitCode Gc(Context& context, const Arguments& arguments) {
  GarbageRequest request;
  request.now = Now();
  request.dry_run = arguments.Has("dry-run");
  for (const std::string& path : arguments.Values("on-node")) {
    auto digests = DigestsIn(path);
    if (!digests) return PrintError(context, digests.error());
    request.on_node.merge(*digests);
  }
  auto report = StoreOf(context).CollectGarbage(request);
  if (!report) return PrintError(context, report.error());
  if (context.json) {
    Json::Array images;
    for (const Digest& image : report->images) {
      images.push_back(Json(image.str()));
    }
    PrintJson(context, {{"images", Json(std::move(images))},
                        {"blobs", Count(report->blobs)},
                        {"bytes", Count(report->bytes)},
                        {"dry_run", Json(request.dry_run)},
                        {"problems", AsJson(report->problems)}});
    return ExitForAll(report->problems);
  }
  for (const Digest& image : report->images) context.out << image.str() << "\n";
  context.out << (request.dry_run ? "Would drop " : "Dropped ")
              << report->images.size() << " images, " << report->blobs
              << " blobs, " << report->bytes << " bytes\n";
  return PrintErrors(context, report->problems);
}

constexpr auto kGcOptions = std::to_array<Option>({
    {"on-node", "FILE", "digests of images to keep, one a line", true},
    {"dry-run", "", "only say what would go"},
});

}  // namespace

const Command kEvidenceListCommand = {
    .name = "evidence list",
    .operands = "",
    .help = "Show the signature artifacts stored on this node",
    .details =
        "What is stored is not trusted: every decision verifies it\n"
        "again under the policy in force.\n",
    .options = {},
    .run = &List,
};

const Command kEvidenceFetchCommand = {
    .name = "evidence fetch",
    .operands = "REF",
    .operands_least = 1,
    .operands_most = 1,
    .help = "Fetch an image's signature artifacts from its registry",
    .details =
        "Looks at cosign's tags and at referrers, of the image and of\n"
        "its index, and keeps what is there, with the manifests that\n"
        "assay verify REF@DIGEST --offline needs. Nothing is verified.\n",
    .options = kFetchOptions,
    .run = &Fetch,
};

const Command kEvidenceExportCommand = {
    .name = "evidence export",
    .operands = "FILE|DIR/ [DIGEST ...]",
    .operands_least = 1,
    .operands_most = 10'000,
    .help = "Write stored evidence as an OCI image layout, to carry it",
    .details =
        "Without a DIGEST, of all images. A name that ends in a slash\n"
        "is a folder, any other a tar archive.\n",
    .options = {},
    .run = &Export,
};

const Command kEvidenceImportCommand = {
    .name = "evidence import",
    .operands = "FILE|DIR",
    .operands_least = 1,
    .operands_most = 1,
    .help = "Add evidence that another node exported",
    .details =
        "Every byte is held against its digest; what does not fit is\n"
        "refused and named. Importing makes no image acceptable that\n"
        "the policy does not accept.\n",
    .options = {},
    .run = &Import,
};

const Command kEvidenceGcCommand = {
    .name = "evidence gc",
    .operands = "",
    .help = "Drop evidence of images that are long gone",
    .details =
        "Evidence of images listed by --on-node stays; other evidence\n"
        "goes after 30 days, or earlier when the store is nearly "
        "full.\n",
    .options = kGcOptions,
    .run = &Gc,
};

}  // namespace assay
