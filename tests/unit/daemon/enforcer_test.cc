#include "daemon/enforcer.h"

#include <sys/stat.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/limits.h"
#include "io/files/files.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::test;
using namespace assay::testing;

namespace {

const std::string kAllow =
    "version = 1\n[[rule]]\nscope = \"**\"\naction = \"allow\"\n";
const std::string kReject =
    "version = 1\n[[rule]]\nscope = \"**\"\naction = \"reject\"\n";

// An enforcer over a Walk, with a real audit log.
struct Gate {
  explicit Gate(const std::string& policy_text, bool allow_restore = false)
      : policy(policy_text.empty() ? nullptr : MakePolicy(policy_text, {})),
        verifier(walk.resolver, walk.evidence, walk.layers, walk.bases),
        audit(AuditFiles(folder / "log/audit.jsonl", folder / "state")),
        enforcer({verifier, audit, [this] { return policy; }}, allow_restore,
                 100) {}

  Answer Ask() { return enforcer.Ask(walk.question); }

  TempFolder folder;
  Walk walk;
  std::shared_ptr<const Policy> policy;
  Verifier verifier;
  AuditLog audit;
  Enforcer enforcer;
};

std::string ReasonOf(const Answer& answer) {
  return *answer.record.FindString("reason");
}

}  // namespace

TEST_CASE("an accepted image is allowed and leaves an audit line") {
  Gate gate(kAllow);
  const Answer answer = gate.Ask();
  CHECK(answer.allow);
  const auto log = ReadFile(gate.folder.path() + "/log/audit.jsonl", 1 << 20);
  REQUIRE(log);
  const auto line = Json::Parse(log->substr(0, log->size() - 1));
  REQUIRE(line);
  CHECK(*line->FindString("verdict") == "accepted");
  CHECK(*line->FindString("reason") == "allowed-by-rule");
  CHECK(*line->FindString("request") == "request");
  CHECK(*line->FindString("policy") == gate.policy->fingerprint().str());
  CHECK(line->FindArray("policy_warnings") != nullptr);
}

TEST_CASE("what a pull was told is kept for no start") {
  Gate gate(
      "version = 1\n[[rule]]\nscope = \"**\"\nnamespaces = [\"shop\"]\n"
      "action = \"allow\"\n");
  gate.walk.question.hook = Hook::kPull;
  CHECK(gate.Ask().allow);
  CHECK(gate.enforcer.cache().size() == 0);
  gate.walk.question.hook = Hook::kCreate;
  const Answer answer = gate.Ask();
  CHECK_FALSE(answer.allow);
  CHECK(ReasonOf(answer) == "no-rule-matches");
}

TEST_CASE("a pull for a known namespace is told by its rules alone") {
  Gate gate(
      "version = 1\n[[rule]]\nscope = \"**\"\nnamespaces = [\"shop\"]\n"
      "action = \"allow\"\n");
  gate.walk.question.hook = Hook::kPull;
  const auto ask = [&](const std::string& pod_namespace) {
    gate.walk.question.about = ReferenceClaim{
        gate.walk.resolver.subject->names.front(), {}, pod_namespace, {}};
    gate.walk.resolver.subject->workload.pod_namespace = pod_namespace;
    return gate.Ask().allow;
  };
  CHECK(ask("shop"));
  CHECK_FALSE(ask("other"));
  CHECK(ask(""));
}

TEST_CASE("an accepted pull can be withdrawn, under its rule's mode") {
  for (const bool audit : {false, true}) {
    Gate gate(kAllow + (audit ? "mode = \"audit\"\n" : ""));
    gate.walk.question.hook = Hook::kPull;
    const Answer pulled = gate.Ask();
    REQUIRE(pulled.accepted_pull != nullptr);
    const Answer withdrawn =
        gate.enforcer.Withdraw(gate.walk.question, *pulled.accepted_pull,
                               Fail(Reason::kSubjectTagMoved, "other"));
    CHECK(withdrawn.allow == audit);
    CHECK(withdrawn.accepted_pull == nullptr);
    CHECK(ReasonOf(withdrawn) == "subject-tag-moved");
    CHECK(*withdrawn.record.FindString("rule") ==
          *pulled.record.FindString("rule"));
    CHECK(gate.enforcer.refusals() == (audit ? 0 : 1));
  }
  Gate gate(kReject);
  gate.walk.question.hook = Hook::kPull;
  CHECK(gate.Ask().accepted_pull == nullptr);
}

