// TufClient: the client's workflow of the TUF specification 1.0, section 5,
// over a mirror and a store.
#ifndef ASSAY_IO_TUF_TUF_CLIENT_H_
#define ASSAY_IO_TUF_TUF_CLIENT_H_

#include <set>
#include <string>

#include "io/tuf/tuf_mirror.h"
#include "io/tuf/tuf_store.h"

namespace assay {

// One thread at a time.
class TufClient {
 public:
  // Borrows both.
  TufClient(TufMirror& mirror, const TufStore& store)
      : mirror_(mirror), store_(store) {}

  struct Report {
    // Errors: those of TufStore::Load and Save, of TufMirror::Get and of
    // core/trust/tuf; kClockImplausible.
    Status outcome;
    bool changed = false;              // what is kept is another now
    std::vector<std::string> dropped;  // TufState::dropped, at the start
  };

  // Fetches what is new, of it what vouches for `files`, and these. Progress
  // is kept also where something fails later on; files become visible to
  // signers only as a whole set.
  Report Refresh(const std::set<std::string>& files, Time now);

 private:
  class Round;

  TufMirror& mirror_;
  const TufStore& store_;
};

}  // namespace assay

#endif  // ASSAY_IO_TUF_TUF_CLIENT_H_
