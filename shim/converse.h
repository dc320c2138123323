/* One question to the daemon, and without its answer to the one-shot decider
 * (api/ask.h): what the shim and the image verifier have in common. One thread,
 * no heap; nothing waits longer than `patience` says.
 */
#ifndef ASSAY_SHIM_CONVERSE_H_
#define ASSAY_SHIM_CONVERSE_H_

#include <stdbool.h>
#include <stdint.h>

#include "api/ask.h"

/* Null where all is well, else what went wrong, to follow its subject: "cannot
 * be reached". */
typedef const char* Trouble;

/* The caller sets `fields`, none null, and the descriptors. */
struct question {
  struct assay_ask_request header;
  const char* fields[ASSAY_ASK_FIELDS];
  bool with_fds;
  int fds[ASSAY_ASK_FDS]; /* config.json, bundle */
};

struct reply {
  struct assay_ask_reply header;
  char line[ASSAY_ASK_LINE_BYTES + 1];
};

struct patience {
  uint32_t daemon_ms;
  uint32_t decider_ms;
};

/* Why nobody answered; `decider` is null where there is a reply. */
struct silence {
  Trouble daemon;
  Trouble decider;
};
#define SILENCE_FORMAT \
  "the daemon %s and the one-shot decider %s; try: systemctl status assayd"

/* Fills the header in, but for what Ask does itself. A sentence of its own
 * where the question cannot be asked. */
Trouble Seal(struct question* question, uint16_t kind);

struct silence Ask(const char* root, const struct patience* patience,
                   struct question* question, struct reply* reply);

#endif /* ASSAY_SHIM_CONVERSE_H_ */
