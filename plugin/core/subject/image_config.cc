#include "core/subject/image_config.h"

#include "base/limits.h"

namespace assay {
namespace {

Error MalformedConfig(std::string_view what) {
  return Fail(Reason::kConfigMalformed, std::string(what));
}

// Members of `config` that Go's encoder may leave out or write as null.
Status ReadString(const Json* parent, std::string_view key, std::string& out) {
  const Json* member = parent == nullptr ? nullptr : parent->Find(key);
  if (member == nullptr || member->IsNull()) return Ok();
  if (member->AsString() == nullptr) return MalformedConfig(key);
  out = *member->AsString();
  return Ok();
}

Status ReadStrings(const Json* parent, std::string_view key,
                   std::vector<std::string>& out) {
  const Json* member = parent == nullptr ? nullptr : parent->Find(key);
  if (member == nullptr || member->IsNull()) return Ok();
  if (member->AsArray() == nullptr) return MalformedConfig(key);
  for (const Json& element : *member->AsArray()) {
    if (element.AsString() == nullptr) return MalformedConfig(key);
    out.push_back(*element.AsString());
  }
  return Ok();
}

Status ReadLabels(const Json* parent, std::map<std::string, std::string>& out) {
  const Json* member = parent == nullptr ? nullptr : parent->Find("Labels");
  if (member == nullptr || member->IsNull()) return Ok();
  if (member->AsObject() == nullptr) return MalformedConfig("Labels");
  for (const auto& [key, value] : *member->AsObject()) {
    if (value.AsString() == nullptr) return MalformedConfig("Labels");
    out.emplace(key, *value.AsString());
  }
  return Ok();
}

Status ReadDiffIds(const Json& json, std::vector<Digest>& out) {
  const Json* rootfs = json.Find("rootfs");
  if (rootfs == nullptr) return MalformedConfig("rootfs");
  const std::string* type = rootfs->FindString("type");
  if (type == nullptr || *type != "layers")
    return MalformedConfig("rootfs.type");
  std::vector<std::string> texts;
  if (auto read = ReadStrings(rootfs, "diff_ids", texts); !read) return read;
  if (texts.size() > limits::kLayersPerManifest)
    return MalformedConfig("diff_ids");
  for (const std::string& text : texts) {
    auto digest = Digest::Parse(text);
    if (!digest) return WithContext(digest.error(), "diff_ids");
    out.push_back(*std::move(digest));
  }
  return Ok();
}

Status ReadProcess(const Json& json, ImageConfig& config) {
  const Json* process = json.Find("config");
  if (process != nullptr && process->IsNull()) process = nullptr;
  if (process != nullptr && process->AsObject() == nullptr) {
    return MalformedConfig("config");
  }
  Status read = ReadStrings(process, "Env", config.env);
  if (read) read = ReadStrings(process, "Entrypoint", config.entrypoint);
  if (read) read = ReadStrings(process, "Cmd", config.cmd);
  if (read) read = ReadString(process, "WorkingDir", config.working_dir);
  if (read) read = ReadString(process, "User", config.user);
  if (read) read = ReadLabels(process, config.labels);
  return read;
}

}  // namespace

Result<ImageConfig> ImageConfig::Parse(std::string_view bytes) {
  auto json = Json::Parse(bytes, limits::kConfigBytes);
  if (!json) return json.error();
  if (json->AsObject() == nullptr) return MalformedConfig("not an object");
  ImageConfig config;
  Status read = ReadString(&*json, "os", config.platform.os);
  if (read) {
    read = ReadString(&*json, "architecture", config.platform.architecture);
  }
  if (read) read = ReadString(&*json, "variant", config.platform.variant);
  if (read) read = ReadDiffIds(*json, config.diff_ids);
  if (read) read = ReadProcess(*json, config);
  if (!read) return read.error();
  return config;
}

std::optional<Digest> ImageConfig::ChainId() const {
  if (diff_ids.empty()) return std::nullopt;
  Digest chain = diff_ids.front();
  for (std::size_t i = 1; i < diff_ids.size(); ++i) {
    chain = Digest::Of(chain.str() + " " + diff_ids[i].str());
  }
  return chain;
}

}  // namespace assay
