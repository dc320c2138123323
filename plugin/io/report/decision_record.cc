#include "io/report/decision_record.h"

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::int64_t kSchemaVersion = 1;

Json Text(std::string_view text) { return Json(Printable(text, 1024)); }

Json Texts(const std::vector<std::string>& texts) {
  Json::Array array;
  for (const std::string& text : texts) array.push_back(Text(text));
  return Json(std::move(array));
}

void Add(Json::Object& object, const std::string& key, std::string_view text) {
  if (!text.empty()) object.emplace(key, Text(text));
}

void Add(Json::Object& object, const std::string& key,
         const std::optional<Digest>& digest) {
  if (digest) object.emplace(key, Json(digest->str()));
}

Json Signatures(const std::vector<VerifiedSignature>& signatures) {
  Json::Array array;
  for (const VerifiedSignature& signature : signatures) {
    array.push_back(Json(Json::Object{
        {"signer", Text(signature.signer())},
        {"scheme", Text(signature.scheme())},
        {"identity", Text(signature.identity())},
        {"target", Json(signature.target().str())},
        {"where", Text(signature.where())},
    }));
  }
  return Json(std::move(array));
}

Json Attestations(const std::vector<ProvenAttestation>& attestations) {
  Json::Array array;
  for (const ProvenAttestation& attestation : attestations) {
    Json::Object one{
        {"name", Text(attestation.name())},
        {"predicate_type", Text(attestation.predicate_type())},
        {"signers", Signatures(attestation.signatures())},
    };
    if (attestation.valid_until()) {
      one.emplace("valid_until", Json(Rfc3339(*attestation.valid_until())));
    }
    array.push_back(Json(std::move(one)));
  }
  return Json(std::move(array));
}

void AddMet(Json::Object& object, const Fulfilment& met) {
  object.emplace("signers", Signatures(met.signatures));
  if (!met.attestations.empty()) {
    object.emplace("attestations", Attestations(met.attestations));
  }
}

Json BaseOf(const ProvenBase& base) {
  Json::Object object{
      {"manifest", Json(base.manifest.str())},
      {"name", Text(base.name.str())},
  };
  AddMet(object, base.met);
  return Json(std::move(object));
}

Json Checks(const Trail& trail) {
  Json::Array array;
  const auto add = [&array](const Error& error, std::string_view signer,
                            std::string_view where) {
    Json::Object check{{"reason", Text(Describe(error.reason).id)}};
    Add(check, "signer", signer);
    Add(check, "where", where);
    Add(check, "detail", error.detail);
    array.push_back(Json(std::move(check)));
  };
  for (const FailedCheck& check : trail.failed) {
    add(check.error, check.signer, check.where);
  }
  for (const Error& failure : trail.failures) add(failure, {}, {});
  return Json(std::move(array));
}

// The image that the verdict is about: the container's, or the volume's that
// was refused.
const Subject& Judged(const Trail& trail) {
  for (const Subject& volume : trail.subject->volumes) {
    if (volume.mounted_at == trail.volume) return volume;
  }
  return *trail.subject;
}

// Where a signature would have been found, one line a place.
std::vector<std::string> Places(const Trail& trail) {
  std::vector<std::string> places;
  const auto name = Reference::Parse(trail.name);
  if (!name || trail.subject == nullptr) return places;
  if (trail.places.trust_data) {
    places.push_back("trust data of " + name->Repository());
  }
  for (const Digest& digest : Judged(trail).SignableDigests()) {
    const std::string tag =
        std::string(HashName(digest.algorithm())) + "-" + digest.hex();
    if (trail.places.cosign_tag) {
      places.push_back(name->Repository() + ":" + tag + ".sig");
    }
    if (trail.places.attestation_tag) {
      places.push_back(name->Repository() + ":" + tag + ".att");
    }
    if (trail.places.referrers) {
      places.push_back("referrers of " + name->WithDigest(digest).str());
    }
    for (const std::string& folder : trail.places.folders) {
      places.push_back(folder + "/" + tag + ".sig");
    }
    for (const auto& stores : trail.places.lookasides) {
      places.push_back(stores->For(*name).str() + "/" +
                       LookasidePath(*name, digest, 1));
    }
  }
  return places;
}

void AddImage(Json::Object& object, const Subject& subject) {
  std::vector<std::string> names;
  for (const Reference& name : subject.names) names.push_back(name.str());
  object.emplace("names", Texts(names));
  object.emplace("config", Json(subject.config.str()));
  if (!subject.images.empty()) {
    object.emplace("manifest", Json(subject.images.front().manifest.str()));
  }
}

// Each with what was proven about it, where everything is accepted.
Json Volumes(const Subject& subject, const Proof* proof) {
  Json::Array array;
  for (std::size_t i = 0; i < subject.volumes.size(); ++i) {
    Json::Object object{{"path", Text(subject.volumes[i].mounted_at)}};
    AddImage(object, subject.volumes[i]);
    if (proof != nullptr && i < proof->volumes().size()) {
      const Proof& own = *proof->volumes()[i];
      object.emplace("reason", Text(Describe(own.basis()).id));
      if (own.manifest()) {
        object.insert_or_assign("manifest", Json(own.manifest()->str()));
      }
      AddMet(object, own.met());
    }
    array.emplace_back(std::move(object));
  }
  return Json(std::move(array));
}

