// StorageResolver: what image a container of CRI-O's or podman's really is.
//
// The chain it proves: id -> container record -> its layer is the bundle's root
// file system -> the layer's parent is the image's -> every layer below has the
// id that the configuration's diff IDs give -> the configuration hashes to the
// image's id -> manifests with that configuration -> names. What is mounted is
// those layers in their order. Annotations select nothing.
//
// Thread-safe. Keeps parsed records while their files do not change; no verdict
// and no name is kept.
#ifndef ASSAY_IO_STORAGE_RESOLVER_H_
#define ASSAY_IO_STORAGE_RESOLVER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/question/resolver.h"
#include "core/verdict/base_source.h"
#include "io/containerd/mount_table.h"

namespace assay {

struct StorageOptions {
  // Graphroots of containers-storage that are believed: root's own.
  std::vector<std::string> roots = {"/var/lib/containers/storage"};
  // Where volatile records may be with transient_store.
  std::vector<std::string> run_roots = {"/run/containers/storage"};
  // What is mounted at `name` in the folder, as the shim sees it; for tests.
  // Empty: the kernel is asked.
  std::function<Result<MountEntry>(const ContainerClaim& claim,
                                   const std::string& folder,
                                   const std::string& name)>
      mount_at = {};
};

// Stands for the runtime's namespace where there is none, in a RecordClaim.
inline constexpr const char* kStorageNamespace = "containers-storage";

// A container that CRI-O or podman has made, and that may have ended.
struct StoredContainer {
  std::string id;
  std::string image;  // the record's name, a claim
  bool running = false;
};

// An image that a store has, and its names in that store.
struct NamedImage {
  std::string id;
  std::vector<std::string> names;
};

// Whether a bundle lies where CRI-O and podman put theirs:
// .../<driver>-containers/<id>/userdata.
bool IsStorageBundle(const ContainerClaim& claim);

class StorageResolver : public Resolver, public BaseSource {
 public:
  explicit StorageResolver(StorageOptions options);
  ~StorageResolver() override;

  // A ContainerClaim, or one of kStorageNamespace: a RecordClaim, whose mounts
  // are not looked at, or an ImageClaim with the image's id for a name. Others
  // are kUsage.
  Result<Subject> Resolve(const Question& question) override;

  // Of all stores; none where there is no store. Errors: those of reading and
  // parsing their files.
  Result<std::vector<StoredContainer>> Containers();

  // The same of images.
  Result<std::vector<NamedImage>> Images();

  // Of a subject that Resolve() has made.
  Result<std::string> Config(const Question& question, const Subject& subject,
                             const Reference& name, Reach reach) override;
  // None: bases are looked for in evidence and registries alone.
  BaseSet Find(const BaseRequest& request) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_STORAGE_RESOLVER_H_
