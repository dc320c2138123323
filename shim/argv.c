/* Finds the verb and what it is about in a runtime's command line.
 *
 * The same words mean different things to different runtimes: runc reads Go
 * flags (one dash or two, options after the id are moved to the front), crun
 * reads GNU options (clusters, abbreviations, --config), and a later version
 * knows options that this file does not. So a command line is read in every
 * way some runtime may read it. An option not in the tables is read both with
 * and without a value, and when any reading holds a verb to ask about, all
 * readings that a runtime could run must agree on what it is about. What
 * remains open is refused, never guessed: a gated verb cannot slip past behind
 * an option, and no other bundle can be started than was asked about.
 */
#include "shim/argv.h"

#include <string.h>

#include "api/ask.h"

enum { kUnknownMost = 8 }; /* 2^8 readings at most */

/* Options that take no value, or always one, in every runtime we know.
 * Everything else is unknown. */
static const char* const kGlobalPlain[] = {"debug", "systemd-cgroup", NULL};
static const char* const kGlobalValued[] = {"root", "log", "log-format", NULL};
static const char* const kVerbPlain[] = {"no-pivot",
                                         "no-new-keyring",
                                         "no-subreaper",
                                         "detach",
                                         "d",
                                         "keep",
                                         "ext-unix-sk",
                                         "shell-job",
                                         "tcp-established",
                                         "file-locks",
                                         "auto-dedup",
                                         "lazy-pages",
                                         NULL};
static const char* const kVerbValued[] = {
    "bundle",      "b",         "pid-file",          "console-socket",
    "image-path",  "work-path", "preserve-fds",      "manage-cgroups-mode",
    "lsm-profile", "empty-ns",  "lsm-mount-context", NULL};

struct option {
  const char* name; /* behind the dashes; ends at '=' or the word's end */
  size_t length;
  const char* value; /* behind '=', or null */
  bool cluster;      /* one dash and several letters: GNU's short options */
};

/* One way to read the command line. */
struct reading {
  struct call call;
  unsigned choices; /* bit k: the k-th unknown option takes the next word */
  unsigned unknown; /* how many unknown options there were */
  bool gated;       /* the verb is one to ask about */
  bool fits;        /* some runtime could run this */
  bool doubtful;    /* even a line that does not fit so must be refused */
};

static bool IsOption(const char* word) { return word[0] == '-' && word[1]; }

static struct option Split(const char* word) {
  const bool two = word[1] == '-';
  struct option option = {.name = word + (two ? 2 : 1)};
  option.length = strcspn(option.name, "=");
  if (option.name[option.length])
    option.value = option.name + option.length + 1;
  option.cluster = !two && option.name[0] && option.name[1];
  return option;
}

static bool Is(const struct option* option, const char* name) {
  return strlen(name) == option->length &&
         memcmp(name, option->name, option->length) == 0;
}

static bool In(const struct option* option, const char* const* names) {
  for (; *names; ++names)
    if (Is(option, *names)) return true;
  return false;
}

static bool IsPrefixOf(const struct option* option, const char* name) {
  return option->length < strlen(name) &&
         memcmp(name, option->name, option->length) == 0;
}

/* What would make a runtime start something else than is asked about: crun's
 * --config FILE, GNU abbreviations of it and of --bundle, and clusters of
 * short options that hold -b or -f. */
static bool MovesTheBundle(const struct option* option) {
  if (Is(option, "b")) return option->cluster; /* -b=DIR: GNU keeps the '=' */
  if (Is(option, "f") || Is(option, "config") || IsPrefixOf(option, "config") ||
      IsPrefixOf(option, "bundle"))
    return true;
  if (!option->cluster) return false;
  const char letter = option->name[strspn(option->name, "dhvV?")];
  return letter == 'b' || letter == 'f';
}

/* Whether the option takes the next word as its value, in this reading. */
static bool TakesNext(struct reading* reading, const struct option* option,
                      const char* const* plain, const char* const* valued) {
  if (option->value) return false;
  if (In(option, plain)) return false;
  if (!option->cluster && In(option, valued)) return true;
  const unsigned bit = reading->unknown++;
  return bit < kUnknownMost && (reading->choices >> bit & 1);
}

static int KindOf(const char* verb) {
  if (strcmp(verb, "create") == 0) return ASSAY_ASK_CREATE;
  if (strcmp(verb, "run") == 0) return ASSAY_ASK_RUN;
  if (strcmp(verb, "restore") == 0) return ASSAY_ASK_RESTORE;
  return 0;
}

