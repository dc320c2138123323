#include "shim/root.h"

#include <string.h>
#include <unistd.h>

static bool CutSuffix(char* text, const char* suffix) {
  const size_t length = strlen(text);
  const size_t end = strlen(suffix);
  if (length < end || strcmp(text + length - end, suffix) != 0) return false;
  text[length - end] = '\0';
  return true;
}

bool FindRoot(const char* installed_as, char root[PATH_MAX]) {
  const ssize_t length = readlink("/proc/self/exe", root, PATH_MAX - 1);
  root[length < 0 ? 0 : length] = '\0';
  /* While a package is being replaced the kernel calls the old file deleted. */
  CutSuffix(root, " (deleted)");
  return CutSuffix(root, installed_as);
}
