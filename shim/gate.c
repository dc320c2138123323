/* The gate: asks about the bundle, and looks after the answer whether it is
 * still the one that was asked about. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shim/converse.h"
#include "shim/shim.h"

/* As it was before asking. */
struct bundle {
  const char* path;
  struct stat config, folder;
};

/* The bundle's path, made absolute: the runtime, too, takes it for relative to
 * the current folder, which it is without one. */
static const char* BundlePath(const struct call* call) {
  static char path[2 * PATH_MAX];
  if (call->bundle && *call->bundle == '/') return call->bundle;
  if (!getcwd(path, PATH_MAX))
    Refuse(call, REASON_UNREADABLE, "the current folder: %s", strerror(errno));
  const size_t length = strlen(path);
  /* What does not fit is far longer than a field may be. */
  if (call->bundle)
    (void)snprintf(path + length, sizeof path - length, "/%s", call->bundle);
  return path;
}

static void OpenBundle(const struct call* call, struct bundle* bundle,
                       int* fds) {
  const char* path = bundle->path;
  fds[1] = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fds[1] < 0 || fstat(fds[1], &bundle->folder) != 0)
    Refuse(call, REASON_UNREADABLE, "bundle %.256s: %s", path, strerror(errno));
  /* O_NONBLOCK: a fifo in its place must not hold the caller. */
  fds[0] = openat(fds[1], "config.json", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fds[0] < 0 || fstat(fds[0], &bundle->config) != 0) {
    Refuse(call, REASON_UNREADABLE, "%.256s/config.json: %s", path,
           strerror(errno));
  }
  if (!S_ISREG(bundle->config.st_mode))
    Refuse(call, REASON_UNREADABLE, "%.256s/config.json is not a file", path);
}

static const char* OrEmpty(const char* text) { return text ? text : ""; }

static void Prepare(const struct place* place, const struct call* call,
                    struct bundle* bundle, struct question* question) {
  bundle->path = BundlePath(call);
  OpenBundle(call, bundle, question->fds);
  question->with_fds = true;
  const char** fields = question->fields;
  fields[ASSAY_ASK_ID] = call->id;
  fields[ASSAY_ASK_BUNDLE] = bundle->path;
  fields[ASSAY_ASK_ROOT] = OrEmpty(call->root);
  fields[ASSAY_ASK_NAMESPACE] = OrEmpty(getenv("NAMESPACE"));
  fields[ASSAY_ASK_ADDRESS] = OrEmpty(getenv("GRPC_ADDRESS"));
  fields[ASSAY_ASK_RUNTIME] = place->name;
  const Trouble trouble = Seal(question, (uint16_t)call->kind);
  if (trouble) Refuse(call, REASON_USAGE, "%s", trouble);
}

static bool SameFile(const struct stat* a, const struct stat* b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* What was asked about must be what the runtime will find; see api/ask.h. */
static bool IsUnchanged(const struct bundle* bundle, int folder_fd) {
  const struct stat* seen = &bundle->config;
  struct stat folder;
  struct stat config;
  return stat(bundle->path, &folder) == 0 &&
         fstatat(folder_fd, "config.json", &config, 0) == 0 &&
         SameFile(&bundle->folder, &folder) && SameFile(seen, &config) &&
         seen->st_size == config.st_size &&
         seen->st_ctim.tv_sec == config.st_ctim.tv_sec &&
         seen->st_ctim.tv_nsec == config.st_ctim.tv_nsec;
}

void Gate(const struct place* place, const struct call* call) {
  static const struct patience kPatience = {ASSAY_ASK_DAEMON_MS,
                                            ASSAY_ASK_DECIDER_MS};
  static struct bundle bundle;
  static struct question question;
  static struct reply reply;
  Prepare(place, call, &bundle, &question);
  const struct silence silence =
      Ask(place->root, &kPatience, &question, &reply);
  if (silence.decider) {
    Refuse(call, REASON_NO_ANSWER, SILENCE_FORMAT, silence.daemon,
           silence.decider);
  }
  if (reply.header.answer != ASSAY_ASK_ALLOW)
    RefuseLine(call, *reply.line ? reply.line : REASON_NONE);
  if (!IsUnchanged(&bundle, question.fds[1])) {
    Refuse(call, REASON_CHANGED,
           "%.256s/config.json changed while it was being decided about",
           bundle.path);
  }
}
