/* Asks the daemon, and without its answer the one-shot decider. */
#include "api/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shim/shim.h"

/* A question, ready to be sent. */
struct question {
  struct assay_ask_request header;
  const char* fields[ASSAY_ASK_FIELDS];
  int fds[ASSAY_ASK_FDS];     /* config.json, bundle */
  struct stat config, bundle; /* as they were before asking */
};

struct reply {
  struct assay_ask_reply header;
  char line[ASSAY_ASK_LINE_BYTES + 1];
};

/* Null when there is a reply, else what went wrong. */
typedef const char* Trouble;

static int64_t NowMillis(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

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

static void OpenBundle(const struct call* call, struct question* question) {
  const char* path = BundlePath(call);
  const int bundle = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (bundle < 0 || fstat(bundle, &question->bundle) != 0)
    Refuse(call, REASON_UNREADABLE, "bundle %.256s: %s", path, strerror(errno));
  /* O_NONBLOCK: a fifo in its place must not hold the caller. */
  const int config =
      openat(bundle, "config.json", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (config < 0 || fstat(config, &question->config) != 0) {
    Refuse(call, REASON_UNREADABLE, "%.256s/config.json: %s", path,
           strerror(errno));
  }
  if (!S_ISREG(question->config.st_mode))
    Refuse(call, REASON_UNREADABLE, "%.256s/config.json is not a file", path);
  question->fields[ASSAY_ASK_BUNDLE] = path;
  question->fds[0] = config;
  question->fds[1] = bundle;
}

static const char* OrEmpty(const char* text) { return text ? text : ""; }

static void Prepare(const struct place* place, const struct call* call,
                    struct question* question) {
  OpenBundle(call, question);
  const char** fields = question->fields;
  fields[ASSAY_ASK_ID] = call->id;
  fields[ASSAY_ASK_ROOT] = OrEmpty(call->root);
  fields[ASSAY_ASK_NAMESPACE] = OrEmpty(getenv("NAMESPACE"));
  fields[ASSAY_ASK_ADDRESS] = OrEmpty(getenv("GRPC_ADDRESS"));
  fields[ASSAY_ASK_RUNTIME] = place->name;
  struct assay_ask_request* header = &question->header;
  *header = (struct assay_ask_request){.magic = ASSAY_ASK_REQUEST_MAGIC,
                                       .version = ASSAY_ASK_VERSION,
                                       .kind = (uint16_t)call->kind,
                                       .length = sizeof *header};
  for (int i = 0; i < ASSAY_ASK_FIELDS; ++i) {
    const size_t length = strlen(fields[i]);
    if (length > ASSAY_ASK_FIELD_BYTES)
      Refuse(call, REASON_USAGE, "an argument is longer than a path");
    header->field_length[i] = (uint16_t)length;
    header->length += (uint32_t)length;
  }
  if (getrandom(header->nonce, sizeof header->nonce, 0) !=
      (ssize_t)sizeof header->nonce)
    Refuse(call, REASON_NO_ANSWER, "no random numbers: %s", strerror(errno));
}

static Trouble Send(int fd, struct question* question) {
  struct iovec parts[1 + ASSAY_ASK_FIELDS];
  parts[0] = (struct iovec){&question->header, sizeof question->header};
  for (int i = 0; i < ASSAY_ASK_FIELDS; ++i) {
    parts[i + 1] = (struct iovec){(void*)question->fields[i],
                                  question->header.field_length[i]};
  }
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof question->fds)];
  } control = {0};
  struct msghdr message = {.msg_iov = parts,
                           .msg_iovlen = 1 + ASSAY_ASK_FIELDS,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof question->fds);
  memcpy(CMSG_DATA(&control.header), question->fds, sizeof question->fds);
  return sendmsg(fd, &message, MSG_NOSIGNAL) == question->header.length
             ? NULL
             : "does not take the question";
}

static bool IsReply(const struct reply* reply, ssize_t size,
                    const struct assay_ask_request* request) {
  const struct assay_ask_reply* header = &reply->header;
  if (size < (ssize_t)sizeof *header || header->length != (size_t)size ||
      header->magic != ASSAY_ASK_REPLY_MAGIC ||
      header->version != ASSAY_ASK_VERSION ||
      header->line_length != (size_t)size - sizeof *header ||
      header->line_length > ASSAY_ASK_LINE_BYTES ||
      memcmp(header->nonce, request->nonce, sizeof header->nonce) != 0)
    return false;
  return header->answer == ASSAY_ASK_ALLOW ? header->line_length == 0
                                           : header->answer == ASSAY_ASK_DENY;
}

