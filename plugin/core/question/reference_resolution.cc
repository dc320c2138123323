#include "core/question/reference_resolution.h"

#include "base/json.h"
#include "base/limits.h"

namespace assay {
namespace {

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
  Resolution(const ReferenceClaim& claim, const FetchDocument& fetch)
      : claim_(claim), fetch_(fetch) {}

  Result<Subject> Run() {
    auto document = Fetch(std::nullopt);
    if (!document) return document.error();
    if (document->kind == DocumentKind::kIndex) {
      const Digest index = document->digest;
      const auto member = Choose(*document);
      if (!member) return member.error();
      Keep(std::move(*document));
      document = Fetch(*member);
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
  Result<Document> Fetch(const std::optional<Digest>& wanted) {
    auto fetched = fetch_(wanted);
    if (!fetched) return fetched.error();
    const bool asked = !wanted || *wanted == fetched->digest;
    if (!asked || !fetched->digest.Matches(fetched->bytes)) {
      return Fail(Reason::kManifestDigestMismatch, fetched->digest.str());
    }
    const auto json = Json::Parse(fetched->bytes, limits::kManifestBytes);
    if (!json) return WithContext(json.error(), fetched->digest.str());
    return Document{std::move(fetched->digest), std::move(fetched->bytes),
                    KindOf(*json)};
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

  const ReferenceClaim& claim_;
  const FetchDocument& fetch_;
  std::vector<Digest> indexes_;
  std::map<Digest, std::string> documents_;
};

}  // namespace

Result<Subject> ResolveReference(const ReferenceClaim& claim,
                                 const FetchDocument& fetch) {
  return Resolution(claim, fetch).Run();
}

}  // namespace assay
