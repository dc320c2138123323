/* What a runtime's command line asks for. C and, for its tests, C++. */
#ifndef ASSAY_SHIM_ARGV_H_
#define ASSAY_SHIM_ARGV_H_

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Strings belong to argv. */
struct call {
  int kind;            /* ASSAY_ASK_CREATE ..., 0: not a verb to ask about */
  const char* id;      /* null only when kind is 0 or problem is set */
  const char* bundle;  /* null: the current folder */
  const char* root;    /* null: the runtime's default */
  const char* log;     /* null: standard error */
  bool log_json;       /* --log-format json */
  const char* problem; /* why this call cannot be let through, or null */
};

struct call ReadCall(int argc, char** argv);

#ifdef __cplusplus
}
#endif

#endif /* ASSAY_SHIM_ARGV_H_ */
