// Judges one vector: `run_vector FOLDER`.
//
// FOLDER ends in -allow or -deny and holds
//   expect.toml     name, now and reason (a Reason's id; "signed" to allow)
//   signer.toml     the signer's table as in a policy; its key files lie beside
//   image.json      the manifest that is asked about; index.json an index
//                   that lists it, where there is one
//   artifacts/N-ORIGIN/   in the order of N; ORIGIN is tag, referrer or file:
//     manifest.json and one file a blob, named by its hex; or `signature`
//
// Beyond the verdict it checks what must hold for every vector: one flipped
// bit in what is signed, in the signature, in the key or in the digest refuses
// an allowed image; no artifact taken away or added to allows a refused one.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/bytes.h"
#include "core/schemes/scheme_table.h"
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
  Vector read{folder, folder.string().ends_with("-allow"),  *reason,
              {},     {*name, {}, *now->AsTime(), nullptr}, {}};
  for (const auto* file : {"image.json", "index.json"}) {
    if (!fs::exists(folder / file)) continue;
    auto bytes = ReadAll(folder / file);
    const auto digest = Digest::Of(bytes);
    read.target.digests.push_back(digest);
    read.documents.emplace(digest, std::move(bytes));
  }
  if (read.target.digests.empty()) Die("no image.json");
  read.artifacts = ReadArtifacts(folder, read.target.digests.front());
  return read;
}

// "signed", else the failure of the deepest stage, the first of that stage.
Reason Judge(const Signer& signer, const Vector& vector) {
  Findings findings;
  SigningTarget target = vector.target;
  target.documents = &vector.documents;
  signer.Verify(target, vector.artifacts, findings);
  if (!findings.verified.empty()) return Reason::kSigned;
  Reason deepest = Reason::kNoSignature;
  Stage stage = kNoStage;
  for (const auto& failed : findings.failed) {
    const auto& info = Describe(failed.error.reason);
    std::cerr << "  " << failed.where << ": " << info.id << ": "
              << Printable(failed.error.detail) << "\n";
    if (info.stage <= stage) continue;
    stage = info.stage;
    deepest = info.reason;
  }
  return deepest;
}

bool Allows(const Signer& signer, const Vector& vector) {
  Findings findings;
  SigningTarget target = vector.target;
  target.documents = &vector.documents;
  signer.Verify(target, vector.artifacts, findings);
  return !findings.verified.empty();
}

// The artifact that carries an allowing signature, alone.
Vector AlonePassing(const Signer& signer, const Vector& vector) {
  for (const auto& artifact : vector.artifacts) {
    Vector alone = vector;
    alone.artifacts = {artifact};
    if (Allows(signer, alone)) return alone;
  }
  Die("no artifact allows by itself");
}

void CheckFlips(const Signer& signer, const Vector& vector) {
  const Vector alone = AlonePassing(signer, vector);
  int flips = 0;
  ForEachFlip(alone.artifacts.front(), [&](UntrustedArtifact flipped) {
    Vector changed = alone;
    changed.artifacts = {std::move(flipped)};
    ++flips;
    if (Allows(signer, changed)) Die("a flipped bit still allows");
  });
  if (flips < 64) Die("only " + std::to_string(flips) + " bits were flipped");

  Vector other = alone;
  other.documents.clear();
  for (auto& digest : other.target.digests) {
    digest = FlipDigest(digest);
  }
  for (auto& artifact : other.artifacts) {
    artifact.target = other.target.digests.front();
    if (artifact.manifest && artifact.manifest->subject) {
      artifact.manifest->subject->digest = other.target.digests.front();
    }
  }
  if (Allows(signer, other)) Die("another digest is allowed");

  const bool by_key = fs::exists(vector.folder / "key.pub");
  for (int bit = 0; by_key && bit < 4096; bit += 37) {
    Folder files(vector.folder, bit);
    const auto flipped = ReadSigner(vector.folder, files);
    if (flipped != nullptr && Allows(*flipped, alone)) {
      Die("a flipped key still allows");
    }
  }
}

void CheckRemovals(const Signer& signer, const Vector& vector) {
  for (std::size_t i = 0; i < vector.artifacts.size(); ++i) {
    Vector less = vector;
    less.artifacts.erase(less.artifacts.begin() +
                         static_cast<std::ptrdiff_t>(i));
    if (Allows(signer, less)) Die("without one artifact it is allowed");
    Vector twice = vector;
    twice.artifacts.push_back(vector.artifacts[i]);
    if (Allows(signer, twice)) Die("with one artifact twice it is allowed");
  }
}

int Run(const fs::path& folder) {
  const auto vector = ReadVector(folder);
  if (vector.allow != (vector.reason == Reason::kSigned)) {
    Die("the folder's name and its reason disagree");
  }
  Folder files(folder);
  const auto signer = ReadSigner(folder, files);
  if (signer == nullptr) Die("signer.toml is refused");
  const auto reason = Judge(*signer, vector);
  std::cerr << "found " << Describe(reason).id << ", expected "
            << Describe(vector.reason).id << "\n";
  if (reason != vector.reason) return 1;
  if (vector.allow) {
    CheckFlips(*signer, vector);
  } else {
    CheckRemovals(*signer, vector);
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
