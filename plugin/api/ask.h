/* The ask protocol, version 1: how a hook asks whether a container may start,
 * or an image be pulled.
 *
 * This file is the whole contract between the hooks (assay-shim and
 * assay-image-verifier), the daemon (assayd) and the one-shot decider
 * (assay-decide). It is C11 and C++20 and needs the standard headers only.
 *
 * Transport. One request and one reply, each one packet, on a connection of
 * type SOCK_SEQPACKET over AF_UNIX:
 *   - to the daemon: ROOT ASSAY_ASK_SOCKET, mode 0600 in a folder of mode 0700;
 *   - to the decider: the hook makes a socket pair, starts ROOT
 *     ASSAY_ASK_DECIDER with one end as descriptor ASSAY_ASK_DECIDER_FD and the
 *     words `assay-decide` or, when ROOT is not empty, `assay-decide --root
 *     ROOT`. Standard input, output and error are /dev/null and the environment
 *     holds PATH alone: what the hook inherited from its caller (LD_PRELOAD,
 *     for one) must not reach the decider. It may be killed as soon as its
 *     reply is read, so it writes its audit line first.
 * ROOT is "" on a normal installation.
 *
 * Both ends check SO_PEERCRED and accept uid 0 only, before a byte is sent
 * (the asker) or believed (the answerer).
 *
 * A frame is a fixed header and after it the bytes of the fields, in the order
 * of their lengths in the header, without separators or final NULs. Integers
 * are of the machine's own byte order: both ends are one machine. `length` is
 * that of the whole packet. Everything is checked: a packet that is short,
 * long, of another magic, version or kind, whose lengths do not add up, whose
 * fields hold a NUL, or whose descriptors are not those below, is refused.
 *
 * Descriptors. A create, run or restore request carries two by SCM_RIGHTS, in
 * one message with the packet: first BUNDLE/config.json opened for reading,
 * then the folder BUNDLE. The answerer reads the configuration from the
 * descriptor and never from a path, so asker and answerer speak of one file. A
 * pull request carries none.
 *
 * What binds the answer to what starts. The answer is about the file behind
 * the descriptor. After an allow the shim looks again: the bundle's path must
 * still be the folder, and the folder's config.json the file, that it sent,
 * with unchanged size and ctime; else it refuses. From then until the
 * runtime has read config.json only root's own rights protect it: a bundle
 * lies in folders that root alone may write, and who is root may start a
 * process without any runtime. The image's layers are bound by the answerer.
 *
 * Time. `deadline_ms` is how long the asker waits from sending on. A later
 * reply finds nobody and lets nothing start.
 */
#ifndef ASSAY_API_ASK_H_
#define ASSAY_API_ASK_H_

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* Below ROOT. */
#define ASSAY_ASK_SOCKET "/run/assay/ask.sock"
#define ASSAY_ASK_DECIDER "/usr/lib/assay/assay-decide"
#define ASSAY_ASK_DECIDER_FD 3

/* How long the shim waits for the daemon, then for the decider. Together they
 * stay far below the 120 s of kubelet and the 240 s of CRI-O. */
#define ASSAY_ASK_DAEMON_MS 10000u
#define ASSAY_ASK_DECIDER_MS 20000u

/* The same for the image verifier, which containerd kills after 10 s. */
#define ASSAY_ASK_PULL_DAEMON_MS 6000u
#define ASSAY_ASK_PULL_DECIDER_MS 3000u

/* Different in every byte, so that no zeroed, byte-swapped or text packet
 * passes for a frame. */
#define ASSAY_ASK_REQUEST_MAGIC 0xa55a4b31u
#define ASSAY_ASK_REPLY_MAGIC 0xa55a5232u
#define ASSAY_ASK_VERSION 1u

#define ASSAY_ASK_NONCE_BYTES 16
#define ASSAY_ASK_LINE_BYTES 1024 /* most of a reply's line */
#define ASSAY_ASK_FDS 2           /* config.json, bundle */

/* What is asked. Zero is no kind. */
enum {
  ASSAY_ASK_CREATE = 1,  /* the runtime's verb `create` */
  ASSAY_ASK_RUN = 2,     /* `run` */
  ASSAY_ASK_RESTORE = 3, /* `restore` */
  ASSAY_ASK_PULL = 4     /* containerd is about to pull an image */
};

/* The fields of a request: index of their length, order of their bytes. */
enum {
  ASSAY_ASK_ID = 0,        /* container id, as in argv; never empty */
  ASSAY_ASK_BUNDLE = 1,    /* the bundle's path, absolute */
  ASSAY_ASK_ROOT = 2,      /* value of the runtime's --root, or empty */
  ASSAY_ASK_NAMESPACE = 3, /* environment's NAMESPACE (containerd), or empty */
  ASSAY_ASK_ADDRESS = 4, /* environment's GRPC_ADDRESS (containerd), or empty */
  ASSAY_ASK_RUNTIME = 5, /* name the shim was called by; never empty */
  ASSAY_ASK_FIELDS = 6
};

/* Of a pull request; all other fields are empty. */
enum {
  ASSAY_ASK_IMAGE = 0, /* the reference that is pulled; never empty */
  ASSAY_ASK_DIGEST = 1 /* what it stands for: "sha256:..."; never empty */
};

/* Most bytes of one field: PATH_MAX without its NUL. */
#define ASSAY_ASK_FIELD_BYTES 4095ul

struct assay_ask_request {
  uint32_t magic;                       /* ASSAY_ASK_REQUEST_MAGIC */
  uint16_t version;                     /* ASSAY_ASK_VERSION */
  uint16_t kind;                        /* ASSAY_ASK_CREATE ... */
  uint32_t length;                      /* of the packet: header and fields */
  uint32_t deadline_ms;                 /* never 0 */
  uint8_t nonce[ASSAY_ASK_NONCE_BYTES]; /* random; the reply repeats it */
  uint16_t field_length[ASSAY_ASK_FIELDS];
};

/* The answer. Zero refuses, and what is neither value is no reply at all.
 * Only ALLOW lets a container start; no damage of one bit makes a deny one. */
#define ASSAY_ASK_DENY 0u
#define ASSAY_ASK_ALLOW 0x6a5be9d3u

/* A deny's line begins with the reason's id ("no-signature: ..."), is at most
 * ASSAY_ASK_LINE_BYTES of UTF-8 and has no control characters. An allow's line
 * is empty: on success nothing is ever written. */
struct assay_ask_reply {
  uint32_t magic;   /* ASSAY_ASK_REPLY_MAGIC */
  uint16_t version; /* ASSAY_ASK_VERSION */
  uint16_t line_length;
  uint32_t length; /* of the packet: header and line */
  uint32_t answer; /* ASSAY_ASK_DENY or ASSAY_ASK_ALLOW */
  uint8_t nonce[ASSAY_ASK_NONCE_BYTES];
};

/* The longest packets. */
#define ASSAY_ASK_REQUEST_MOST \
  (sizeof(struct assay_ask_request) + ASSAY_ASK_FIELDS * ASSAY_ASK_FIELD_BYTES)
#define ASSAY_ASK_REPLY_MOST \
  (sizeof(struct assay_ask_reply) + ASSAY_ASK_LINE_BYTES)

/* No padding: the headers are their own wire form. */
static_assert(sizeof(struct assay_ask_request) == 44, "request header");
static_assert(sizeof(struct assay_ask_reply) == 32, "reply header");

#endif /* ASSAY_API_ASK_H_ */