TEST_CASE("what is missing on disk is kept for those who look there only") {
  Gate gate(kReject);
  gate.walk.question.hook = Hook::kNri;
  gate.walk.question.offline = true;
  CHECK(*gate.Ask().record.FindString("cache") == "miss");
  CHECK(*gate.Ask().record.FindString("cache") == "hit");
  gate.walk.question.hook = Hook::kCreate;
  gate.walk.question.offline = false;
  CHECK(*gate.Ask().record.FindString("cache") == "miss");
  // What the others found counts for them, too, and so does a yes from disk.
  Gate other(kAllow);
  other.walk.question.offline = true;
  CHECK(other.Ask().allow);
  other.walk.question.offline = false;
  CHECK(*other.Ask().record.FindString("cache") == "hit");
}

TEST_CASE(
    "a refusal's line has room for its request and ends in no half letter") {
  const std::string request = "0123456789abcdef";
  CHECK(WithRequest("no-signature: none", request) ==
        "no-signature: none [request 0123456789abcdef]");
  for (std::size_t letters = 300; letters < 400; ++letters) {
    std::string text(letters % 3, 'x');
    for (std::size_t i = 0; i < letters; ++i) text += "\xe2\x82\xac";
    const std::string line = WithRequest(text, request);
    CHECK(line.size() <= limits::kAnswerLineBytes);
    CHECK(IsUtf8(line));
    CHECK(line.ends_with("[request 0123456789abcdef]"));
  }
}

// A pull of an image whose registry tells this node nothing.
struct UnreadPull : Gate {
  explicit UnreadPull(const std::string& policy_text) : Gate(policy_text) {
    walk.resolver.subject = Fail(Reason::kRegistryUnauthorized);
    walk.question.hook = Hook::kPull;
    walk.question.about =
        ReferenceClaim{Reference::Parse("registry.example.com/app:1").value(),
                       {},
                       "",
                       Digest::Of("M")};
  }
};

TEST_CASE("a pull that cannot be read about is told by its rule") {
  const std::string head = "version = 1\n";
  const std::string rule = "[[rule]]\nscope = \"registry.example.com/**\"\n";
  const std::string reject = rule + "action = \"reject\"\n";
  const std::string allow = rule + "action = \"allow\"\n";
  const std::string shop = "namespaces = [\"shop\"]\n";
  CHECK(UnreadPull(head + allow).Ask().allow);
  CHECK(UnreadPull(head + "default = \"allow\"\n").Ask().allow);
  CHECK(UnreadPull(head + reject + allow + shop).Ask().allow);
  for (const auto& [pod_namespace, allowed] :
       {std::pair("shop", true), {"other", false}}) {
    UnreadPull known(head + reject + allow + shop);
    std::get<ReferenceClaim>(known.walk.question.about).pod_namespace =
        pod_namespace;
    CHECK(known.Ask().allow == allowed);
  }
  const std::string audit = "mode = \"audit\"\n";
  CHECK(UnreadPull(head + reject + audit).Ask().allow);
  for (const std::string& text :
       {head + reject, head, head + audit + reject + "mode = \"enforce\"\n"}) {
    const Answer answer = UnreadPull(text).Ask();
    CHECK_FALSE(answer.allow);
    CHECK(ReasonOf(answer) == "registry-unauthorized");
  }
  // What the registry did answer, or a clock that nothing can be judged by, is
  // not what a rule allows.
  for (const Reason reason :
       {Reason::kManifestDigestMismatch, Reason::kManifestMalformed,
        Reason::kJsonDuplicate, Reason::kInternal}) {
    UnreadPull bad(head + allow);
    bad.walk.resolver.subject = Fail(reason);
    CHECK_FALSE(bad.Ask().allow);
  }
  UnreadPull early(head + allow);
  early.walk.question.now = Time();
  CHECK(ReasonOf(early.Ask()) == "clock-implausible");
  // A start is never told so.
  UnreadPull start(head + allow);
  start.walk.question.hook = Hook::kCreate;
  CHECK_FALSE(start.Ask().allow);
}

// Asks the same again while it is asked, so many times.
struct NestedResolver : Resolver {
  Result<Subject> Resolve(const Question& question) override {
    if (++depth < 100) enforcer->Ask(question);
    return Fail(Reason::kManifestMissing);
  }
  Enforcer* enforcer = nullptr;
  unsigned depth = 0;
};

