// Subject: what image a container really is, established by a Resolver from
// what the runtime holds, every byte re-hashed. Step 2 of the walk.
#ifndef ASSAY_CORE_SUBJECT_SUBJECT_H_
#define ASSAY_CORE_SUBJECT_SUBJECT_H_

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/subject/descriptor.h"
#include "core/subject/manifest.h"
#include "core/subject/reference.h"

namespace assay {

// One manifest whose configuration is the subject's, and the indexes that list
// it: any of these digests may have been signed.
struct SignableImage {
  Digest manifest;
  ImageManifest content;        // parsed from the bytes that hash to `manifest`
  std::vector<Digest> indexes;  // each one's bytes hash to it and list manifest
};

// Who runs it. Empty where the runtime has no such notion.
struct Workload {
  std::string runtime_namespace;  // "k8s.io", "default"
  std::string container_id;
  std::string pod_namespace;  // Kubernetes namespace, from the runtime's record
  std::string pod;
  std::string container;
};

// A layer that the node keeps only unpacked: its files, and what else its
// archive held, so that the archive can be put together again.
struct SplitLayer {
  std::string folder;
  std::string split;  // the tar-split file (io/archive/split_source.h)
  Digest diff_id;     // of the archive, as the configuration has it
};

struct Subject {
  // The names that may select a rule; never empty. The requested name alone
  // where it is known and the node holds this image under it, else every name
  // under which the node holds it.
  std::vector<Reference> names;
  Digest config;
  std::vector<SignableImage> images;  // never empty
  // The raw bytes of those manifests and indexes, each hashing to its key.
  // Plain signatures by Ed25519 or over another hash than the digest's need
  // them; where a document is absent such a signature cannot be verified.
  std::map<Digest, std::string> documents;
  Workload workload;
  // Folder of the content store that holds the layer blobs, as
  // <folder>/<algorithm>/<hex>; "" where there is none (a registry reference).
  // Of a layout on disk, where that lies.
  std::string blob_dir;
  // Where it is mounted into its container; "" for what is the root file
  // system.
  std::string mounted_at = {};
  // The images that are mounted into the container (image volumes), whose
  // workload is this one's. They have none of their own.
  std::vector<Subject> volumes = {};
  // The folders that the container's root file system is mounted from, base
  // first, one for each layer. An error where there is no container, or where
  // its layers are no folders.
  Result<std::vector<std::string>> layer_dirs =
      Fail(Reason::kRootfsUnsupported, "no root file system is known");
  // Base first, in stores that keep no blobs (containers-storage); else empty.
  std::vector<SplitLayer> split_layers = {};

  // Every digest a signature may be bound to, manifests before indexes.
  std::vector<Digest> SignableDigests() const;
  // The manifests among them.
  std::vector<Digest> Manifests() const;
};

}  // namespace assay

#endif  // ASSAY_CORE_SUBJECT_SUBJECT_H_
