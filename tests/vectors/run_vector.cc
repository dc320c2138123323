// Judges one vector: `run_vector FOLDER`.
//
// FOLDER ends in -allow or -deny and holds
//   expect.toml     name, now and reason (a Reason's id; "signed" to allow)
//   signer.toml     the signer's table as in a policy; its files lie beside
//   policy.toml     or a whole policy, whose first rule decides
//   image.json      the manifest that is asked about; index.json an index
//                   that lists it, where there is one
//   artifacts/N-ORIGIN/   in the order of N; ORIGIN is tag, attestation (the
//                   tag of those), referrer or file:
//     manifest.json and one file a blob, named by its hex; or `signature`
//
// Beyond the verdict it checks what must hold for every vector: one flipped
// bit in what is signed, in the signature, in the key or in the digest refuses
// an allowed image; no artifact taken away or added to allows a refused one;
// what is allowed unsigned is allowed in no other repository.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/bytes.h"
#include "core/policy/policy.h"
#include "core/schemes/scheme_table.h"
#include "core/verdict/signature_check.h"
#include "tests/vectors/flips.h"

namespace assay::vectors {
namespace {

namespace fs = std::filesystem;

constexpr Stage kNoStage = Stage::kHook;

[[noreturn]] void Die(const std::string& why) {
  std::cerr << "vector: " << why << "\n";
  std::exit(1);
}

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Die("cannot read " + path.string());
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

class Folder : public TrustFiles {
 public:
  explicit Folder(fs::path path, int flipped_bit = -1)
      : path_(std::move(path)), flipped_bit_(flipped_bit) {}

  Result<std::vector<TrustFile>> Read(std::string_view name) override {
    auto bytes = ReadAll(path_ / name);
    // A trusted root names more than one signature needs.
    const bool key = name.ends_with(".pub");
    if (flipped_bit_ >= 0 && key) bytes = FlipKey(bytes, flipped_bit_);
    return std::vector{TrustFile{std::string(name), std::move(bytes)}};
  }

  TrustKind KindOf(std::string_view name) override {
    const auto kind = fs::symlink_status(path_ / name).type();
    if (kind == fs::file_type::not_found) return TrustKind::kAbsent;
    if (kind == fs::file_type::regular) return TrustKind::kFile;
    return kind == fs::file_type::directory ? TrustKind::kFolder
                                            : TrustKind::kOther;
  }

  Result<std::vector<TrustFile>> ReadPlain(std::string_view name) override {
    if (KindOf(name) == TrustKind::kFile) return Read(name);
    std::vector<TrustFile> files;
    for (const auto& entry : fs::directory_iterator(path_ / name)) {
      files.push_back({entry.path(), ReadAll(entry.path())});
    }
    return files;
  }

