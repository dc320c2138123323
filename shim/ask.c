/* Asks the daemon, and without its answer the one-shot decider. */
#include "api/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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
  int fds[ASSAY_ASK_FDS]; /* config.json, bundle */
  char bundle[PATH_MAX];
  struct stat config_seen; /* at the time of asking */
  struct stat bundle_seen;
};

struct reply {
  struct assay_ask_reply header;
  char line[ASSAY_ASK_LINE_BYTES + 1];
};

/* Null when `reply` holds the answer, else what went wrong. */
typedef const char* Trouble;

static int64_t NowMillis(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void OpenBundle(const struct call* call, struct question* question) {
  const char* given = call->bundle ? call->bundle : "";
  if (*given == '/') {
    Join(question->bundle, sizeof question->bundle, given, NULL);
  } else {
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here))
      Refuse(call, REASON_UNREADABLE, "the current folder: ", strerror(errno),
             NULL);
    Join(question->bundle, sizeof question->bundle, here, *given ? "/" : "",
         given, NULL);
  }
  const int bundle = open(question->bundle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (bundle < 0 || fstat(bundle, &question->bundle_seen) != 0)
    Refuse(call, REASON_UNREADABLE, "bundle ", question->bundle, ": ",
           strerror(errno), NULL);
  /* O_NONBLOCK: a fifo in its place must not hold the caller. */
  const int config =
      openat(bundle, "config.json", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (config < 0 || fstat(config, &question->config_seen) != 0)
    Refuse(call, REASON_UNREADABLE, question->bundle,
           "/config.json: ", strerror(errno), NULL);
  if (!S_ISREG(question->config_seen.st_mode))
    Refuse(call, REASON_UNREADABLE, question->bundle,
           "/config.json is not a file", NULL);
  question->fds[0] = config;
  question->fds[1] = bundle;
}

static const char* Environment(const char* name) {
  const char* value = getenv(name);
  return value ? value : "";
}

static void Prepare(const struct place* place, const struct call* call,
                    struct question* question) {
  OpenBundle(call, question);
  struct assay_ask_request* header = &question->header;
  const char** fields = question->fields;
  fields[ASSAY_ASK_ID] = call->id;
  fields[ASSAY_ASK_BUNDLE] = question->bundle;
  fields[ASSAY_ASK_ROOT] = call->root ? call->root : "";
  fields[ASSAY_ASK_NAMESPACE] = Environment("NAMESPACE");
  fields[ASSAY_ASK_ADDRESS] = Environment("GRPC_ADDRESS");
  fields[ASSAY_ASK_RUNTIME] = place->name;
  header->magic = ASSAY_ASK_REQUEST_MAGIC;
  header->version = ASSAY_ASK_VERSION;
  header->kind = (uint16_t)call->kind;
  header->length = sizeof *header;
  for (int i = 0; i < ASSAY_ASK_FIELDS; ++i) {
    const size_t length = strlen(fields[i]);
    if (length > ASSAY_ASK_FIELD_BYTES)
      Refuse(call, REASON_USAGE, "an argument is longer than a path", NULL);
    header->field_length[i] = (uint16_t)length;
    header->length += (uint32_t)length;
  }
  if (getrandom(header->nonce, sizeof header->nonce, 0) !=
      (ssize_t)sizeof header->nonce)
    Refuse(call, REASON_NO_ANSWER, "no random numbers: ", strerror(errno),
           NULL);
}

static Trouble Send(int fd, struct question* question) {
  struct iovec parts[1 + ASSAY_ASK_FIELDS];
  parts[0] = (struct iovec){&question->header, sizeof question->header};
  for (int i = 0; i < ASSAY_ASK_FIELDS; ++i)
    parts[i + 1] = (struct iovec){(void*)question->fields[i],
                                  question->header.field_length[i]};
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

/* Sends the question and waits for the answer until `deadline`. */
static Trouble Converse(int fd, struct question* question, int64_t deadline,
                        struct reply* reply) {
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
  const int64_t deadline = NowMillis() + ASSAY_ASK_DAEMON_MS;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(place->root) + sizeof ASSAY_ASK_SOCKET > sizeof address.sun_path)
    return "has a socket path that is too long";
  Join(address.sun_path, sizeof address.sun_path, place->root, ASSAY_ASK_SOCKET,
       NULL);
  const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0) return "cannot be reached";
  /* Bounds connect and send, should the daemon's queue be full. */
  const struct timeval limit = {.tv_sec = ASSAY_ASK_DAEMON_MS / 1000};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  question->header.deadline_ms = ASSAY_ASK_DAEMON_MS;
  const Trouble trouble =
      connect(fd, (struct sockaddr*)&address, sizeof address) != 0
          ? "cannot be reached"
          : Converse(fd, question, deadline, reply);
  close(fd);
  return trouble;
}

