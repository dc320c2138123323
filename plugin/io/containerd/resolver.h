// ContainerdResolver: what image a container of containerd's really is.
//
// The chain it proves: bundle -> container record -> live mount -> snapshot ->
// chain ID of its layers -> configuration -> manifests -> names, every
// document re-hashed at each decision. Labels and annotations select nothing.
//
// Thread-safe. Keeps one connection for each containerd and what documents
// link to; no verdict and no name is kept.
#ifndef ASSAY_IO_CONTAINERD_RESOLVER_H_
#define ASSAY_IO_CONTAINERD_RESOLVER_H_

#include <memory>
#include <string>
#include <vector>

#include "core/question/resolver.h"
#include "core/verdict/base_source.h"

namespace assay {

struct ContainerdOptions {
  // Asked where the claim names none.
  std::string address = "/run/containerd/containerd.sock";
  // Snapshotters believed although containerd does not hash what they mount
  // (stargz, nydus, soci): their content is proven by themselves or not at all.
  std::vector<std::string> trusted_snapshotters;
};

class ContainerdResolver : public Resolver, public BaseSource {
 public:
  explicit ContainerdResolver(ContainerdOptions options);
  ~ContainerdResolver() override;

  // A ContainerClaim is held against its bundle and what is mounted there. A
  // RecordClaim is about a container that runs already, so its mount is not
  // examined. An ImageClaim is the image of this host's platform under that
  // record, an AnnouncedClaim one of whose container there is a snapshot only.
  Result<Subject> Resolve(const Question& question) override;

  // Of a subject that Resolve() has made.
  Result<std::string> Config(const Question& question, const Subject& subject,
                             const Reference& name, Reach reach) override;
  // The images of the subject's runtime namespace whose layers are its lowest
  // ones, and the one that its hint names.
  BaseSet Find(const BaseRequest& request) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_RESOLVER_H_