 private:
  fs::path path_;
  int flipped_bit_;
};

Toml ReadToml(const fs::path& path) {
  Diagnostics diagnostics;
  auto toml = Toml::Parse(ReadAll(path), path.filename().string(), diagnostics);
  if (!toml) Die(diagnostics.front().str());
  return *std::move(toml);
}

std::string Text(const Toml& toml, std::string_view key) {
  const auto* value = toml.Find(key);
  if (value == nullptr || value->AsString() == nullptr) {
    Die("expect.toml: no string " + std::string(key));
  }
  return *value->AsString();
}

// Null where the signer cannot be made of these keys.
std::unique_ptr<Signer> ReadSigner(const fs::path& folder, TrustFiles& files) {
  const auto table = ReadToml(folder / "signer.toml");
  const auto* scheme = FindScheme(Text(table, "type"));
  if (scheme == nullptr) Die("signer.toml: no such type");
  Diagnostics diagnostics;
  return scheme->read("signer", table, files, diagnostics);
}

ArtifactOrigin OriginOf(const std::string& folder) {
  const auto word = folder.substr(folder.find('-') + 1);
  if (word == "tag") return ArtifactOrigin::kCosignTag;
  if (word == "attestation") return ArtifactOrigin::kAttestationTag;
  if (word == "referrer") return ArtifactOrigin::kReferrer;
  if (word == "file") return ArtifactOrigin::kDetachedFile;
  Die("artifacts/" + folder + ": no such origin");
}

UntrustedArtifact ReadArtifact(const fs::path& folder, const Digest& target) {
  UntrustedArtifact artifact{
      OriginOf(folder.filename()), target, folder.filename(), std::nullopt, {}};
  if (artifact.origin == ArtifactOrigin::kDetachedFile) {
    auto bytes = ReadAll(folder / "signature");
    artifact.blobs.push_back(BlobOf("application/octet-stream", bytes));
    return artifact;
  }
  auto manifest = ImageManifest::Parse(ReadAll(folder / "manifest.json"));
  if (!manifest) Die("manifest.json: " + manifest.error().detail);
  for (const auto& layer : manifest->layers) {
    artifact.blobs.push_back({layer, ReadAll(folder / layer.digest.hex())});
  }
  artifact.manifest = *std::move(manifest);
  return artifact;
}

std::vector<UntrustedArtifact> ReadArtifacts(const fs::path& folder,
                                             const Digest& target) {
  std::vector<fs::path> folders;
  if (fs::is_directory(folder / "artifacts")) {
    for (const auto& entry : fs::directory_iterator(folder / "artifacts")) {
      folders.push_back(entry.path());
    }
  }
  std::sort(folders.begin(), folders.end());
  std::vector<UntrustedArtifact> artifacts;
  for (const auto& path : folders) {
    artifacts.push_back(ReadArtifact(path, target));
  }
  return artifacts;
}

struct Vector {
  fs::path folder;
  bool allow = false;
  Reason reason = Reason::kUnspecified;
  std::map<Digest, std::string> documents;
  std::optional<ImageManifest> manifest;  // of the first digest
  SigningTarget target;
  std::vector<UntrustedArtifact> artifacts;
};

Vector ReadVector(const fs::path& folder) {
  const auto expect = ReadToml(folder / "expect.toml");
  const auto name = Reference::Parse(Text(expect, "name"));
  const auto reason = FindReason(Text(expect, "reason"));
  const auto* now = expect.Find("now");
  if (!name || !reason || now == nullptr || now->AsTime() == nullptr) {
    Die("expect.toml: name, reason or now");
  }
  Vector read{folder,       folder.string().ends_with("-allow"),  *reason, {},
              std::nullopt, {*name, {}, *now->AsTime(), nullptr}, {}};
  for (const auto* file : {"image.json", "index.json"}) {
    if (!fs::exists(folder / file)) continue;
    auto bytes = ReadAll(folder / file);
    const auto digest = Digest::Of(bytes);
    read.target.digests.push_back(digest);
    read.documents.emplace(digest, std::move(bytes));
  }
  if (read.target.digests.empty()) Die("no image.json");
  auto manifest = ImageManifest::Parse(ReadAll(folder / "image.json"));
  if (!manifest) Die("image.json: " + manifest.error().detail);
  read.manifest = *std::move(manifest);
  read.artifacts = ReadArtifacts(folder, read.target.digests.front());
  return read;
}

// What allows it, or why not: the failure of the deepest stage, the first of
// that stage.
Error JudgeBySigner(const Signer& signer, const Vector& vector,
                    const SigningTarget& target) {
  Findings findings;
  signer.Verify(target, vector.artifacts, findings);
  const Fulfilment met{std::move(findings.verified), {}};
  if (!met.empty()) return Fail(met.Basis());
  Error deepest = Fail(Reason::kNoSignature);
  Stage stage = kNoStage;
  for (const auto& failed : findings.failed) {
    const auto& info = Describe(failed.error.reason);
    if (info.stage <= stage) continue;
    stage = info.stage;
    deepest = WithContext(failed.error, failed.where);
  }
  return deepest;
}

Error JudgeByRule(const Rule& rule, const Vector& vector,
                  const SigningTarget& target) {
  const auto& digests = target.digests;
  const SignableImage image{
      digests.front(), *vector.manifest, {digests.begin() + 1, digests.end()}};
  const auto findings = VerifyAll(*rule.require, target, vector.artifacts);
  const auto met = Satisfy(*rule.require, image, findings, target.now);
  if (!met) return WhyNot(met.error(), findings, {});
  return Fail(met->Basis());
}

// One signer, or the first rule of a policy.
class Judge {
 public:
  // nullopt where it cannot be made of these keys.
  static std::optional<Judge> Read(const fs::path& folder, TrustFiles& files) {
    Judge judge;
    if (!fs::exists(folder / "policy.toml")) {
      judge.signer_ = ReadSigner(folder, files);
      if (judge.signer_ == nullptr) return std::nullopt;
      return judge;
    }
    const PolicyFile file{"policy.toml", ReadAll(folder / "policy.toml")};
    Diagnostics diagnostics;
    judge.policy_ = Policy::Read({&file, 1}, files, diagnostics);
    if (judge.policy_ == nullptr) return std::nullopt;
    return judge;
  }

  Error operator()(const Vector& vector) const {
    SigningTarget target = vector.target;
    target.documents = &vector.documents;
    target.may_waive = true;
    return policy_ == nullptr
               ? JudgeBySigner(*signer_, vector, target)
               : JudgeByRule(policy_->rules().front(), vector, target);
  }

