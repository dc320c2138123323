// LocalReference: an image that lies as files on this machine, as an operator
// names it:
//   oci:DIR[:NAME|@DIGEST]       an OCI image layout in a folder
//   oci-archive:FILE[:NAME|@DIGEST]   the same in a tar archive
//   dir:DIR                      a folder as skopeo's dir: writes it
// NAME is the annotation org.opencontainers.image.ref.name of an entry of
// index.json. DIR and FILE have no colon. None of it says which rule decides.
#ifndef ASSAY_IO_LAYOUT_LOCAL_REFERENCE_H_
#define ASSAY_IO_LAYOUT_LOCAL_REFERENCE_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

enum class LocalKind { kOciFolder = 1, kOciArchive, kDir };

struct LocalReference {
  LocalKind kind = LocalKind::kOciFolder;
  std::string path;
  std::string name;  // "" where none is given
  std::optional<Digest> digest;

  // Whether the text begins as one, rather than as a registry's reference.
  static bool IsOne(std::string_view text);
  // Errors: kReferenceMalformed.
  static Result<LocalReference> Parse(std::string_view text);

  std::string str() const;
};

}  // namespace assay

#endif  // ASSAY_IO_LAYOUT_LOCAL_REFERENCE_H_
