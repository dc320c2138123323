/* Which runtime the shim stands for, and how it becomes it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shim/root.h"
#include "shim/shim.h"

static const char kInstalledAs[] = "/usr/lib/assay/assay-shim";

static void FindName(const char* argv0, const struct call* call,
                     struct place* place) {
  const char* slash = argv0 ? strrchr(argv0, '/') : NULL;
  const char* name = slash ? slash + 1 : argv0;
  static const char kAllowed[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (!name || !*name || *name == '.' || name[strspn(name, kAllowed)])
    Refuse(call, REASON_USAGE, "the shim was called by no runtime's name");
  place->name = strcmp(name, "assay-shim") == 0 ? "runc" : name;
}

/* The runtime must be root's own program, and another one than this: a link
 * back to the shim would call itself for ever. */
static void CheckRuntime(const struct call* call, const char* runtime) {
  struct stat self;
  struct stat target;
  if (stat(runtime, &target) != 0 || stat("/proc/self/exe", &self) != 0) {
    Refuse(call, REASON_INSTALLATION,
           "%.256s: %s; it must be a link to the real runtime", runtime,
           strerror(errno));
  }
  if (self.st_dev == target.st_dev && self.st_ino == target.st_ino) {
    Refuse(call, REASON_INSTALLATION,
           "%.256s leads back to the shim; it must be a link to the real "
           "runtime",
           runtime);
  }
  if (!S_ISREG(target.st_mode) || target.st_uid != 0 ||
      (target.st_mode & (S_IWGRP | S_IWOTH))) {
    Refuse(call, REASON_UNSAFE,
           "%.256s is not a program that root alone may write", runtime);
  }
}

void FindPlace(const char* argv0, const struct call* call,
               struct place* place) {
  if (!FindRoot(kInstalledAs, place->root)) {
    Refuse(call, REASON_INSTALLATION,
           "the shim runs as %.256s but works only as %s and links to it",
           place->root, kInstalledAs);
  }
  FindName(argv0, call, place);
  const int length =
      snprintf(place->runtime, sizeof place->runtime,
               "%s/etc/assay/runtimes/%s", place->root, place->name);
  if (length >= (int)sizeof place->runtime)
    Refuse(call, REASON_USAGE, "the runtime's name is too long");
  CheckRuntime(call, place->runtime);
}

noreturn void StartRuntime(const struct place* place, const struct call* call,
                           char** argv) {
  /* argv[0] stays what the caller wrote: crun chooses its handler by it (krun,
   * crun-wasm), and ps shows the same with and without the shim. */
  execve(place->runtime, argv, environ);
  Refuse(call, REASON_INSTALLATION, "%.256s cannot be started: %s",
         place->runtime, strerror(errno));
}
