// The journal of a wiring: what was changed and what stood there before, in
// StateDir()/wire/RUNTIME, readable by root alone.
#ifndef ASSAY_IO_WIRE_JOURNAL_H_
#define ASSAY_IO_WIRE_JOURNAL_H_

#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/paths.h"
#include "base/result.h"
#include "io/wire/peer.h"
#include "io/wire/wiring.h"

namespace assay {

struct JournalFile {
  std::string path;
  std::optional<std::string> before;  // absent: the file was not there
  Digest after;
};

// A link that this wiring needs. Another may need it, too: it goes with the
// last one.
struct JournalLink {
  std::string path;
  std::string target;
};

struct Journal {
  std::vector<JournalFile> files;
  std::vector<JournalLink> links;    // in the order they were made
  std::vector<std::string> folders;  // made for both, outermost first

  // Folders alone are nothing to undo.
  bool empty() const { return files.empty() && links.empty(); }
};

// An empty journal when there is none. Errors: kFileUnreadable, kFileUnsafe,
// kConfigurationMalformed.
Result<Journal> ReadJournal(const Paths& paths, WiredRuntime runtime);
// Replaces it; an empty one removes it.
Status WriteJournal(const Paths& paths, WiredRuntime runtime,
                    const Journal& journal);

// When it was last written; nullopt when there is none.
std::optional<Moment> JournalTime(const Paths& paths, WiredRuntime runtime);

bool HasLink(const Journal& journal, const std::string& path);
// Whether the wiring of another runtime needs the link. Errors: those of
// ReadJournal.
Result<bool> IsSharedLink(const Paths& paths, WiredRuntime but,
                          const std::string& path);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_JOURNAL_H_