TEST_CASE("pulls leave room for starts") {
  Gate gate(kReject);
  NestedResolver resolver;
  const Verifier verifier(resolver, gate.walk.evidence, gate.walk.layers,
                          gate.walk.bases);
  Enforcer enforcer({verifier, gate.audit, [&] { return gate.policy; }}, false,
                    100);
  resolver.enforcer = &enforcer;
  gate.walk.question.hook = Hook::kPull;
  enforcer.Ask(gate.walk.question);
  CHECK(resolver.depth == Enforcer::kMostPulls);
  gate.walk.question.hook = Hook::kCreate;
  resolver.depth = 0;
  enforcer.Ask(gate.walk.question);
  CHECK(resolver.depth == 100);
}

TEST_CASE("a rejected image is refused with its reason first") {
  Gate gate(kReject);
  const Answer answer = gate.Ask();
  CHECK_FALSE(answer.allow);
  CHECK(answer.line.starts_with("rule-rejects: "));
}

TEST_CASE("audit mode decides, reports and never blocks") {
  Gate gate(
      "version = 1\nmode = \"audit\"\n[[rule]]\nscope = \"**\"\n"
      "action = \"reject\"\n");
  const Answer answer = gate.Ask();
  CHECK(answer.allow);
  CHECK(*answer.record.FindString("verdict") == "rejected");
  gate.walk.question.hook = Hook::kRestore;
  CHECK(gate.Ask().allow);
}

TEST_CASE("without a policy nothing starts") {
  Gate gate("");
  CHECK(ReasonOf(gate.Ask()) == "policy-missing");
  CHECK_FALSE(gate.Ask().allow);
}

TEST_CASE("restore is refused unless the node says otherwise") {
  Gate gate(kAllow);
  gate.walk.question.hook = Hook::kRestore;
  CHECK(ReasonOf(gate.Ask()) == "restore-refused");
  CHECK_FALSE(gate.Ask().allow);
  Gate open(kAllow, /*allow_restore=*/true);
  open.walk.question.hook = Hook::kRestore;
  CHECK(open.Ask().allow);
}

TEST_CASE("an acceptance that cannot be audited is refused") {
  Gate gate(kAllow);
  REQUIRE(WriteFileAtomically(gate.folder.path() + "/log", "a file"));
  const Answer answer = gate.Ask();
  CHECK_FALSE(answer.allow);
  CHECK(ReasonOf(answer) == "write-failed");
}

TEST_CASE("a full disk refuses and says so") {
  Gate gate(kAllow);
  AuditLog full(AuditFiles("/dev/full", gate.folder / "state-full"));
  Enforcer enforcer({gate.verifier, full, [&] { return gate.policy; }}, false,
                    0);
  const Answer answer = enforcer.Ask(gate.walk.question);
  CHECK_FALSE(answer.allow);
  CHECK(ReasonOf(answer) == "disk-full");
}

TEST_CASE("a kept verdict looks at the layers again") {
  const TestKey key = TestKey::Make(KeyKind::kEcdsaP256);
  Gate gate(kAllow);
  gate.policy = MakePolicy(
      "version = 1\n[[rule]]\nscope = \"**\"\nrequire = \"a\"\n[signers.a]\n"
      "type = \"openssl\"\nkeys = [\"a.pub\"]\nfolder = \"/signatures\"\n",
      {{"a.pub", key}});
  gate.walk.evidence.on_disk.artifacts = {SignedFile(key, "M")};
  CHECK(gate.Ask().allow);
  CHECK(*gate.Ask().record.FindString("cache") == "hit");
  CHECK(gate.walk.layers.checks == 2);
  CHECK(gate.walk.evidence.disk_reads == 1);

  gate.walk.layers.status = Fail(Reason::kLayerDigestMismatch);
  const Answer damaged = gate.Ask();
  CHECK_FALSE(damaged.allow);
  CHECK(ReasonOf(damaged) == "layer-digest-mismatch");
}

