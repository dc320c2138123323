#include "tests/fuzz/recorded_authority.h"

#include <cstdlib>
#include <filesystem>

#include "tests/support/temp_folder.h"

namespace assay::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = ASSAY_REVOCATION_DIR;

Certificate ReadOne(const char* name) {
  return Certificate::ParsePem(testing::ReadAll(kFolder / name))
      .value()
      .front();
}

std::vector<std::string> ReadFolder(const char* name) {
  std::vector<std::string> files;
  for (const auto& file : fs::directory_iterator(kFolder / name)) {
    files.push_back(testing::ReadAll(file.path()));
  }
  Require(!files.empty());
  return files;
}

}  // namespace

void Require(bool holds) {
  if (!holds) std::abort();
}

RecordedAuthority::RecordedAuthority()
    : issuer(ReadOne("issuer.pem")),
      revoked(ReadOne("revoked.pem")),
      good(ReadOne("good.pem")),
      lists(ReadFolder("lists")),
      answers(ReadFolder("answers")) {}

const RecordedAuthority& Authority() {
  static const RecordedAuthority authority;
  return authority;
}

}  // namespace assay::fuzz
