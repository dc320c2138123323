#include "io/containerd/image_volumes.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/bytes.h"
#include "io/containerd/binding.h"

namespace assay {
namespace {

// Below containerd's folder of state; then the pod's id and the digest.
constexpr std::string_view kPlace = "/io.containerd.grpc.v1.cri/image-volumes/";

Error NoVolume(const std::string& destination, std::string_view why) {
  return Fail(
      Reason::kSubjectMountMismatch,
      "image volume at " + Printable(destination) + ": " + std::string(why));
}

struct Place {
  std::string key;
  Digest target;
};

// <state><kPlace><pod>/<hex of a digest>, and maybe a folder inside of it.
std::optional<Place> PlaceOf(const std::string& source) {
  const std::size_t pod = source.find(kPlace) + kPlace.size();
  const std::size_t hex = source.find('/', pod) + 1;
  if (hex == 0 || hex == pod + 1) return std::nullopt;
  const std::size_t end = std::min(source.find('/', hex), source.size());
  auto target = Digest::Parse("sha256:" + source.substr(hex, end - hex));
  if (!target || source.front() != '/') return std::nullopt;
  return Place{source.substr(0, end), *std::move(target)};
}

const CriImageVolume* RecordOf(const std::vector<CriImageVolume>& recorded,
                               const std::string& destination) {
  const auto found = std::find_if(
      recorded.begin(), recorded.end(),
      [&](const auto& one) { return one.container_path == destination; });
  return found == recorded.end() ? nullptr : &*found;
}

Status CheckAllFound(const std::vector<ImageVolume>& volumes,
                     const std::vector<CriImageVolume>& recorded) {
  for (const CriImageVolume& one : recorded) {
    const bool found = std::any_of(
        volumes.begin(), volumes.end(), [&](const ImageVolume& volume) {
          return volume.destination == one.container_path;
        });
    if (!found) {
      return NoVolume(one.container_path,
                      "mounted from a folder that is not known for it");
    }
  }
  return Ok();
}

}  // namespace

Result<std::vector<ImageVolume>> FindImageVolumes(
    const ProcessSpec& process, const std::vector<CriImageVolume>& recorded) {
  std::vector<ImageVolume> volumes;
  for (const BindMount& bind : process.binds) {
    const std::string source =
        std::filesystem::path(bind.source).lexically_normal().string();
    if (source.find(kPlace) == std::string::npos) continue;
    auto place = PlaceOf(source);
    if (!place) return NoVolume(bind.destination, Printable(bind.source));
    if (!bind.read_only) {
      return NoVolume(bind.destination, "the container may write to it");
    }
    const CriImageVolume* record = RecordOf(recorded, bind.destination);
    volumes.push_back({bind.destination, std::move(place->key),
                       std::move(place->target),
                       record == nullptr ? "" : record->image,
                       record == nullptr ? "" : record->requested});
  }
  if (Status all = CheckAllFound(volumes, recorded); !all) return all.error();
  return volumes;
}

Result<Digest> BindVolume(ContentStore& store, const ImageVolume& volume,
                          const SnapshotRecord& snapshot,
                          const HeldImages& held) {
  std::optional<Error> why;
  const auto asked = Digest::Parse(volume.image);
  for (const HeldImage& image : held.images) {
    const bool meant =
        asked ? image.config == *asked
              : image.manifest == volume.target || image.index == volume.target;
    if (!meant) continue;
    const Status bound = BindToConfig(store, snapshot, image.config);
    if (bound) return image.config;
    why = bound.error();
  }
  if (why) return *std::move(why);
  if (held.broken) return *held.broken;
  return Fail(Reason::kSubjectUnbound,
              "the node holds no image " +
                  (asked ? asked->str() : volume.target.str()));
}

}  // namespace assay
