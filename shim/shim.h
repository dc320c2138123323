/* assay-shim stands where a container runtime is called and asks before it
 * lets `create`, `run` or `restore` through; every other verb goes to the real
 * runtime at once. Libc only: it starts with every call of the runtime.
 *
 * One thread, no heap. Every way out that is not a successful execve of the
 * real runtime is a refusal with exit status 1.
 */
#ifndef ASSAY_SHIM_SHIM_H_
#define ASSAY_SHIM_SHIM_H_

#include <limits.h>
#include <stdnoreturn.h>
#include <sys/types.h>

#include "shim/argv.h"

/* The reason ids the shim itself can give; base/reason.h has them too. */
#define REASON_USAGE "usage"
#define REASON_INSTALLATION "configuration-malformed"
#define REASON_UNSAFE "file-unsafe"
#define REASON_UNREADABLE "file-unreadable"
#define REASON_NO_ANSWER "hook-no-answer"
#define REASON_CHANGED "hook-changed"
#define REASON_NONE "unspecified: no reason was given"

/* Where this shim is installed and what it stands for (exec.c). */
struct place {
  char root[PATH_MAX];    /* "" normally; see ROOT in api/ask.h */
  const char* name;       /* what the shim was called as: "runc" */
  char runtime[PATH_MAX]; /* ROOT/etc/assay/runtimes/NAME */
};

/* Refuses when the place is not one the shim may work in. */
void FindPlace(const char* argv0, const struct call* call, struct place* place);

/* Becomes the real runtime. */
noreturn void StartRuntime(const struct place* place, const struct call* call,
                           char** argv);

/* Returns when the container may start, refuses when not (gate.c). */
void Gate(const struct place* place, const struct call* call);

/* Writes "id: ..." where the runtime's caller looks, and exits (refuse.c). */
noreturn void Refuse(const struct call* call, const char* id,
                     const char* format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with a whole line, as the daemon gave it. */
noreturn void RefuseLine(const struct call* call, const char* line);

#endif /* ASSAY_SHIM_SHIM_H_ */
