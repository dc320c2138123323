#include "io/trust_data/notary_documents.h"

#include <sys/stat.h>

#include <utility>

#include "base/error_text.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::string_view kSuffix = ".json";

// "2.root.json", "targets/releases.json".
std::string PlainName(const TrustDocument& document) {
  std::string name;
  if (document.version) name = std::to_string(*document.version) + ".";
  return name + document.role + std::string(kSuffix);
}

// A document that another names by its digest is asked for by it, so that what
// is published meanwhile does not come between.
std::string ExactName(const TrustDocument& document) {
  if (!document.digest) return PlainName(document);
  return document.role + "." + document.digest->hex() + std::string(kSuffix);
}

Error Unavailable(const Error& error) {
  return Fail(Reason::kDctUnavailable, ErrorText(error));
}

class Server final : public TrustDocuments {
 public:
  Server(RegistryClient& registry, const TrustDataPlace& place,
         Deadline deadline)
      : conversation_(registry), place_(place), deadline_(deadline) {}

  Result<std::string> Read(const TrustDocument& document) override {
    FetchRequest request{FetchKind::kTrustData, place_.repository,
                         ExactName(document), document.most, place_.claimed};
    request.server = place_.at;
    auto fetched =
        std::move(conversation_.Fetch({&request, 1}, deadline_).front());
    if (fetched) return std::move(fetched->bytes);
    if (fetched.error().reason == Reason::kRegistryNotFound) {
      return Fail(Reason::kNotFound, fetched.error().detail);
    }
    return Unavailable(fetched.error());
  }

 private:
  RegistryConversation conversation_;
  const TrustDataPlace& place_;
  const Deadline deadline_;
};

class Folder final : public TrustDocuments {
 public:
  explicit Folder(const TrustDataPlace& place) : place_(place) {}

  Result<std::string> Read(const TrustDocument& document) override {
    struct stat info {};
    if (::stat(place_.at.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
      return Fail(Reason::kDctUnavailable, place_.at + " is no folder");
    }
    auto text = ReadFile(place_.at + "/" + place_.repository.Repository() +
                             "/metadata/" + PlainName(document),
                         document.most);
    if (text || text.error().reason == Reason::kNotFound) return text;
    return Unavailable(text.error());
  }

 private:
  const TrustDataPlace& place_;
};

}  // namespace

bool IsFolder(const TrustDataPlace& place) { return place.at.starts_with('/'); }

std::unique_ptr<TrustDocuments> OpenDocuments(RegistryClient& registry,
                                              const TrustDataPlace& place,
                                              Deadline deadline) {
  if (IsFolder(place)) return std::make_unique<Folder>(place);
  return std::make_unique<Server>(registry, place, deadline);
}

}  // namespace assay
