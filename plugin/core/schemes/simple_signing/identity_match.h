// IdentityMatch: how the docker-reference that was signed must relate to the
// name an image was asked for by (containers-policy.json.5, "signedIdentity").
// Immutable and thread-safe.
#ifndef ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_IDENTITY_MATCH_H_
#define ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_IDENTITY_MATCH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "core/subject/reference.h"

namespace assay {

// An image's name as it was written: short forms are expanded, but nothing is
// added, so that it may have neither tag nor digest.
struct WrittenName {
  std::string repository;  // "registry.example.com/payments/api"
  std::optional<std::string> tag;
  std::optional<Digest> digest;

  // Errors: kReferenceMalformed, also for a host with capitals, which is equal
  // to no name that images have here.
  static Result<WrittenName> Parse(std::string_view text);
  // What an image was asked for by. A digest stands for itself: a tag beside it
  // chose nothing.
  static WrittenName Of(const Reference& asked);

  bool IsNameOnly() const { return !tag && !digest; }
  std::string str() const;

  friend bool operator==(const WrittenName&, const WrittenName&) = default;
};

// Whether names can begin with it, up to a slash: HOST[:PORT], or that and
// components of a path, fully written.
bool IsNamePrefix(std::string_view text);

class IdentityMatch {
 public:
  enum class Kind : std::uint8_t {
    kMatchExact = 1,
    kMatchRepoDigestOrExact,
    kMatchRepository,
    kExactReference,
    kExactRepository,
    kRemapIdentity,
  };

  // What holds where nothing is said: matchRepoDigestOrExact.
  IdentityMatch() = default;
  static IdentityMatch MatchExact();
  static IdentityMatch MatchRepository();
  // Errors: kReferenceMalformed; neither tag nor digest is one.
  static Result<IdentityMatch> ExactReference(std::string_view reference);
  // Errors: kReferenceMalformed.
  static Result<IdentityMatch> ExactRepository(std::string_view repository);
  // Each is HOST[:PORT] or HOST[:PORT]/PATH, fully written; an image below
  // `prefix` must be signed as the one at the same place below
  // `signed_prefix`. Errors: kReferenceMalformed.
  static Result<IdentityMatch> RemapIdentity(std::string_view prefix,
                                             std::string_view signed_prefix);

  Kind kind() const { return kind_; }

  // Whether a signature of `docker_reference` is one for `asked`. Errors:
  // kPayloadMalformed (no name at all), kSignatureOtherRepository.
  Status Judge(const Reference& asked, std::string_view docker_reference) const;

  // What must have been signed, for people: "the repository".
  std::string str() const;

 private:
  explicit IdentityMatch(Kind kind) : kind_(kind) {}

  bool Holds(const WrittenName& asked, const WrittenName& named) const;
  // Where the asked image was signed; nullopt: nowhere.
  std::optional<WrittenName> Remapped(const WrittenName& asked) const;

  Kind kind_ = Kind::kMatchRepoDigestOrExact;
  std::optional<WrittenName> fixed_;  // of the exact kinds
  std::string prefix_;                // of kRemapIdentity
  std::string signed_prefix_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_IDENTITY_MATCH_H_
