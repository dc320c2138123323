#include "core/policy/recorded_trust.h"

#include <utility>

#include "core/schemes/cluster_reference.h"

namespace assay {
namespace {

std::string BytesOf(const TrustFile& file) {
  return Digest::Of(file.bytes).str();
}

std::string NameAndBytesOf(const TrustFile& file) {
  const auto name =
      std::string_view(file.path).substr(file.path.rfind('/') + 1);
  return Digest::Of(name).str() + " " + BytesOf(file);
}

std::string EntryOf(std::string_view what, std::string_view name,
                    const Error& error) {
  return std::string(what) + Digest::Of(name).str() + " " +
         std::string(Describe(error.reason).id) + " " +
         Digest::Of(error.detail).str();
}

}  // namespace

void RecordedTrust::HideCluster(bool hidden) {
  cluster_hidden_ = hidden;
  asked_cluster_ = false;
}

void RecordedTrust::NoteWithheld(std::string_view signer, const Error& why) {
  entries_.insert(EntryOf("withheld ", signer, why));
}

Digest RecordedTrust::Fingerprint() const {
  std::string text = "trust\n";
  for (const std::string& entry : entries_) text += entry + "\n";
  return Digest::Of(text);
}

// `what` is what counts of a file. What is kept is asked for all the same, so
// that whoever watches knows where it would come from.
template <typename Reading>
Result<std::vector<TrustFile>> RecordedTrust::Once(
    std::string_view name, const std::string& how,
    std::string (*what)(const TrustFile&), const Reading& reading) {
  const std::string key = how + Digest::Of(name).str();
  const auto known = read_.files.find(key);
  if (known != read_.files.end()) return known->second;
  Result<Files> read = reading();
  if (kept_ != nullptr) {
    const auto kept = kept_->files.find(key);
    read = Fail(Reason::kPolicyKeyUnreadable, "it was not read before");
    if (kept != kept_->files.end()) read = kept->second;
  }
  if (!read) return read;
  std::string entry = key;
  for (const TrustFile& file : *read) entry += " " + what(file);
  entries_.insert(std::move(entry));
  read_.files.emplace(key, *read);
  return read;
}

Result<std::vector<TrustFile>> RecordedTrust::Read(std::string_view name) {
  return Once(name, "", BytesOf, [&] { return files_.Read(name); });
}

TrustKind RecordedTrust::KindOf(std::string_view name) {
  TrustKind kind = files_.KindOf(name);
  if (kept_ != nullptr) {
    const auto kept = kept_->kinds.find(name);
    kind = kept == kept_->kinds.end() ? TrustKind::kAbsent : kept->second;
  }
  return read_.kinds.emplace(name, kind).first->second;
}

Result<std::vector<TrustFile>> RecordedTrust::ReadPlain(std::string_view name) {
  return Once(name, "plain ", BytesOf, [&] { return files_.ReadPlain(name); });
}

Result<std::vector<TrustFile>> RecordedTrust::ReadSettings(
    std::string_view folder, std::string_view ending) {
  return Once(folder, "settings " + std::string(ending) + " ", NameAndBytesOf,
              [&] { return files_.ReadSettings(folder, ending); });
}

// Once, too, whatever the answer: an API server may be asked for it.
Result<std::vector<TrustFile>> RecordedTrust::AskCluster(
    std::string_view name) {
  const auto known = answers_.find(name);
  if (known != answers_.end()) return known->second;
  auto read = files_.ReadCluster(name);
  if (!read && kept_ != nullptr && !IsClusterAnswer(read.error())) {
    read = Fail(Reason::kKubernetesPending, read.error().detail);
  }
  answers_.emplace(name, read);
  return read;
}

Result<std::vector<TrustFile>> RecordedTrust::ReadCluster(
    std::string_view name) {
  asked_cluster_ = true;
  auto read = AskCluster(name);
  if (read && cluster_hidden_) read = Fail(Reason::kKubernetesGone);
  std::string entry = "cluster " + Digest::Of(name).str();
  if (!read) {
    entries_.insert(EntryOf("cluster ", name, read.error()));
    return read;
  }
  for (const TrustFile& file : *read) entry += " " + BytesOf(file);
  entries_.insert(std::move(entry));
  return read;
}

// When it was confirmed last is left out: that changes nothing about what it
// says.
Result<PublishedFile> RecordedTrust::ReadPublished(std::string_view name) {
  auto read = files_.ReadPublished(name);
  if (!read && kept_ != nullptr) {
    read = Fail(Reason::kTrustMissing, read.error().detail);
  }
  entries_.insert("published " + Digest::Of(name).str() + " " +
                  (read ? Digest::Of(read->bytes).str() : "none"));
  return read;
}

}  // namespace assay