/* Reads up to the verb; returns its place, or argc when there is none. */
static int ReadGlobal(int argc, char** argv, struct reading* reading) {
  struct call* call = &reading->call;
  for (int i = 1; i < argc; ++i) {
    if (!IsOption(argv[i])) return i;
    if (strcmp(argv[i], "--") == 0) return i + 1;
    const struct option option = Split(argv[i]);
    const char* value = option.value;
    if (TakesNext(reading, &option, kGlobalPlain, kGlobalValued)) {
      if (++i == argc) return argc;
      value = argv[i];
    }
    if (!value) continue;
    if (Is(&option, "root")) call->root = value;
    if (Is(&option, "log")) call->log = value;
    if (Is(&option, "log-format")) call->log_json = strcmp(value, "json") == 0;
  }
  return argc;
}

/* An option behind the verb, at argv[i]; returns the place of its last word. */
static int ReadOption(int argc, char** argv, int i, struct reading* reading) {
  struct call* call = &reading->call;
  const struct option option = Split(argv[i]);
  if (MovesTheBundle(&option)) {
    call->problem =
        "an option may name another bundle or configuration; "
        "write --bundle DIR";
  }
  const char* value = option.value;
  if (TakesNext(reading, &option, kVerbPlain, kVerbValued)) {
    ++i;
    /* runc moves options, and a value may end up behind another one. */
    if (In(&option, kVerbValued) && (i == argc || IsOption(argv[i])))
      reading->doubtful = true;
    if (i == argc) return argc;
    value = argv[i];
  }
  if (!Is(&option, "bundle") && !Is(&option, "b")) return i;
  if (call->bundle || !value || !*value)
    call->problem = "the bundle must be given once";
  call->bundle = value;
  return i;
}

/* Reads what is behind a gated verb. A runtime runs a line with one plain word,
 * the id. runc also finds it before options; crun takes the first plain word,
 * and its restore ignores one more word, so these are not let through. */
static void ReadVerb(int argc, char** argv, int verb, struct reading* reading) {
  struct call* call = &reading->call;
  bool options_end = false;
  bool id_is_last = true;
  int words = 0;
  for (int i = verb + 1; i < argc; ++i) {
    const bool dashes = !options_end && strcmp(argv[i], "--") == 0;
    const bool option = !options_end && !dashes && IsOption(argv[i]);
    if (words) id_is_last = false;
    if (dashes) options_end = true;
    if (option) i = ReadOption(argc, argv, i, reading);
    if (i == argc) return;
    if (dashes || option) continue;
    call->id = argv[i];
    ++words;
  }
  const bool restores_first = words == 2 && call->kind == ASSAY_ASK_RESTORE;
  if (!id_is_last && (words == 1 || restores_first))
    call->problem = "the container id must be the last and only word";
  reading->fits = (words == 1 || restores_first) && *call->id;
}

static struct reading ReadOnce(int argc, char** argv, unsigned choices) {
  struct reading reading = {.choices = choices};
  const int verb = ReadGlobal(argc, argv, &reading);
  if (verb >= argc) return reading;
  reading.call.kind = KindOf(argv[verb]);
  if (!reading.call.kind) return reading;
  /* `create --help` alone shows help everywhere. */
  if (verb + 2 == argc && (strcmp(argv[verb + 1], "--help") == 0 ||
                           strcmp(argv[verb + 1], "-h") == 0))
    return reading;
  reading.gated = true;
  ReadVerb(argc, argv, verb, &reading);
  return reading;
}

/* All strings are argv's own, so equal ones are the same. */
static bool Agree(const struct call* a, const struct call* b) {
  return a->kind == b->kind && a->id == b->id && a->bundle == b->bundle &&
         a->root == b->root;
}

/* Adds a reading that holds a gated verb to what the others said. What no
 * runtime runs counts only as long as there is nothing else. */
static void Merge(struct reading* all, const struct reading* reading) {
  const bool doubtful = all->doubtful || reading->doubtful;
  if (!all->gated || (reading->fits && !all->fits)) {
    *all = *reading;
  } else if (reading->fits && !all->call.problem) {
    all->call.problem = reading->call.problem;
    if (!Agree(&all->call, &reading->call))
      all->call.problem = "the options can be read in more than one way";
  }
  all->doubtful = doubtful;
}

struct call ReadCall(int argc, char** argv) {
  struct reading all = ReadOnce(argc, argv, 0);
  unsigned unknown = all.unknown;
  for (unsigned choices = 1; choices >> unknown == 0; ++choices) {
    if (unknown > kUnknownMost) break;
    const struct reading reading = ReadOnce(argc, argv, choices);
    if (reading.unknown > unknown) unknown = reading.unknown;
    if (reading.gated) Merge(&all, &reading);
  }
  struct call* call = &all.call;
  if (unknown > kUnknownMost) {
    call->problem = "too many unknown options";
  } else if (all.doubtful && !call->problem) {
    call->problem = "an option has no value, or one that begins with a dash";
  } else if (all.gated && !all.fits && !call->problem) {
    call->problem = "there is no single container id";
  } else if (!all.gated) {
    call->kind = 0; /* the first reading's `create --help` */
  }
  return *call;
}
