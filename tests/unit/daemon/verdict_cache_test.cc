#include "daemon/verdict_cache.h"

#include "tests/support/catch.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::test;

namespace {

using std::chrono::seconds;

Verdict Accepted() {
  return Walk().Decide(MakePolicy(
      "version = 1\n[[rule]]\nscope = \"**\"\naction = \"allow\"\n", {}));
}

std::shared_ptr<const Subject> ASubject() {
  return std::make_shared<const Subject>(
      MakeSubject("registry.example.com/app:1"));
}

}  // namespace

TEST_CASE("what is kept comes back with the new subject") {
  VerdictCache cache(10);
  const auto subject = ASubject();
  cache.Keep("k", Accepted(), kNow);
  const auto found = cache.Find("k", kNow, subject);
  REQUIRE(found);
  CHECK(found->accepted());
  CHECK(found->trail().subject == subject);
  CHECK_FALSE(cache.Find("other", kNow, subject));
}

TEST_CASE("verdicts end") {
  VerdictCache cache(10);
  cache.Keep("yes", Accepted(), kNow);
  cache.Keep("no", Verdict(Fail(Reason::kNoSignature)), kNow);
  cache.Keep("unsure", Verdict(Fail(Reason::kDeadline)), kNow);
  CHECK(cache.Find("no", kNow + seconds(2), nullptr));
  CHECK_FALSE(cache.Find("no", kNow + seconds(4), nullptr));
  CHECK_FALSE(cache.Find("unsure", kNow, nullptr));
  CHECK(cache.Find("yes", kNow + seconds(3599), nullptr));
  CHECK_FALSE(cache.Find("yes", kNow + seconds(3601), nullptr));
}

TEST_CASE("a clock that went back makes an entry unbelievable") {
  VerdictCache cache(10);
  cache.Keep("yes", Accepted(), kNow);
  CHECK_FALSE(cache.Find("yes", kNow - seconds(1), nullptr));
}

TEST_CASE("the cache is bounded and drops what was used longest ago") {
  VerdictCache cache(2);
  cache.Keep("1", Accepted(), kNow);
  cache.Keep("2", Accepted(), kNow);
  CHECK(cache.Find("1", kNow, nullptr));
  cache.Keep("3", Accepted(), kNow);
  CHECK(cache.size() == 2);
  CHECK(cache.Find("1", kNow, nullptr));
  CHECK_FALSE(cache.Find("2", kNow, nullptr));
}

TEST_CASE("a key tells apart all that a verdict depends on") {
  const Subject subject = MakeSubject("registry.example.com/app:1");
  const Digest policy = Digest::Of("policy");
  const std::string key = VerdictCache::KeyOf(subject, policy);
  CHECK(key == VerdictCache::KeyOf(subject, policy));
  CHECK(key != VerdictCache::KeyOf(subject, Digest::Of("other policy")));

  Subject changed = subject;
  changed.config = Digest::Of("other");
  CHECK(key != VerdictCache::KeyOf(changed, policy));
  changed = subject;
  changed.workload.pod_namespace = "kube-system";
  CHECK(key != VerdictCache::KeyOf(changed, policy));
  changed = subject;
  changed.names.push_back(*Reference::Parse("registry.example.com/app:2"));
  CHECK(key != VerdictCache::KeyOf(changed, policy));
  changed = subject;
  changed.images.front().manifest = Digest::Of("other");
  CHECK(key != VerdictCache::KeyOf(changed, policy));
  changed = subject;
  changed.images.front().indexes.clear();
  CHECK(key != VerdictCache::KeyOf(changed, policy));
  changed = subject;
  changed.blob_dir = "/elsewhere";
  CHECK(key != VerdictCache::KeyOf(changed, policy));

  Subject with_volume = subject;
  with_volume.volumes.push_back(subject);
  const std::string with_key = VerdictCache::KeyOf(with_volume, policy);
  CHECK(key != with_key);
  changed = with_volume;
  changed.volumes.front().config = Digest::Of("other");
  CHECK(with_key != VerdictCache::KeyOf(changed, policy));
  changed = with_volume;
  changed.volumes.front().mounted_at = "/elsewhere";
  CHECK(with_key != VerdictCache::KeyOf(changed, policy));
}
