/* The conversation itself: with the daemon over its socket, with the decider
 * over a socket pair. */
#include "shim/converse.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t NowMillis(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

Trouble Seal(struct question* question, uint16_t kind) {
  struct assay_ask_request* header = &question->header;
  *header = (struct assay_ask_request){.magic = ASSAY_ASK_REQUEST_MAGIC,
                                       .version = ASSAY_ASK_VERSION,
                                       .kind = kind,
                                       .length = sizeof *header};
  for (int i = 0; i < ASSAY_ASK_FIELDS; ++i) {
    const size_t length = strlen(question->fields[i]);
    if (length > ASSAY_ASK_FIELD_BYTES)
      return "an argument is longer than a path";
    header->field_length[i] = (uint16_t)length;
    header->length += (uint32_t)length;
  }
  return NULL;
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
                           .msg_iovlen = 1 + ASSAY_ASK_FIELDS};
  if (question->with_fds) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof question->fds);
    memcpy(CMSG_DATA(&control.header), question->fds, sizeof question->fds);
  }
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

/* Sends the question and waits for the answer until then. */
static Trouble Converse(int fd, struct question* question, int64_t deadline,
                        struct reply* reply) {
  const int64_t patience = deadline - NowMillis();
  if (patience <= 0) return "does not answer in time";
  question->header.deadline_ms = (uint32_t)patience;
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

static Trouble AskDaemon(const char* root, struct question* question,
                         uint32_t millis, struct reply* reply) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const int length = snprintf(address.sun_path, sizeof address.sun_path,
                              "%s" ASSAY_ASK_SOCKET, root);
  if (length >= (int)sizeof address.sun_path)
    return "has a socket path that is too long";
  const int64_t deadline = NowMillis() + millis;
  const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  /* Bounds connect and send, should the daemon's queue be full. */
  const struct timeval limit = {.tv_sec = millis / 1000};
  Trouble trouble = "cannot be reached";
  if (fd >= 0 &&
      setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
      connect(fd, (struct sockaddr*)&address, sizeof address) == 0)
    trouble = Converse(fd, question, deadline, reply);
  close(fd); /* so that the daemon sees that nobody waits any more */
  return trouble;
}

/* The child's side: becomes the decider. Nothing of the caller's reaches it:
 * not its standard files, which are the container's, nor other descriptors,
 * nor its environment. */
static noreturn void BecomeDecider(const char* root, int fd) {
  char path[PATH_MAX + sizeof ASSAY_ASK_DECIDER];
  (void)snprintf(path, sizeof path, "%s" ASSAY_ASK_DECIDER, root);
  const int null = fcntl(open("/dev/null", O_RDWR), F_DUPFD, 16);
  const int far = fcntl(fd, F_DUPFD, 16); /* clear of what is put in place */
  if (null < 0 || far < 0 || dup2(far, ASSAY_ASK_DECIDER_FD) < 0 ||
      prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
    _exit(127);
  for (int i = 0; i < ASSAY_ASK_DECIDER_FD; ++i)
    if (dup2(null, i) < 0) _exit(127);
  syscall(SYS_close_range, ASSAY_ASK_DECIDER_FD + 1, ~0u, 0);
  char* words[] = {"assay-decide", *root ? "--root" : NULL, (char*)root, NULL};
  char* environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
  execve(path, words, environment);
  _exit(127);
}

static Trouble AskDecider(const char* root, struct question* question,
                          uint32_t millis, struct reply* reply) {
  const int64_t deadline = NowMillis() + millis;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return "cannot be started";
  const pid_t child = fork();
  if (child < 0) return "cannot be started";
  if (child == 0) BecomeDecider(root, ends[1]);
  close(ends[1]); /* so that the decider's end is seen when it dies */
  const Trouble trouble = Converse(ends[0], question, deadline, reply);
  kill(child, SIGKILL);
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
  return trouble;
}

struct silence Ask(const char* root, const struct patience* patience,
                   struct question* question, struct reply* reply) {
  uint8_t* nonce = question->header.nonce;
  if (getrandom(nonce, ASSAY_ASK_NONCE_BYTES, 0) != ASSAY_ASK_NONCE_BYTES) {
    static const char kTrouble[] = "cannot be asked without random numbers";
    return (struct silence){kTrouble, kTrouble};
  }
  struct silence silence = {0};
  silence.daemon = AskDaemon(root, question, patience->daemon_ms, reply);
  if (silence.daemon) {
    silence.decider = AskDecider(root, question, patience->decider_ms, reply);
  }
  return silence;
}
