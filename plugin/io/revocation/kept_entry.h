// KeptEntry: what is known of one place of revocation: its file, the document
// that was parsed of it, and how asking for it went.
#ifndef ASSAY_IO_REVOCATION_KEPT_ENTRY_H_
#define ASSAY_IO_REVOCATION_KEPT_ENTRY_H_

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/digest.h"
#include "core/trust/revocation/revocation_source.h"
#include "io/revocation/revocation_store.h"

namespace assay {

// Thread-safe.
class KeptEntry {
 public:
  struct Look {
    Result<RevocationDocument> document;
    bool overdue = false;  // newer should be had
    bool changed = false;  // it is another one than at the last look
  };

  // Borrows the store.
  KeptEntry(RevocationPlace place, const RevocationStore& store, Time asked_at);

  const RevocationPlace& place() const { return place_; }
  const std::string& name() const { return name_; }  // the store's

  // What is kept, in memory or in a file that may replace it, for somebody who
  // asks at `now`. Errors: those of RevocationSource::Kept.
  Look AskedAt(Time now);

  // Keeps a document that holds, unless what is kept must stay; whether it is
  // another than before. On disk as well, where that can be written.
  bool Take(const std::string& bytes, RevocationDocument document, Time now);
  // What there is after that. Errors: kNotFound.
  Result<RevocationDocument> document() const;

  void Failed(const Error& why);
  // Why the last try failed, if that was a moment ago.
  std::optional<Error> FailedLately() const;
  // The same however long ago, where somebody asked for it after `since`.
  std::optional<Error> Problem(Time since) const;
  // The last failure, once.
  std::optional<Error> NewProblem();

  // Whether it is time to ask anew.
  bool IsDue(Time now) const;
  bool WasAskedSince(Time then) const;
  bool empty() const;  // nothing of it is kept
  Time asked_at() const;

 private:
  bool HasFailedLately() const;  // with the lock held, as the next two
  void ReadFile(Time now, bool& changed);
  void Keep(const std::string& bytes, RevocationDocument document, Time now);

  const RevocationPlace place_;
  const std::string name_;
  const RevocationStore& store_;
  mutable std::mutex mutex_;
  std::optional<FileIdentity> identity_;  // of the file that was read
  std::optional<RevocationDocument> document_;
  std::optional<Digest> content_;  // of the document's bytes
  std::optional<Error> broken_;    // why the file is of no use
  Time asked_at_{};
  Time fetched_at_{};
  Time due_at_{};
  std::optional<Error> failure_;
  std::chrono::steady_clock::time_point failed_at_{};
  std::string told_;  // of failures
};

}  // namespace assay

#endif  // ASSAY_IO_REVOCATION_KEPT_ENTRY_H_
