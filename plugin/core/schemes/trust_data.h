// TrustDataSource: the port to what a signature system publishes about a whole
// repository, beside its images: the metadata of Docker Content Trust.
// Implemented by io/trust_data, which asks servers and keeps what it got;
// what the bytes mean and whether they may be kept, the judge alone says.
#ifndef ASSAY_CORE_SCHEMES_TRUST_DATA_H_
#define ASSAY_CORE_SCHEMES_TRUST_DATA_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "core/subject/reference.h"

namespace assay {

// Documents of one repository, as they came. Nothing in them is believed.
struct TrustData {
  std::vector<std::string> roots;              // one version after the other
  std::map<std::string, std::string> by_role;  // all others

  // "" where there is none.
  const std::string& Of(const std::string& role) const;
};

// One document, as servers name it.
struct TrustDocument {
  std::string role;                     // "targets/releases"
  std::optional<std::int64_t> version;  // nullopt: the newest
  std::optional<Digest> digest;         // of the one that is meant
  std::size_t most = 0;                 // bytes
};

// Where documents of one repository are read: a server, a folder.
class TrustDocuments {
 public:
  virtual ~TrustDocuments() = default;
  // Errors: kNotFound (the place has no such document), kDctUnavailable.
  virtual Result<std::string> Read(const TrustDocument& document) = 0;
};

// What a signer makes of trust data. Immutable and thread-safe; no I/O of its
// own.
class TrustDataJudge {
 public:
  virtual ~TrustDataJudge() = default;
  // Judges of one name believe the same: what one has kept the other may use.
  virtual const std::string& name() const = 0;
  // What the place has now: proven, not expired, and in nothing older than
  // `kept`, which may be null. Errors: kNoSignature (the place knows nothing of
  // the repository), those of `documents`, those of Docker Content Trust.
  virtual Result<TrustData> Renew(TrustDocuments& documents,
                                  const Reference& repository,
                                  const TrustData* kept, Time now) const = 0;
  // When it is no longer valid; nullopt for what does not hold.
  virtual std::optional<Time> ValidUntil(const Reference& repository,
                                         const TrustData& data) const = 0;
};

struct TrustDataPlace {
  // An address of a server, the absolute path of a folder, or "" for the
  // server that goes with the repository's registry.
  std::string at;
  Reference repository;
  // Only an image says that there is such a repository.
  bool claimed = false;
  std::shared_ptr<const TrustDataJudge> judge;
};

// Thread-safe.
class TrustDataSource {
 public:
  virtual ~TrustDataSource() = default;
  // What was proven before, to be proven again; of a folder what is there now,
  // unless that is older. Errors: kNotFound, kDctUnavailable, those of Renew.
  virtual Result<TrustData> Kept(const TrustDataPlace& place) = 0;
  // What the place has now; it is kept. Errors: those of Renew.
  virtual Result<TrustData> Fetch(const TrustDataPlace& place,
                                  Deadline deadline) = 0;
};

// What a question may consult. Without a source there is no trust data.
struct TrustDataAccess {
  TrustDataSource* source = nullptr;  // borrowed
  // Until when places may be asked; nullopt: what is kept must do.
  std::optional<Deadline> fetch_until;
  // Whether to ask first; else only where what is kept does not do.
  bool anew = false;
  bool claimed = false;  // see TrustDataPlace
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_TRUST_DATA_H_