void AddSubject(Json::Object& object, const Subject& subject,
                const Proof* proof) {
  AddImage(object, subject);
  if (!subject.volumes.empty()) {
    object.emplace("volumes", Volumes(subject, proof));
  }
  const Workload& workload = subject.workload;
  Add(object, "runtime_namespace", workload.runtime_namespace);
  Add(object, "container_id", workload.container_id);
  Add(object, "namespace", workload.pod_namespace);
  Add(object, "pod", workload.pod);
  Add(object, "container", workload.container);
}

void AddException(const Proof& proof, std::string_view volume,
                  Json::Array& exceptions) {
  if (!proof.excepted()) return;
  const Excepted& one = *proof.excepted();
  Json::Object object{
      {"where", Text(one.where)},
      {"who", Text(one.who)},
      {"reason", Text(one.reason)},
      {"expires", Json(Rfc3339(one.until))},
      {"refused", Text(Describe(one.refused).id)},
      {"message", Text(one.refusal)},
  };
  Add(object, "volume", volume);
  exceptions.push_back(Json(std::move(object)));
}

// Of the image and of its volumes.
void AddExceptions(const Trail& trail, const Proof& proof,
                   Json::Object& object) {
  Json::Array exceptions;
  AddException(proof, {}, exceptions);
  for (std::size_t i = 0; i < proof.volumes().size(); ++i) {
    AddException(*proof.volumes()[i],
                 trail.subject == nullptr
                     ? std::string()
                     : trail.subject->volumes[i].mounted_at,
                 exceptions);
  }
  if (exceptions.empty()) return;
  object.emplace("break_glass", Json(std::move(exceptions)));
}

void AddVerdict(Json::Object& object, const Verdict& verdict) {
  const ReasonInfo& info = Describe(verdict.reason());
  object.emplace("verdict", Text(EndingName(verdict.ending())));
  object.emplace("reason", Text(info.id));
  object.emplace("message", Text(verdict.Sentence()));
  const Trail& trail = verdict.trail();
  Add(object, "reference", trail.name);
  Add(object, "rule", trail.rule);
  Add(object, "requirement", trail.requirement);
  Add(object, "base_requirement", trail.base_requirement);
  object.emplace("mode", Text(ModeName(trail.mode)));
  Add(object, "policy", trail.policy_fingerprint);
  Add(object, "trust", trail.trust_fingerprint);
  Add(object, "volume", trail.volume);
  if (trail.subject != nullptr) {
    AddSubject(object, *trail.subject, verdict.proof().get());
  }
  object.emplace("checks", Checks(trail));
  if (!verdict.accepted()) {
    object.emplace("remedy", Text(info.remedy));
    if (auto places = Places(trail); !places.empty()) {
      object.emplace("places", Texts(places));
    }
    return;
  }
  AddMet(object, verdict.proof()->met());
  AddExceptions(trail, *verdict.proof(), object);
  if (verdict.proof()->base()) {
    object.emplace("base", BaseOf(*verdict.proof()->base()));
  }
  // Where the image is on this node its bytes were looked at.
  const bool is_here =
      trail.subject != nullptr && (!trail.subject->blob_dir.empty() ||
                                   !trail.subject->split_layers.empty());
  if (verdict.proof()->manifest() && is_here) {
    object.emplace("integrity",
                   Text(IntegrityName(verdict.proof()->integrity())));
  }
  if (verdict.proof()->manifest()) {
    object.insert_or_assign("manifest",
                            Json(verdict.proof()->manifest()->str()));
  }
  if (verdict.proof()->valid_until()) {
    object.emplace("valid_until",
                   Json(Rfc3339(*verdict.proof()->valid_until())));
  }
}

}  // namespace

void RecordQuestion(const Question& question, DecisionRecord& record) {
  record.request_id = question.request_id;
  record.hook = question.hook;
  record.time = question.now;
  if (const auto* container = std::get_if<ContainerClaim>(&question.about)) {
    record.claimed_container = container->id;
    record.claimed_namespace = container->runtime_namespace;
  } else if (const auto* known = std::get_if<RecordClaim>(&question.about)) {
    record.claimed_container = known->id;
    record.claimed_namespace = known->runtime_namespace;
  } else if (const auto* told = std::get_if<AnnouncedClaim>(&question.about)) {
    record.claimed_container = told->id;
    record.claimed_namespace = told->runtime_namespace;
    record.claimed_reference = told->image_name;
  } else if (const auto* image = std::get_if<ImageClaim>(&question.about)) {
    record.claimed_reference = image->name;
    record.claimed_namespace = image->runtime_namespace;
  } else if (const auto* named = std::get_if<ReferenceClaim>(&question.about)) {
    record.claimed_reference = named->reference.str();
  }
}

Json ToJson(const DecisionRecord& record, const Verdict& verdict) {
  Json::Object object;
  object.emplace("schema", Json(kSchemaVersion));
  object.emplace("time", Json(Rfc3339(record.time)));
  object.emplace("request", Text(record.request_id));
  object.emplace("hook", Text(HookName(record.hook)));
  object.emplace("allowed", Json(record.allowed));
  object.emplace("cache",
                 Text(record.cache == CacheState::kHit ? "hit" : "miss"));
  object.emplace("duration_us", Json(std::int64_t{record.duration.count()}));
  AddVerdict(object, verdict);
  // After the verdict's own, proven values: a claim never replaces one.
  Add(object, "container_id", record.claimed_container);
  Add(object, "runtime_namespace", record.claimed_namespace);
  Add(object, "reference", record.claimed_reference);
  if (!record.policy_warnings.empty()) {
    object.emplace("policy_warnings", Texts(record.policy_warnings));
  }
  return Json(std::move(object));
}

}  // namespace assay
