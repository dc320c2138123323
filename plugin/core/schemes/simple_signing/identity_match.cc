#include "core/schemes/simple_signing/identity_match.h"

#include <algorithm>

#include "base/bytes.h"

namespace assay {
namespace {

Error Malformed(std::string_view text) {
  return Fail(Reason::kReferenceMalformed, Printable(text));
}

// What docker takes for the id of an image and for no name.
bool LooksLikeId(std::string_view text) {
  return text.size() == 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool HasTag(std::string_view text) {
  text = text.substr(0, text.find('@'));
  const std::size_t slash = text.rfind('/');
  return text.find(':', slash == std::string_view::npos ? 0 : slash) !=
         std::string_view::npos;
}

// A signature must say which image of its repository it is for. An image that
// was asked for by digest is any of them, as the digest is compared elsewhere.
bool IsDigestOrExact(const WrittenName& asked, const WrittenName& named) {
  if (named.IsNameOnly() || asked.IsNameOnly()) return false;
  return asked.tag ? asked == named : asked.repository == named.repository;
}

}  // namespace

bool IsNamePrefix(std::string_view text) {
  const std::string below = std::string(text) + "/x/x";
  const auto name = Reference::Parse(below);
  return name && name->Repository() == below;
}

Result<WrittenName> WrittenName::Parse(std::string_view text) {
  if (LooksLikeId(text)) return Malformed(text);
  const auto name = Reference::Parse(text);
  if (!name) return name.error();
  const std::string_view first = text.substr(0, text.find('/'));
  const bool capitals = first.size() < text.size() &&
                        std::any_of(first.begin(), first.end(), [](char c) {
                          return c >= 'A' && c <= 'Z';
                        });
  if (capitals) return Malformed(text);
  WrittenName written{name->Repository(), std::nullopt, name->digest()};
  if (HasTag(text)) written.tag = name->tag();
  return written;
}

WrittenName WrittenName::Of(const Reference& asked) {
  WrittenName written{asked.Repository(), std::nullopt, asked.digest()};
  if (!written.digest) written.tag = asked.tag();
  return written;
}

std::string WrittenName::str() const {
  std::string text = repository;
  if (tag) text += ":" + *tag;
  if (digest) text += "@" + digest->str();
  return text;
}

IdentityMatch IdentityMatch::MatchExact() {
  return IdentityMatch(Kind::kMatchExact);
}

IdentityMatch IdentityMatch::MatchRepository() {
  return IdentityMatch(Kind::kMatchRepository);
}

Result<IdentityMatch> IdentityMatch::ExactReference(
    std::string_view reference) {
  auto name = WrittenName::Parse(reference);
  if (!name) return name.error();
  if (name->IsNameOnly()) {
    return Fail(Reason::kReferenceMalformed,
                Printable(reference) + " has neither tag nor digest");
  }
  IdentityMatch match(Kind::kExactReference);
  match.fixed_ = *std::move(name);
  return match;
}

Result<IdentityMatch> IdentityMatch::ExactRepository(
    std::string_view repository) {
  auto name = WrittenName::Parse(repository);
  if (!name) return name.error();
  IdentityMatch match(Kind::kExactRepository);
  match.fixed_ = *std::move(name);
  return match;
}

Result<IdentityMatch> IdentityMatch::RemapIdentity(
    std::string_view prefix, std::string_view signed_prefix) {
  for (const std::string_view one : {prefix, signed_prefix}) {
    if (IsNamePrefix(one)) continue;
    return Fail(Reason::kReferenceMalformed,
                Printable(one) + " is no HOST[:PORT] and no HOST[:PORT]/PATH");
  }
  IdentityMatch match(Kind::kRemapIdentity);
  match.prefix_ = prefix;
  match.signed_prefix_ = signed_prefix;
  return match;
}

std::optional<WrittenName> IdentityMatch::Remapped(
    const WrittenName& asked) const {
  const std::string& name = asked.repository;
  const bool below =
      name.starts_with(prefix_) &&
      (name.size() == prefix_.size() || name[prefix_.size()] == '/');
  if (!below) return asked;
  WrittenName moved = asked;
  moved.repository = signed_prefix_ + name.substr(prefix_.size());
  // That it is the name of an image, and written as such names are.
  const auto again = WrittenName::Parse(moved.str());
  if (!again || *again != moved) return std::nullopt;
  return moved;
}

bool IdentityMatch::Holds(const WrittenName& asked,
                          const WrittenName& named) const {
  switch (kind_) {
    case Kind::kMatchExact:
      return !asked.IsNameOnly() && asked == named;
    case Kind::kMatchRepoDigestOrExact:
      return IsDigestOrExact(asked, named);
    case Kind::kMatchRepository:
      return asked.repository == named.repository;
    case Kind::kExactReference:
      return *fixed_ == named;
    case Kind::kExactRepository:
      return fixed_->repository == named.repository;
    case Kind::kRemapIdentity: {
      const auto moved = Remapped(asked);
      return moved && IsDigestOrExact(*moved, named);
    }
  }
  return false;
}

Status IdentityMatch::Judge(const Reference& asked,
                            std::string_view docker_reference) const {
  const auto named = WrittenName::Parse(docker_reference);
  if (!named) {
    return Fail(Reason::kPayloadMalformed,
                "docker-reference '" + Printable(docker_reference) + "'");
  }
  const WrittenName written = WrittenName::Of(asked);
  if (Holds(written, *named)) return Ok();
  return Fail(Reason::kSignatureOtherRepository,
              "signed for " + named->str() + ", wanted " + str() +
                  "; asked for is " + written.str());
}

std::string IdentityMatch::str() const {
  switch (kind_) {
    case Kind::kMatchExact:
      return "exactly what is asked for";
    case Kind::kMatchRepoDigestOrExact:
      return "what is asked for, or for a digest the repository";
    case Kind::kMatchRepository:
      return "the repository";
    case Kind::kExactReference:
      return fixed_->str();
    case Kind::kExactRepository:
      return fixed_->repository;
    case Kind::kRemapIdentity:
      break;
  }
  return "what is asked for below " + prefix_ + ", at its place below " +
         signed_prefix_;
}

}  // namespace assay
