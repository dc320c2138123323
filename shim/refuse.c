/* A refusal goes where the caller looks: containerd reads the last error
 * record of --log, conmon reads standard error. One line, then exit 1. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api/ask.h"
#include "shim/shim.h"

/* Quotes and backslashes are escaped, for JSON and text alike: neither log
 * format needs more where control characters are gone. */
static void Escape(char* out, const char* line) {
  for (; *line; *out++ = *line++)
    if (*line == '"' || *line == '\\') *out++ = '\\';
  *out = '\0';
}

static void WriteRecord(const struct call* call, const char* line) {
  char now[32];
  char escaped[2 * ASSAY_ASK_LINE_BYTES + 1];
  const time_t seconds = time(NULL);
  struct tm utc = {0};
  (void)strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ",
                 gmtime_r(&seconds, &utc));
  Escape(escaped, line);
  /* crun's own spelling of a file. A fifo nobody reads must not block. */
  const char* path = call->log;
  if (strncmp(path, "file:", 5) == 0) path += 5;
  const int fd = open(
      path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
      0644);
  if (fd < 0) return;
  if (call->log_json) {
    dprintf(fd, "{\"level\":\"error\",\"msg\":\"%s\",\"time\":\"%s\"}\n",
            escaped, now);
  } else {
    dprintf(fd, "time=\"%s\" level=error msg=\"%s\"\n", now, escaped);
  }
  close(fd); /* it may have become standard error, when that was closed */
}

noreturn void RefuseLine(const struct call* call, const char* line) {
  char clean[ASSAY_ASK_LINE_BYTES + 1];
  (void)snprintf(clean, sizeof clean, "%s", line);
  for (char* c = clean; *c; ++c)
    if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = ' ';
  if (call->log) WriteRecord(call, clean);
  dprintf(STDERR_FILENO, "%s\n", clean);
  _exit(1);
}

noreturn void Refuse(const struct call* call, const char* id,
                     const char* format, ...) {
  char line[ASSAY_ASK_LINE_BYTES + 1];
  const int at = snprintf(line, sizeof line, "%s: ", id);
  va_list values;
  va_start(values, format);
  (void)vsnprintf(line + at, sizeof line - (size_t)at, format, values);
  va_end(values);
  RefuseLine(call, line);
}
