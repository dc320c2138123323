// RevocationKeeper: the RevocationSource of a program: what the store has, what
// was parsed of it, and the network for those who may wait. It remembers what
// is asked for, so that it can be kept fresh in the background.
#ifndef ASSAY_IO_REVOCATION_REVOCATION_KEEPER_H_
#define ASSAY_IO_REVOCATION_REVOCATION_KEEPER_H_

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/trust/revocation/revocation_source.h"
#include "io/registry/document_client.h"
#include "io/revocation/revocation_store.h"

namespace assay {

// Thread-safe. Fetching runs on the caller's thread.
class RevocationKeeper final : public RevocationSource {
 public:
  struct Options {
    std::string folder;
    std::function<Time()> now;  // the wall clock; required
    // Somebody asks for what is not kept, on whose thread it is called; may be
    // empty.
    std::function<void()> missed = {};
  };
  // What a refresh came to.
  struct Round {
    std::size_t fetched = 0;
    std::vector<std::string> problems;  // one line a place
    bool changed = false;               // what is kept says something else
  };
  explicit RevocationKeeper(Options options);

  Result<RevocationDocument> Kept(const RevocationPlace& place) override;
  Result<RevocationDocument> Fetch(const RevocationPlace& place,
                                   Deadline deadline) override;

  // Takes what the store has for asked for lately: for who will refresh it.
  void Adopt();
  // Asks every place anew that was asked for lately and that is due; all of
  // them where `everything`. Drops what nobody asked for in a long time.
  Round Refresh(bool everything);
  // From any thread: a refresh under way ends soon.
  void Stop() { stopping_ = true; }
  // What was asked for and could not be had when it was tried last, one line a
  // place.
  std::vector<std::string> Problems() const;

 private:
  struct Entry {
    RevocationPlace place;
    std::optional<FileIdentity> identity = {};  // of the file it was read from
    std::optional<RevocationDocument> document = {};
    std::optional<Error> broken = {};  // why the file is of no use
    Time asked_at{};
    Time fetched_at{};
    // Of the last try, where it failed: who asks again at once is told so.
    std::optional<Error> failure = {};
    std::chrono::steady_clock::time_point failed_at{};
  };

  static bool FailedLately(const Entry& entry);
  Entry& EntryOf(const RevocationPlace& place);
  void Look(const std::string& name, Entry& entry) const;
  Result<RevocationDocument> Read(Entry& entry) const;
  std::optional<Time> KnownAtOf(const RevocationPlace& place);
  Result<RevocationDocument> Ask(const RevocationPlace& place,
                                 Deadline deadline);
  // What stays of the two is in the entry afterwards.
  void Take(Entry& entry, const std::string& bytes,
            const RevocationDocument& document);
  std::vector<RevocationPlace> Due(bool everything);

  const Options options_;
  const RevocationStore store_;
  registry::DocumentClient client_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // by the store's name
};

}  // namespace assay

#endif  // ASSAY_IO_REVOCATION_REVOCATION_KEEPER_H_
