#include "tests/fuzz/recorded.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/schemes/scheme_table.h"

namespace assay::fuzz {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  Require(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

fs::path FolderOf(const std::string& vector) {
  return fs::path(ASSAY_VECTORS_DIR) / vector;
}

class Folder : public TrustFiles {
 public:
  explicit Folder(fs::path path) : path_(std::move(path)) {}

  Result<std::vector<TrustFile>> Read(std::string_view name) override {
    return std::vector{TrustFile{std::string(name), ReadAll(path_ / name)}};
  }

 private:
  fs::path path_;
};

Toml ReadToml(const fs::path& path) {
  Diagnostics diagnostics;
  return Toml::Parse(ReadAll(path), path.filename().string(), diagnostics)
      .value();
}

SigningTarget ReadTarget(const fs::path& folder) {
  const Toml expect = ReadToml(folder / "expect.toml");
  return {Reference::Parse(*expect.Find("name")->AsString()).value(),
          {Digest::Of(ReadAll(folder / "image.json"))},
          *expect.Find("now")->AsTime(),
          nullptr};
}

std::unique_ptr<Signer> ReadSigner(const fs::path& folder) {
  const Toml table = ReadToml(folder / "signer.toml");
  const auto* scheme = FindScheme(*table.Find("type")->AsString());
  Folder files(folder);
  Diagnostics diagnostics;
  return scheme->read("signer", table, files, diagnostics);
}

// The vector's only artifact.
UntrustedArtifact ReadArtifact(const fs::path& folder, const Digest& image) {
  const auto only = fs::directory_iterator(folder / "artifacts")->path();
  UntrustedArtifact artifact{
      only.string().ends_with("-tag") ? ArtifactOrigin::kCosignTag
                                      : ArtifactOrigin::kReferrer,
      image,
      "here",
      ImageManifest::Parse(ReadAll(only / "manifest.json")).value(),
      {}};
  for (const auto& layer : artifact.manifest->layers) {
    artifact.blobs.push_back({layer, ReadAll(only / layer.digest.hex())});
  }
  return artifact;
}

Candidate ReadCandidate(const UntrustedArtifact& artifact,
                        const SigningTarget& target) {
  std::optional<Candidate> found;
  VisitCandidates({&artifact, 1}, target,
                  [&](const auto& one) { found = one.result.value(); });
  return found.value();
}

}  // namespace

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string Flip(std::string bytes, std::size_t at) {
  if (bytes.empty()) return bytes;
  char& byte = bytes[at / 8 % bytes.size()];
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << at % 8));
  return bytes;
}

Recorded::Recorded(const std::string& vector)
    : artifact(
          ReadArtifact(FolderOf(vector),
                       Digest::Of(ReadAll(FolderOf(vector) / "image.json")))),
      candidate(ReadCandidate(artifact, ReadTarget(FolderOf(vector)))),
      root(TrustedRoot::Parse(ReadAll(FolderOf(vector) / "trusted_root.json"))
               .value()),
      leaf(Certificate::ParseDer(candidate.material.certificate).value()),
      key(leaf.Key().value()),
      signer(ReadSigner(FolderOf(vector))),
      target(ReadTarget(FolderOf(vector))) {
  // Without this a property that asks for nothing else would hold by itself.
  Require(Accepts(artifact));
}

bool Recorded::Accepts(const UntrustedArtifact& other) const {
  Findings findings;
  signer->Verify(target, {&other, 1}, findings);
  return !findings.verified.empty();
}

const Recorded& FirstGeneration() {
  static const Recorded recorded("keyless-cosign31-v1-allow");
  return recorded;
}

const Recorded& SecondGeneration() {
  static const Recorded recorded("keyless-cosign31-v2-allow");
  return recorded;
}

const Recorded& Legacy() {
  static const Recorded recorded("keyless-cosign25-allow");
  return recorded;
}

}  // namespace assay::fuzz