TEST_CASE("what an exception lets through is kept no longer than it lasts") {
  Gate gate("version = 1\n");
  Diagnostics problems;
  auto exceptions = ReadBreakGlass(
      {{{"bg.toml",
         "version = 1\n[[exception]]\nscope = \"registry.example.com/**\"\n"
         "reason = \"down\"\nwho = \"jo\"\nnot_before = 2026-09-20\n"
         "expires = " +
             Rfc3339(kNow + std::chrono::seconds(2)) + "\n"}}},
      problems);
  REQUIRE(exceptions.size() == 1);
  gate.policy = gate.policy->With(std::move(exceptions));
  std::vector<std::string> said;
  Enforcer enforcer({gate.verifier, gate.audit, [&] { return gate.policy; },
                     [&](const std::string& text) { said.push_back(text); }},
                    false, 100);
  const auto ask = [&] { return enforcer.Ask(gate.walk.question); };
  const Answer first = ask();
  CHECK(first.allow);
  CHECK(ReasonOf(first) == "allowed-by-break-glass");
  const Json::Array* told = first.record.FindArray("break_glass");
  REQUIRE((told != nullptr && told->size() == 1));
  CHECK(*told->front().FindString("refused") == "no-rule-matches");
  CHECK(*told->front().FindString("who") == "jo");
  REQUIRE(first.record.FindArray("policy_warnings") != nullptr);
  const Answer again = ask();
  CHECK(*again.record.FindString("cache") == "hit");
  CHECK(again.allow);
  CHECK(said.size() == 2);
  // Who asks what is verified is told so, and keeps nobody from starting.
  gate.walk.question.hook = Hook::kVerify;
  CHECK(ReasonOf(ask()) == "no-rule-matches");
  gate.walk.question.hook = Hook::kCreate;
  CHECK(ask().allow);
  gate.walk.question.now = kNow + std::chrono::seconds(2);
  const Answer late = ask();
  CHECK_FALSE(late.allow);
  CHECK(ReasonOf(late) == "no-rule-matches");
  CHECK(late.record.FindArray("break_glass") == nullptr);
  // A clock that goes back a little makes nothing of it last longer.
  gate.walk.question.now = kNow - std::chrono::hours(24 * 365);
  CHECK_FALSE(ask().allow);
  CHECK(said.size() == 3);
}

TEST_CASE("a new policy is in force for the next question") {
  Gate gate(kAllow);
  CHECK(gate.Ask().allow);
  gate.policy = MakePolicy(kReject, {});
  CHECK_FALSE(gate.Ask().allow);
  gate.policy = nullptr;
  CHECK_FALSE(gate.Ask().allow);
}

namespace {

class ThrowingResolver : public Resolver {
 public:
  Result<Subject> Resolve(const Question& /*question*/) override {
    throw 42;  // not even an exception
  }
};

}  // namespace

TEST_CASE("whatever is thrown ends undetermined") {
  Gate gate(kAllow);
  ThrowingResolver resolver;
  const Verifier verifier(resolver, gate.walk.evidence, gate.walk.layers,
                          gate.walk.bases);
  Enforcer enforcer({verifier, gate.audit, [&] { return gate.policy; }}, false,
                    10);
  const Answer answer = enforcer.Ask(gate.walk.question);
  CHECK_FALSE(answer.allow);
  CHECK(ReasonOf(answer) == "internal");
}

namespace {

// The world changes while somebody looks at it.
class ChangingLayers : public GivenLayers {
 public:
  Status Check(const ImageManifest& manifest, const std::string& blob_dir,
               Deadline deadline) override {
    if (changed) changed();
    return GivenLayers::Check(manifest, blob_dir, deadline);
  }
  std::function<void()> changed;
};

}  // namespace

TEST_CASE("a verdict that the world overtook is not kept") {
  Gate gate("");
  const TestKey key = TestKey::Make(KeyKind::kEcdsaP256);
  gate.walk.evidence.on_disk.artifacts = {SignedFile(key, "M")};
  gate.policy = MakePolicy(
      "version = 1\n[[rule]]\nscope = \"**\"\nrequire = \"a\"\n[signers.a]\n"
      "type = \"openssl\"\nkeys = [\"a.pub\"]\nfolder = \"/signatures\"\n",
      {{"a.pub", key}});
  ChangingLayers layers;
  const Verifier verifier(gate.walk.resolver, gate.walk.evidence, layers,
                          gate.walk.bases);
  Enforcer enforcer({verifier, gate.audit, [&] { return gate.policy; }}, false,
                    10);
  const auto cache_of = [&] {
    const Answer answer = enforcer.Ask(gate.walk.question);
    CHECK(answer.allow);
    return *answer.record.FindString("cache");
  };
  layers.changed = [&] { enforcer.ForgetVerdicts(); };
  CHECK(cache_of() == "miss");
  layers.changed = nullptr;
  CHECK(cache_of() == "miss");
  CHECK(cache_of() == "hit");
  enforcer.ForgetVerdicts();
  CHECK(cache_of() == "miss");
}
