#include "core/subject/base_hint.h"

namespace assay {
namespace {

std::optional<BaseHint> ReadFrom(
    const std::map<std::string, std::string>& claims) {
  BaseHint hint;
  if (const auto text = claims.find(kBaseDigestAnnotation);
      text != claims.end()) {
    if (auto digest = Digest::Parse(text->second)) {
      hint.digest = *std::move(digest);
    }
  }
  if (const auto text = claims.find(kBaseNameAnnotation);
      text != claims.end()) {
    if (auto name = Reference::Parse(text->second)) hint.name = *name;
  }
  if (hint.name && !hint.digest) hint.digest = hint.name->digest();
  if (!hint.name && !hint.digest) return std::nullopt;
  return hint;
}

}  // namespace

std::string BaseHint::str() const {
  std::string text = name ? name->str() : "";
  if (digest && text.find(digest->str()) == std::string::npos) {
    text += (text.empty() ? "" : " ") + digest->str();
  }
  return text;
}

std::optional<BaseHint> ReadBaseHint(const ImageManifest& manifest,
                                     const ImageConfig& config) {
  auto hint = ReadFrom(manifest.annotations);
  return hint ? hint : ReadFrom(config.labels);
}

}  // namespace assay
