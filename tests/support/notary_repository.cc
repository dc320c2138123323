#include "tests/support/notary_repository.h"

#include "base/bytes.h"
#include "core/schemes/dct/key.h"
#include "core/trust/tuf/canonical_json.h"

namespace assay::test {
namespace {

Json FileOf(std::string_view bytes) {
  const auto hash = [&](HashAlgorithm algorithm) {
    return Json(Base64Encode(Digest::Of(bytes, algorithm).bytes()));
  };
  return Json(Json::Object{
      {"length", Json(static_cast<std::int64_t>(bytes.size()))},
      {"hashes", Json(Json::Object{{"sha256", hash(HashAlgorithm::kSha256)},
                                   {"sha512", hash(HashAlgorithm::kSha512)}})},
  });
}

Json FilesOf(const std::map<std::string, std::string>& images) {
  Json::Object files;
  for (const auto& [tag, bytes] : images) files.emplace(tag, FileOf(bytes));
  return Json(std::move(files));
}

Json::Array IdsOf(const NotaryRole& role) {
  Json::Array ids;
  for (const NotaryKey& key : role.keys) ids.emplace_back(key.Id());
  return ids;
}

Json::Object RoleOf(const NotaryRole& role) {
  return {{"keyids", Json(IdsOf(role))}, {"threshold", Json(role.threshold)}};
}

void AddKeys(const NotaryRole& role, Json::Object& keys) {
  for (const NotaryKey& key : role.keys) {
    keys.insert_or_assign(key.Id(), key.Object());
  }
}

}  // namespace

NotaryKey NotaryKey::Bare(const std::string& name) {
  CertificateSpec spec;
  spec.name = name;
  return {Party::Root(spec)};
}

NotaryKey NotaryKey::ForRoot(const std::string& name) {
  NotaryKey key = Bare(name);
  key.in_certificate = true;
  return key;
}

Json NotaryKey::Object() const {
  const std::string text =
      Base64Encode(in_certificate ? party.Pem() + above : Spki());
  return Json(Json::Object{
      {"keytype", Json(std::string(in_certificate ? "ecdsa-x509" : "ecdsa"))},
      {"keyval",
       Json(Json::Object{{"private", Json()}, {"public", Json(text)}})},
  });
}

std::string NotaryKey::Id() const {
  const Json object = Object();
  return dct::KeyId(*object.FindString("keytype"),
                    *object.Find("keyval")->FindString("public"))
      .value();
}

Reference NotaryRepository::reference() const {
  return Reference::Parse(name + ":v1").value();
}

std::string NotaryRepository::Document(const std::string& role_name,
                                       const std::string& type,
                                       const NotaryRole& role,
                                       Json::Object content) const {
  content.emplace("_type", Json(type));
  content.emplace("version", Json(role.version));
  content.emplace("expires", Json(Rfc3339(role.expires)));
  if (edit) edit(role_name, content);
  const Json body(std::move(content));
  const std::string bytes = tuf::CanonicalJson(body).value();
  Json::Array signatures;
  for (const NotaryKey& key : role.signers.empty() ? role.keys : role.signers) {
    signatures.emplace_back(Json::Object{
        {"keyid", Json(key.Id())},
        {"method", Json(std::string("ecdsa"))},
        {"sig", Json(Base64Encode(key.party.Sign(bytes)))},
    });
  }
  std::string text =
      Json(Json::Object{{"signed", body}, {"signatures", Json(signatures)}})
          .Dump();
  if (spoil) spoil(role_name, text);
  return text;
}

std::string NotaryRepository::Root() const {
  Json::Object keys;
  Json::Object roles;
  const std::map<std::string, const NotaryRole*> all = {
      {"root", &root},
      {"timestamp", &timestamp},
      {"snapshot", &snapshot},
      {"targets", &targets}};
  for (const auto& [role, spec] : all) {
    AddKeys(*spec, keys);
    roles.emplace(role, RoleOf(*spec));
  }
  return Document("root", "Root", root,
                  {{"keys", Json(std::move(keys))},
                   {"roles", Json(std::move(roles))},
                   {"consistent_snapshot", Json(false)}});
}

TrustData NotaryRepository::Make() const {
  TrustData data;
  data.roots = older_roots;
  data.roots.push_back(Root());
  Json::Object keys;
  Json::Array roles;
  Json::Object meta{{"root", FileOf(data.roots.back())}};
  for (const auto& [role, delegation] : delegations) {
    AddKeys(delegation.role, keys);
    Json::Object entry = RoleOf(delegation.role);
    Json::Array paths;
    for (const auto& path : delegation.paths) paths.emplace_back(path);
    entry.emplace("name", Json(role));
    entry.emplace("paths", Json(std::move(paths)));
    roles.emplace_back(std::move(entry));
    if (!delegation.published) continue;
    data.by_role[role] = Document(
        role, "Targets", delegation.role,
        {{"targets", FilesOf(delegation.images)},
         {"delegations", Json(Json::Object{{"keys", Json(Json::Object())},
                                           {"roles", Json(Json::Array())}})}});
    meta.emplace(role, FileOf(data.by_role[role]));
  }
  data.by_role["targets"] = Document(
      "targets", "Targets", targets,
      {{"targets", FilesOf(images)},
       {"delegations", Json(Json::Object{{"keys", Json(std::move(keys))},
                                         {"roles", Json(std::move(roles))}})}});
  meta.emplace("targets", FileOf(data.by_role["targets"]));
  data.by_role["snapshot"] =
      Document("snapshot", "Snapshot", snapshot, {{"meta", Json(meta)}});
  data.by_role["timestamp"] = Document(
      "timestamp", "Timestamp", timestamp,
      {{"meta",
        Json(Json::Object{{"snapshot", FileOf(data.by_role["snapshot"])}})}});
  return data;
}

NotaryRepository NotaryRepository::Rotated() const {
  NotaryRepository next = *this;
  next.older_roots.push_back(Root());
  next.root.keys = {NotaryKey::ForRoot(name)};
  next.root.signers = {root.keys.front(), next.root.keys.front()};
  next.root.version = root.version + 1;
  for (auto* role : {&next.timestamp, &next.snapshot}) ++role->version;
  return next;
}

Result<std::string> NotaryDocuments::Read(const TrustDocument& document) {
  asked.push_back(document.role);
  if (document.role != "root") {
    const std::string& text = data_.Of(document.role);
    if (text.empty()) return Fail(Reason::kNotFound, document.role);
    return text;
  }
  if (data_.roots.empty()) return Fail(Reason::kNotFound, "root");
  if (!document.version) return data_.roots.back();
  const auto index = static_cast<std::size_t>(*document.version - 1);
  if (index >= data_.roots.size()) return Fail(Reason::kNotFound, "root");
  return data_.roots[index];
}

}  // namespace assay::test