/* The child's side: becomes the decider. Nothing of the caller's reaches it:
 * not its standard files, which are the container's, nor other descriptors,
 * nor its environment. */
static noreturn void BecomeDecider(const struct place* place, int fd) {
  char path[PATH_MAX];
  Join(path, sizeof path, place->root, ASSAY_ASK_DECIDER, NULL);
  const int null = fcntl(open("/dev/null", O_RDWR), F_DUPFD, 16);
  if (null < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) _exit(127);
  if (fd == ASSAY_ASK_DECIDER_FD ? fcntl(fd, F_SETFD, 0) != 0
                                 : dup2(fd, ASSAY_ASK_DECIDER_FD) < 0)
    _exit(127);
  for (int i = 0; i < ASSAY_ASK_DECIDER_FD; ++i)
    if (dup2(null, i) < 0) _exit(127);
  syscall(SYS_close_range, ASSAY_ASK_DECIDER_FD + 1, ~0u, 0);
  char* words[] = {"assay-decide", "--root", (char*)place->root, NULL};
  if (!*place->root) words[1] = NULL;
  char* environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
  execve(path, words, environment);
  _exit(127);
}

static Trouble AskDecider(const struct place* place, struct question* question,
                          struct reply* reply) {
  const int64_t deadline = NowMillis() + ASSAY_ASK_DECIDER_MS;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return "cannot be started";
  const pid_t child = fork();
  if (child < 0) return "cannot be started";
  if (child == 0) BecomeDecider(place, ends[1]);
  close(ends[1]);
  question->header.deadline_ms = ASSAY_ASK_DECIDER_MS;
  const Trouble trouble = Converse(ends[0], question, deadline, reply);
  close(ends[0]);
  kill(child, SIGKILL);
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
  return trouble;
}

static bool IsStill(const struct stat* seen, const struct stat* now) {
  return seen->st_dev == now->st_dev && seen->st_ino == now->st_ino;
}

/* What was asked about must be what the runtime will find; see api/ask.h. */
static void CheckUnchanged(const struct call* call,
                           const struct question* question) {
  const struct stat* seen = &question->config_seen;
  struct stat bundle;
  struct stat config;
  if (stat(question->bundle, &bundle) != 0 ||
      fstatat(question->fds[1], "config.json", &config, 0) != 0 ||
      !IsStill(&question->bundle_seen, &bundle) || !IsStill(seen, &config) ||
      seen->st_size != config.st_size ||
      memcmp(&seen->st_mtim, &config.st_mtim, sizeof config.st_mtim) != 0 ||
      memcmp(&seen->st_ctim, &config.st_ctim, sizeof config.st_ctim) != 0)
    Refuse(call, REASON_CHANGED, question->bundle,
           "/config.json changed while it was being decided about", NULL);
}

void Ask(const struct place* place, const struct call* call) {
  static struct question question;
  static struct reply reply;
  Prepare(place, call, &question);
  const Trouble daemon = AskDaemon(place, &question, &reply);
  if (daemon) {
    const Trouble decider = AskDecider(place, &question, &reply);
    if (decider)
      Refuse(call, REASON_NO_ANSWER, "the daemon ", daemon,
             " and the one-shot decider ", decider,
             "; try: systemctl status assayd", NULL);
  }
  if (reply.header.answer != ASSAY_ASK_ALLOW)
    RefuseLine(call, *reply.line ? reply.line : REASON_NONE);
  CheckUnchanged(call, &question);
}
