/* A refusal goes where the caller looks: containerd reads the last error
 * record of --log, conmon reads standard error. One line, then exit 1. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api/ask.h"
#include "shim/shim.h"

enum { kRecordBytes = 2 * ASSAY_ASK_LINE_BYTES + 128 };

static char* Digits(char* out, int value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10)
    out[i] = (char)('0' + value % 10);
  return out + count;
}

/* Now, as RFC 3339: "2026-11-22T20:00:00Z". */
static void Now(char* out) {
  const time_t now = time(NULL);
  struct tm utc = {0};
  gmtime_r(&now, &utc);
  const int values[] = {utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                        utc.tm_hour,        utc.tm_min,     utc.tm_sec};
  out = Digits(out, values[0], 4);
  for (int i = 1; i < 6; ++i) {
    *out++ = "?--T::"[i];
    out = Digits(out, values[i], 2);
  }
  *out++ = 'Z';
  *out = '\0';
}

/* The line with quotes and backslashes escaped, for JSON and text alike:
 * neither log format needs more where control characters are gone. */
static void Escape(char* out, const char* line) {
  for (; *line; ++line) {
    if (*line == '"' || *line == '\\') *out++ = '\\';
    *out++ = *line;
  }
  *out = '\0';
}

static void WriteAll(int fd, const char* text) {
  size_t left = strlen(text);
  while (left > 0) {
    const ssize_t written = write(fd, text, left);
    if (written <= 0) return; /* the exit status still refuses */
    text += written;
    left -= (size_t)written;
  }
}

static void WriteRecord(const struct call* call, const char* line) {
  char now[32];
  char escaped[2 * ASSAY_ASK_LINE_BYTES + 1];
  char record[kRecordBytes];
  Now(now);
  Escape(escaped, line);
  if (call->log_json)
    Join(record, sizeof record, "{\"level\":\"error\",\"msg\":\"", escaped,
         "\",\"time\":\"", now, "\"}\n", NULL);
  else
    Join(record, sizeof record, "time=\"", now, "\" level=error msg=\"",
         escaped, "\"\n", NULL);
  /* crun's own spelling of a file. A fifo nobody reads must not block. */
  const char* path = call->log;
  if (strncmp(path, "file:", 5) == 0) path += 5;
  const int fd = open(
      path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
      0644);
  if (fd < 0) return;
  WriteAll(fd, record);
  close(fd); /* it may have become standard error, when that was closed */
}

noreturn void RefuseLine(const struct call* call, const char* line) {
  char clean[ASSAY_ASK_LINE_BYTES + 1];
  char shown[ASSAY_ASK_LINE_BYTES + 2];
  Join(clean, sizeof clean, line, NULL);
  for (char* c = clean; *c; ++c)
    if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = ' ';
  if (call->log) WriteRecord(call, clean);
  Join(shown, sizeof shown, clean, "\n", NULL);
  WriteAll(STDERR_FILENO, shown);
  _exit(1);
}

noreturn void Refuse(const struct call* call, const char* id, ...) {
  char line[ASSAY_ASK_LINE_BYTES + 1];
  size_t at = 0;
  Join(line, sizeof line, id, ": ", NULL);
  va_list texts;
  va_start(texts, id);
  for (const char* text; (text = va_arg(texts, const char*));) {
    at = strlen(line);
    Join(line + at, sizeof line - at, text, NULL);
  }
  va_end(texts);
  RefuseLine(call, line);
}
