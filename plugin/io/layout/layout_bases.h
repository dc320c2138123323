// LayoutBases: what is known of bases, with the configuration of an image that
// lies on disk.
#ifndef ASSAY_IO_LAYOUT_LAYOUT_BASES_H_
#define ASSAY_IO_LAYOUT_LAYOUT_BASES_H_

#include "core/verdict/base_source.h"
#include "io/layout/local_image.h"

namespace assay {

class LayoutBases : public BaseLibrary {
 public:
  // Borrows both, which must outlive it.
  LayoutBases(const LocalImage& image, BaseLibrary& beside)
      : image_(image), beside_(beside) {}

  // As the port says; the rest is what `beside` knows.
  Result<std::string> Config(const Question& question, const Subject& subject,
                             const Reference& name, Reach reach) override;
  BaseSet Find(const BaseRequest& request) override {
    return beside_.Find(request);
  }
  Status Keep(const Digest& image, const Reference& name,
              const UntrustedBase& base) override {
    return beside_.Keep(image, name, base);
  }

 private:
  const LocalImage& image_;
  BaseLibrary& beside_;
};

}  // namespace assay

#endif  // ASSAY_IO_LAYOUT_LAYOUT_BASES_H_
