#include <stdarg.h>

#include "shim/shim.h"

void Join(char* out, size_t size, ...) {
  size_t at = 0;
  va_list texts;
  va_start(texts, size);
  for (const char* text; (text = va_arg(texts, const char*));)
    while (*text && at + 1 < size) out[at++] = *text++;
  va_end(texts);
  out[at] = '\0';
}
