#include "core/schemes/cluster_reference.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

std::string Read(std::string_view text) {
  const auto reference = ClusterReference::Parse(text);
  if (!reference) return std::string(Describe(reference.error().reason).id);
  return reference->object.str() + " " + reference->item;
}

}  // namespace

TEST_CASE("a Secret is named as cosign names it") {
  CHECK(Read("k8s://prod/release") == "k8s://secret/prod/release ");
  CHECK(Read("k8s://secret/prod/release") == "k8s://secret/prod/release ");
  CHECK(Read("k8s://configmap/prod/a.b-1#cosign.pub") ==
        "k8s://configmap/prod/a.b-1 cosign.pub");
  CHECK(Read("k8s://secret/release") == "k8s://secret/secret/release ");
  const auto map = ClusterReference::Parse("k8s://configmap/a/b");
  REQUIRE(map);
  CHECK(map->object.KindName() == "ConfigMap");
  CHECK(map->object.Plural() == "configmaps");
  CHECK(ClusterReference::Parse("k8s://a/b")->object.KindName() == "Secret");
}

// A name becomes part of an address and of what is asked of a server.
TEST_CASE("names that no object has are refused") {
  const std::string longest(253, 'a');
  CHECK(Read("k8s://" + std::string(63, 'a') + "/" + longest) !=
        "policy-malformed");
  for (const std::string& bad : {std::string("k8s://"),
                                 std::string("k8s://a"),
                                 std::string("k8s://a/"),
                                 std::string("k8s:///b"),
                                 std::string("k8s://a//b"),
                                 std::string("k8s://pod/a/b"),
                                 std::string("k8s://secret/a/b/c"),
                                 std::string("k8s://Prod/b"),
                                 std::string("k8s://a.b/c"),
                                 std::string("k8s://a/.."),
                                 std::string("k8s://../b"),
                                 std::string("k8s://a/b?x"),
                                 std::string("k8s://a/b%2fc"),
                                 std::string("k8s://a/b,metadata.name!=b"),
                                 std::string("k8s://a/-b"),
                                 std::string("k8s://a/b."),
                                 std::string("k8s://a/b\n"),
                                 std::string("k8s://a/b\0c", 11),
                                 std::string("k8s://a/b#"),
                                 std::string("k8s://a/b#..data"),
                                 std::string("k8s://a/b#c#d"),
                                 std::string("k8s://a/b#c/d"),
                                 std::string("K8S://a/b"),
                                 "k8s://" + std::string(64, 'a') + "/b",
                                 "k8s://a/" + longest + "a"}) {
    INFO(bad);
    CHECK(Read(bad) == "policy-malformed");
  }
}
