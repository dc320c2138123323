/* assay-image-verifier: containerd (2.0 and later) starts each program of its
 * verifiers' folder when an image is pulled, with `-name REFERENCE -digest
 * DIGEST`, a descriptor on standard input and ten seconds of time. Exit status
 * 0 lets the pull go on; any other blocks it, with what is on standard output
 * for a reason. The descriptor is the registry's word and is not read.
 *
 * A pull is an early gate: what starts is decided about when it starts.
 */
#include <stdio.h>
#include <stdnoreturn.h>
#include <string.h>
#include <unistd.h>

#include "shim/converse.h"
#include "shim/root.h"

/* What containerd calls is a link to it: a file that is being replaced in the
 * folder that containerd asks would block every pull. */
static const char kInstalledAs[] = "/usr/lib/assay/assay-image-verifier";

static noreturn void Block(const char* line) {
  dprintf(STDOUT_FILENO, "%s\n", line);
  _exit(1);
}

/* The value of `-NAME VALUE`, with one dash or two, and of `-NAME=VALUE`; null
 * where `words` begins with something else. */
static const char* ValueOf(const char* name, char** words) {
  const char* word = words[0];
  if (*word++ != '-') return NULL;
  if (*word == '-') ++word;
  const size_t length = strlen(name);
  if (strncmp(word, name, length) != 0) return NULL;
  if (word[length] == '=') return word + length + 1;
  return word[length] == '\0' ? words[1] : NULL;
}

/* Options that a later containerd may have are skipped, and so are their
 * values; one of these two given twice is not. */
static const char* ReadOption(const char* name, char** words) {
  const char* found = NULL;
  for (char** word = words; *word; ++word) {
    const char* value = ValueOf(name, word);
    if (!value) continue;
    if (found) Block("usage: an option was given twice");
    found = value;
    if (value == word[1]) ++word;
  }
  if (!found || !*found)
    Block("usage: assay-image-verifier -name REFERENCE -digest DIGEST");
  return found;
}

int main(int argc, char** argv) {
  static const struct patience kPatience = {ASSAY_ASK_PULL_DAEMON_MS,
                                            ASSAY_ASK_PULL_DECIDER_MS};
  static char root[PATH_MAX];
  static struct question question;
  static struct reply reply;
  if (argc < 1 || !FindRoot(kInstalledAs, root))
    Block("configuration-malformed: the verifier is not where it belongs");
  for (int i = 0; i < ASSAY_ASK_FIELDS; ++i) question.fields[i] = "";
  question.fields[ASSAY_ASK_IMAGE] = ReadOption("name", argv + 1);
  question.fields[ASSAY_ASK_DIGEST] = ReadOption("digest", argv + 1);
  if (Seal(&question, ASSAY_ASK_PULL))
    Block("usage: a reference or digest is longer than a path");
  const struct silence silence = Ask(root, &kPatience, &question, &reply);
  if (silence.decider) {
    dprintf(STDOUT_FILENO, "hook-no-answer: " SILENCE_FORMAT "\n",
            silence.daemon, silence.decider);
    return 1;
  }
  if (reply.header.answer == ASSAY_ASK_ALLOW) return 0;
  Block(*reply.line ? reply.line : "unspecified: no reason was given");
}
