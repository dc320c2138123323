#include "io/evidence/base_fetch.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr std::size_t kDocumentBytes =
    std::max(limits::kManifestBytes, limits::kIndexBytes);

// The variant is not looked at: layers tell more.
bool IsFor(const Descriptor& member, const Platform& platform) {
  return !member.platform ||
         (member.platform->os == platform.os &&
          member.platform->architecture == platform.architecture);
}

// The documents of one hint, in three rounds: what it names, the members of an
// index, the configurations.
class BaseFetch {
 public:
  BaseFetch(RegistryClient& client, const BaseHint& hint,
            const Reference& image, Deadline deadline)
      : registry_(client),
        name_(hint.name ? *hint.name : image),
        wanted_(hint.digest),
        claimed_(IsClaimed(name_, image)),
        deadline_(deadline) {
    if (!hint.name) name_ = name_.WithDigest(*hint.digest);
  }

  BaseSet Run(const Platform& platform) {
    for (UntrustedDocument& document : FetchNamed()) Sort(std::move(document));
    FetchMembers(platform);
    FetchConfigs();
    return std::move(set_);
  }

 private:
  struct Index {
    UntrustedDocument document;
    ImageIndex content;
  };

  std::vector<UntrustedDocument> Fetch(FetchKind kind,
                                       const std::vector<std::string>& what,
                                       std::size_t most) {
    std::vector<FetchRequest> requests;
    requests.reserve(what.size());
    for (const std::string& one : what) {
      requests.push_back({kind, name_, one, most, claimed_});
    }
    std::vector<UntrustedDocument> documents;
    if (requests.empty()) return documents;
    auto answers = registry_.Fetch(requests, deadline_);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (answers[i] && answers[i]->digest) {
        documents.push_back(
            {*answers[i]->digest, std::move(answers[i]->bytes)});
      } else if (!answers[i] &&
                 answers[i].error().reason != Reason::kRegistryNotFound) {
        set_.failures.push_back(
            WithContext(answers[i].error(),
                        name_.Repository() + " " + Printable(what[i], 100)));
      }
    }
    return documents;
  }

  std::vector<UntrustedDocument> FetchNamed() {
    std::vector<std::string> what;
    if (wanted_) what.push_back(wanted_->str());
    if (name_.tag()) what.push_back(*name_.tag());
    return Fetch(FetchKind::kManifest, what, kDocumentBytes);
  }

  // Where a digest is wanted, the tag serves to find indexes alone: it may have
  // moved on to another image.
  void Sort(UntrustedDocument document) {
    if (auto index = ImageIndex::Parse(document.bytes)) {
      indexes_.push_back({std::move(document), *std::move(index)});
    } else if (!wanted_ || document.digest == *wanted_) {
      manifests_.push_back(std::move(document));
    }
  }

  void FetchMembers(const Platform& platform) {
    std::vector<std::string> what;
    for (const Index& index : indexes_) {
      if (wanted_ && index.document.digest != *wanted_) continue;
      for (const Descriptor& member : index.content.manifests) {
        const std::string text = member.digest.str();
        if (IsFor(member, platform) && what.size() < limits::kBaseCandidates &&
            std::find(what.begin(), what.end(), text) == what.end()) {
          what.push_back(text);
        }
      }
    }
    auto members = Fetch(FetchKind::kManifest, what, limits::kManifestBytes);
    std::move(members.begin(), members.end(), std::back_inserter(manifests_));
  }

  void FetchConfigs() {
    std::vector<std::string> what;
    std::vector<Digest> configs;
    for (const UntrustedDocument& document : manifests_) {
      const auto manifest = ImageManifest::Parse(document.bytes);
      if (!manifest) continue;
      if (std::find(configs.begin(), configs.end(), manifest->config.digest) ==
          configs.end()) {
        configs.push_back(manifest->config.digest);
        what.push_back(configs.back().str());
      }
    }
    const auto blobs = Fetch(FetchKind::kBlob, what, limits::kConfigBytes);
    for (UntrustedDocument& document : manifests_) Add(document, blobs);
  }

  void Add(UntrustedDocument& document,
           const std::vector<UntrustedDocument>& configs) {
    const auto manifest = ImageManifest::Parse(document.bytes);
    const auto config = std::find_if(
        configs.begin(), configs.end(), [&](const UntrustedDocument& blob) {
          return manifest && blob.digest == manifest->config.digest;
        });
    if (config == configs.end()) return;
    UntrustedBase base{{name_}, std::move(document), config->bytes, {}, false};
    for (const Index& index : indexes_) {
      if (index.content.Lists(base.manifest.digest)) {
        base.indexes.push_back(index.document);
      }
    }
    set_.candidates.push_back(std::move(base));
  }

  RegistryConversation registry_;
  Reference name_;
  std::optional<Digest> wanted_;
  bool claimed_;
  Deadline deadline_;
  std::vector<UntrustedDocument> manifests_;
  std::vector<Index> indexes_;
  BaseSet set_;
};

}  // namespace

BaseSet FetchBases(RegistryClient& client, const BaseHint& hint,
                   const Reference& image, const Platform& platform,
                   Deadline deadline) {
  return BaseFetch(client, hint, image, deadline).Run(platform);
}

bool IsClaimed(const Reference& name, const Reference& image) {
  return name.host() != image.host();
}

}  // namespace assay
