/* A runtime that tells everything about how it was started. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char** argv) {
  int death = 0;
  prctl(PR_GET_PDEATHSIG, &death);
  printf("pid %d ppid %d death %d\n", (int)getpid(), (int)getppid(), death);
  for (int i = 0; i < argc; ++i) printf("argv %s\n", argv[i]);
  for (char** each = environ; *each; ++each) printf("env %s\n", *each);
  char where[4096];
  printf("cwd %s umask %o\n", getcwd(where, sizeof where), (unsigned)umask(0));
  sigset_t mask;
  sigprocmask(SIG_SETMASK, NULL, &mask);
  for (int i = 1; i < 32; ++i) {
    struct sigaction action;
    if (sigaction(i, NULL, &action) == 0)
      printf("%d%d", sigismember(&mask, i), action.sa_handler == SIG_IGN);
  }
  printf("\n");
  for (int fd = 0; fd < 256; ++fd) {
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(name, where, sizeof where - 1);
    if (length > 0) printf("fd %d %.*s\n", fd, (int)length, where);
  }
  fflush(stdout);
  fprintf(stderr, "probe's error stream\n");
  return 42;
}
