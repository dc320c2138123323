// RevocationKeeper: the RevocationSource of a program: what the store has, what
// was parsed of it, and the network for those who may wait. It remembers what
// is asked for, so that it can be kept fresh in the background.
#ifndef ASSAY_IO_REVOCATION_REVOCATION_KEEPER_H_
#define ASSAY_IO_REVOCATION_REVOCATION_KEEPER_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/trust/revocation/revocation_source.h"
#include "io/registry/document_client.h"
#include "io/revocation/kept_entry.h"
#include "io/revocation/revocation_store.h"

namespace assay {

// Thread-safe. Fetching runs on the caller's thread; whoever asks about one
// place does not wait for another.
class RevocationKeeper final : public RevocationSource {
 public:
  struct Options {
    std::string folder;
    std::function<Time()> now;  // the wall clock; required
    // Both may be empty. Somebody asks for what is not kept, or is out of date;
    std::function<void()> missed = {};
    // something else is kept than before. On the thread of whoever found out.
    std::function<void()> changed = {};
  };

  explicit RevocationKeeper(Options options);

  Result<RevocationDocument> Kept(const RevocationPlace& place) override;
  Result<RevocationDocument> Fetch(const RevocationPlace& place,
                                   Deadline deadline) override;

  // Asks every place anew that was asked for lately and that is due; all of
  // them where `everything`. What the store has besides is asked for, too, and
  // what nobody asked for in a long time is dropped. Answers with what went
  // wrong and was not told before, one line a place.
  std::vector<std::string> Refresh(bool everything);
  // From any thread: a refresh under way ends soon.
  void Stop() { stopping_ = true; }
  // What was asked for of late and could not be had when it was tried last.
  std::vector<std::string> Problems() const;

 private:
  using EntryPtr = std::shared_ptr<KeptEntry>;

  EntryPtr EntryOf(const RevocationPlace& place);
  void MakeRoom();
  // Errors: those of Fetch.
  Result<RevocationDocument> Ask(KeptEntry& entry, Deadline deadline);
  void Adopt();
  std::vector<EntryPtr> Due(bool everything);

  const Options options_;
  const RevocationStore store_;
  registry::DocumentClient client_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;                 // of the map alone
  std::map<std::string, EntryPtr> entries_;  // by the store's name
};

}  // namespace assay

#endif  // ASSAY_IO_REVOCATION_REVOCATION_KEEPER_H_
