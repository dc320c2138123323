// TrustDataKeeper: the TrustDataSource of a program: what the store has, and
// notary servers and folders for those who may ask. It remembers what is asked
// for, so that it can be kept fresh in the background.
#ifndef ASSAY_IO_TRUST_DATA_TRUST_DATA_KEEPER_H_
#define ASSAY_IO_TRUST_DATA_TRUST_DATA_KEEPER_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/schemes/trust_data.h"
#include "io/registry/registry_client.h"
#include "io/trust_data/trust_data_store.h"

namespace assay {

// Thread-safe. Fetching runs on the caller's thread; two who want the same
// share one answer, and whoever wants another repository does not wait.
class TrustDataKeeper final : public TrustDataSource {
 public:
  struct Options {
    std::string folder;
    std::function<Time()> now;  // the wall clock; required
    // May be empty. Other images are signed than before. On the thread of
    // whoever found out.
    std::function<void()> changed = {};
  };

  // Borrows the client, which must outlive it.
  TrustDataKeeper(RegistryClient& registry, Options options);
  ~TrustDataKeeper() override;

  Result<TrustData> Kept(const TrustDataPlace& place) override;
  // No later than the deadline, and within what a registry gets of a decision.
  // What was fetched, or failed, a moment ago is not tried again yet.
  Result<TrustData> Fetch(const TrustDataPlace& place,
                          Deadline deadline) override;

  // Fetches what was asked for lately and is due; all of that where
  // `everything`. Answers with what went wrong and was not told before, one
  // line a repository.
  std::vector<std::string> Refresh(bool everything);
  // From any thread: a refresh under way ends soon.
  void Stop() { stopping_ = true; }
  // What was asked for of late and could not be had when it was tried last.
  std::vector<std::string> Problems() const;

 private:
  class Entry;
  using EntryPtr = std::shared_ptr<Entry>;

  EntryPtr EntryOf(const TrustDataPlace& place);
  Result<TrustData> Known(const Entry& entry) const;
  Result<TrustData> HandOut(Entry& entry, Result<TrustData> data) const;
  Result<TrustData> AskInTime(Entry& entry, Deadline deadline);
  Result<TrustData> Ask(Entry& entry, Deadline deadline);
  std::vector<EntryPtr> Due(bool everything);

  RegistryClient& registry_;
  const Options options_;
  const TrustDataStore store_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;                 // of the map alone
  std::map<std::string, EntryPtr> entries_;  // by the store's name
};

}  // namespace assay

#endif  // ASSAY_IO_TRUST_DATA_TRUST_DATA_KEEPER_H_