/* Sends the question and waits for the answer so long. */
static Trouble Converse(int fd, struct question* question, uint32_t millis,
                        struct reply* reply) {
  const int64_t deadline = NowMillis() + millis;
  question->header.deadline_ms = millis;
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
      peer.uid != 0)
    return "is not root's";
  const Trouble trouble = Send(fd, question);
  if (trouble) return trouble;
  struct pollfd answer = {.fd = fd, .events = POLLIN};
  int ready = 0;
  do {
    const int64_t left = deadline - NowMillis();
    ready = left > 0 ? poll(&answer, 1, (int)left) : 0;
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) return "does not answer in time";
  const ssize_t got =
      recv(fd, reply, sizeof *reply - 1, MSG_DONTWAIT | MSG_TRUNC);
  if (got <= 0) return "gives no answer";
  if (!IsReply(reply, got, &question->header)) return "answers nonsense";
  reply->line[reply->header.line_length] = '\0';
  return NULL;
}

static Trouble AskDaemon(const struct place* place, struct question* question,
                         struct reply* reply) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const int length = snprintf(address.sun_path, sizeof address.sun_path,
                              "%s" ASSAY_ASK_SOCKET, place->root);
  if (length >= (int)sizeof address.sun_path)
    return "has a socket path that is too long";
  const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  /* Bounds connect and send, should the daemon's queue be full. */
  const struct timeval limit = {.tv_sec = ASSAY_ASK_DAEMON_MS / 1000};
  Trouble trouble = "cannot be reached";
  if (fd >= 0 &&
      setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
      connect(fd, (struct sockaddr*)&address, sizeof address) == 0)
    trouble = Converse(fd, question, ASSAY_ASK_DAEMON_MS, reply);
  close(fd); /* so that the daemon sees that nobody waits any more */
  return trouble;
}

/* The child's side: becomes the decider. Nothing of the caller's reaches it:
 * not its standard files, which are the container's, nor other descriptors,
 * nor its environment. */
static noreturn void BecomeDecider(const struct place* place, int fd) {
  char path[PATH_MAX + sizeof ASSAY_ASK_DECIDER];
  (void)snprintf(path, sizeof path, "%s" ASSAY_ASK_DECIDER, place->root);
  const int null = fcntl(open("/dev/null", O_RDWR), F_DUPFD, 16);
  const int far = fcntl(fd, F_DUPFD, 16); /* clear of what is put in place */
  if (null < 0 || far < 0 || dup2(far, ASSAY_ASK_DECIDER_FD) < 0 ||
      prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
    _exit(127);
  for (int i = 0; i < ASSAY_ASK_DECIDER_FD; ++i)
    if (dup2(null, i) < 0) _exit(127);
  syscall(SYS_close_range, ASSAY_ASK_DECIDER_FD + 1, ~0u, 0);
  char* words[] = {"assay-decide", *place->root ? "--root" : NULL,
                   (char*)place->root, NULL};
  char* environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
  execve(path, words, environment);
  _exit(127);
}

static Trouble AskDecider(const struct place* place, struct question* question,
                          struct reply* reply) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return "cannot be started";
  const pid_t child = fork();
  if (child < 0) return "cannot be started";
  if (child == 0) BecomeDecider(place, ends[1]);
  close(ends[1]); /* so that the decider's end is seen when it dies */
  const Trouble trouble =
      Converse(ends[0], question, ASSAY_ASK_DECIDER_MS, reply);
  kill(child, SIGKILL);
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
  return trouble;
}

static bool SameFile(const struct stat* a, const struct stat* b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* What was asked about must be what the runtime will find; see api/ask.h. */
static bool IsUnchanged(const struct question* question) {
  const struct stat* seen = &question->config;
  struct stat bundle;
  struct stat config;
  return stat(question->fields[ASSAY_ASK_BUNDLE], &bundle) == 0 &&
         fstatat(question->fds[1], "config.json", &config, 0) == 0 &&
         SameFile(&question->bundle, &bundle) && SameFile(seen, &config) &&
         seen->st_size == config.st_size &&
         seen->st_ctim.tv_sec == config.st_ctim.tv_sec &&
         seen->st_ctim.tv_nsec == config.st_ctim.tv_nsec;
}

void Ask(const struct place* place, const struct call* call) {
  static struct question question;
  static struct reply reply;
  Prepare(place, call, &question);
  const Trouble daemon = AskDaemon(place, &question, &reply);
  const Trouble decider = daemon ? AskDecider(place, &question, &reply) : NULL;
  if (decider) {
    Refuse(call, REASON_NO_ANSWER,
           "the daemon %s and the one-shot decider %s; try: systemctl status "
           "assayd",
           daemon, decider);
  }
  if (reply.header.answer != ASSAY_ASK_ALLOW)
    RefuseLine(call, *reply.line ? reply.line : REASON_NONE);
  if (!IsUnchanged(&question)) {
    Refuse(call, REASON_CHANGED,
           "%.256s/config.json changed while it was being decided about",
           question.fields[ASSAY_ASK_BUNDLE]);
  }
}