  bool Allows(const Vector& vector) const {
    return Describe((*this)(vector).reason).ending == Ending::kAccepted;
  }

 private:
  std::shared_ptr<const Signer> signer_;
  std::shared_ptr<const Policy> policy_;
};

Vector Without(const Vector& vector, std::size_t index) {
  Vector less = vector;
  less.artifacts.erase(less.artifacts.begin() +
                       static_cast<std::ptrdiff_t>(index));
  return less;
}

// As few artifacts as still allow.
Vector Fewest(const Judge& judge, Vector vector) {
  for (std::size_t i = vector.artifacts.size(); i-- > 0;) {
    Vector less = Without(vector, i);
    if (judge.Allows(less)) vector = std::move(less);
  }
  return vector;
}

bool HoldsKeys(const fs::path& folder) {
  return std::any_of(
      fs::directory_iterator(folder), fs::directory_iterator(),
      [](const auto& entry) { return entry.path().extension() == ".pub"; });
}

void CheckOtherDigest(const Judge& judge, Vector other) {
  other.documents.clear();
  for (auto& digest : other.target.digests) digest = FlipDigest(digest);
  for (auto& artifact : other.artifacts) {
    artifact.target = other.target.digests.front();
    if (artifact.manifest && artifact.manifest->subject) {
      artifact.manifest->subject->digest = other.target.digests.front();
    }
  }
  if (judge.Allows(other)) Die("another digest is allowed");
}

void CheckFlips(const Judge& judge, const Vector& vector) {
  const Vector fewest = Fewest(judge, vector);
  if (fewest.artifacts.empty()) Die("it allows without any artifact");
  for (std::size_t i = 0; i < fewest.artifacts.size(); ++i) {
    int flips = 0;
    ForEachFlip(fewest.artifacts[i], [&](UntrustedArtifact flipped) {
      Vector changed = fewest;
      changed.artifacts[i] = std::move(flipped);
      ++flips;
      if (judge.Allows(changed)) Die("a flipped bit still allows");
    });
    if (flips < 64) Die("only " + std::to_string(flips) + " bits were flipped");
  }
  CheckOtherDigest(judge, fewest);

  const bool by_key = HoldsKeys(vector.folder);
  for (int bit = 0; by_key && bit < 4096; bit += 37) {
    Folder files(vector.folder, bit);
    const auto flipped = Judge::Read(vector.folder, files);
    if (flipped && flipped->Allows(fewest)) {
      Die("a flipped key still allows");
    }
  }
}

// Nobody signed, so the repository is all there is to go by.
void CheckWaiver(const Judge& judge, Vector vector) {
  vector.artifacts.clear();
  if (!judge.Allows(vector)) Die("it is not allowed for its repository");
  const std::string name = vector.target.name.Repository();
  for (const std::string& other :
       {name + "x", name + "/x", std::string("other.example.com/x")}) {
    vector.target.name = *Reference::Parse(other);
    if (judge.Allows(vector)) Die("it is allowed as " + other);
  }
}

void CheckRemovals(const Judge& judge, const Vector& vector) {
  for (std::size_t i = 0; i < vector.artifacts.size(); ++i) {
    if (judge.Allows(Without(vector, i))) {
      Die("without one artifact it is allowed");
    }
    Vector twice = vector;
    twice.artifacts.push_back(vector.artifacts[i]);
    if (judge.Allows(twice)) Die("with one artifact twice it is allowed");
  }
}

int Run(const fs::path& folder) {
  const auto vector = ReadVector(folder);
  if (vector.allow != (Describe(vector.reason).ending == Ending::kAccepted)) {
    Die("the folder's name and its reason disagree");
  }
  Folder files(folder);
  const auto judge = Judge::Read(folder, files);
  if (!judge) Die("signer.toml or policy.toml is refused");
  const Error found = (*judge)(vector);
  std::cerr << "found " << Describe(found.reason).id << ": "
            << Printable(found.detail, 500) << "; expected "
            << Describe(vector.reason).id << "\n";
  if (found.reason != vector.reason) return 1;
  if (vector.reason == Reason::kAllowedByRule) {
    CheckWaiver(*judge, vector);
  } else if (vector.allow) {
    CheckFlips(*judge, vector);
  } else {
    CheckRemovals(*judge, vector);
  }
  return 0;
}

}  // namespace
}  // namespace assay::vectors

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: run_vector FOLDER\n";
    return 2;
  }
  return assay::vectors::Run(argv[1]);
}
