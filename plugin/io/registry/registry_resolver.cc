#include "io/registry/registry_resolver.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "base/limits.h"

namespace assay {
namespace {

// A document and the digest that its bytes have.
struct Document {
  Digest digest;
  std::string bytes;
  DocumentKind kind = DocumentKind::kUnknown;
};

// The variant that an unnamed one stands for, as containerd normalises it.
std::string_view Variant(const Platform& platform) {
  if (!platform.variant.empty()) return platform.variant;
  if (platform.architecture == "arm64") return "v8";
  if (platform.architecture == "arm") return "v7";
  return platform.architecture == "amd64" ? "v1" : "";
}

bool SamePlatform(const Platform& a, const Platform& b) {
  return a.os == b.os && a.architecture == b.architecture &&
         Variant(a) == Variant(b);
}

// The digests and documents of one reference on their way to a Subject.
class Resolution {
 public:
  Resolution(RegistryClient& client, const ReferenceClaim& claim,
             Deadline deadline)
      : client_(client), claim_(claim), deadline_(deadline) {}

  Result<Subject> Run() {
    auto document = Fetch(Wanted());
    if (!document) return document.error();
    if (document->kind == DocumentKind::kIndex) {
      const Digest index = document->digest;
      const auto member = Choose(*document);
      if (!member) return member.error();
      Keep(std::move(*document));
      document = Fetch(member->str());
      if (!document) return document.error();
      indexes_.push_back(index);
    }
    if (document->kind != DocumentKind::kManifest) {
      return Fail(Reason::kManifestUnsupported,
                  claim_.reference.str() + ": an index inside an index");
    }
    return Finish(std::move(*document));
  }

 private:
  std::string Wanted() const {
    const Reference& reference = claim_.reference;
    if (reference.digest()) return reference.digest()->str();
    return reference.tag().value_or("latest");
  }

  Result<Document> Fetch(const std::string& what) {
    auto fetched = client_.FetchOne(
        {FetchKind::kManifest, claim_.reference, what, limits::kManifestBytes},
        deadline_);
    if (!fetched) return Renamed(fetched.error());
    if (!fetched->digest) return Fail(Reason::kInternal, "no digest");
    const auto json = Json::Parse(fetched->bytes, limits::kManifestBytes);
    if (!json) return WithContext(json.error(), what);
    return Document{*fetched->digest, std::move(fetched->bytes), KindOf(*json)};
  }

  // A registry without the image itself is not one without its signatures.
  static Error Renamed(Error error) {
    if (error.reason == Reason::kRegistryNotFound) {
      error.reason = Reason::kManifestMissing;
    }
    return error;
  }

  Result<Digest> Choose(const Document& document) const {
    const auto index = ImageIndex::Parse(document.bytes);
    if (!index) return index.error();
    Platform wanted = claim_.platform;
    if (wanted == Platform()) wanted = HostPlatform();
    for (const Descriptor& member : index->manifests) {
      if (member.platform && SamePlatform(*member.platform, wanted)) {
        return member.digest;
      }
    }
    return Fail(Reason::kPlatformMissing, claim_.reference.str() + " has no " +
                                              wanted.os + "/" +
                                              wanted.architecture);
  }

  void Keep(Document document) {
    documents_.emplace(document.digest, std::move(document.bytes));
  }

  Result<Subject> Finish(Document document) {
    auto manifest = ImageManifest::Parse(document.bytes);
    if (!manifest) return manifest.error();
    const Digest config = manifest->config.digest;
    const Digest digest = document.digest;
    Keep(std::move(document));
    Workload workload;
    workload.pod_namespace = claim_.pod_namespace;
    return Subject{{claim_.reference},
                   config,
                   {{digest, std::move(*manifest), std::move(indexes_)}},
                   std::move(documents_),
                   std::move(workload),
                   {}};
  }

  RegistryClient& client_;
  const ReferenceClaim& claim_;
  Deadline deadline_;
  std::vector<Digest> indexes_;
  std::map<Digest, std::string> documents_;
};

}  // namespace

Result<Subject> RegistryResolver::Resolve(const Question& question) {
  const auto* claim = std::get_if<ReferenceClaim>(&question.about);
  if (claim == nullptr) {
    return Fail(Reason::kInternal, "a registry resolves references only");
  }
  if (question.offline) {
    return Fail(Reason::kRegistryUnreachable,
                "offline: " + claim->reference.str() + " was not asked for");
  }
  return Resolution(client_, *claim, question.deadline).Run();
}

}  // namespace assay
