#include "core/schemes/kubernetes_object.h"

#include "base/bytes.h"
#include "tests/support/catch.h"

using namespace assay;

namespace {

// As `kubectl get secret release -o json` prints it.
std::string Secret(const std::string& data, const std::string& name = "a") {
  return R"({
    "apiVersion": "v1",
    "data": {)" +
         data + R"(},
    "kind": "Secret",
    "metadata": {
        "creationTimestamp": "2026-01-02T03:04:05Z",
        "managedFields": [{"fieldsType": "FieldsV1"}],
        "name": ")" +
         name + R"(",
        "namespace": "default"
    },
    "type": "Opaque"
}
)";
}

std::string ConfigMap(const std::string& members) {
  return R"({"apiVersion": "v1", "kind": "ConfigMap", )" + members + "}";
}

std::string List(const std::string& items) {
  return R"({"apiVersion": "v1", "kind": "List", "items": [)" + items + "]}";
}

std::string Entry(const std::string& name, const std::string& text) {
  return "\"" + name + "\": \"" + Base64Encode(text) + "\"";
}

// What was read, as "name=bytes name=bytes"; else the reason's id.
std::string Read(const std::string& text, std::string_view item = "") {
  const auto files = ReadKubernetesObject(text, "f", item);
  if (!files) return std::string(Describe(files.error().reason).id);
  std::string all;
  for (const TrustFile& file : *files) {
    if (!all.empty()) all += " ";
    all += file.path.substr(2) + "=" + file.bytes;
  }
  return all;
}

const std::string kPrivate =
    "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";

}  // namespace

TEST_CASE("what kubectl prints of a Secret is its keys") {
  const std::string cosign = Secret(
      Entry("cosign.key", kPrivate) + "," + Entry("cosign.password", "") + "," +
      Entry("cosign.pub", "P") + "," + Entry("other.pub", "O"));
  CHECK(IsKubernetesObject(cosign));
  CHECK(Read(cosign) == "cosign.pub=P");
  CHECK(Read(cosign, "other.pub") == "other.pub=O");
  CHECK(Read(cosign, "a/other.pub") == "other.pub=O");
  CHECK(Read(cosign, "b/other.pub") == "policy-key-unreadable");
  CHECK(Read(cosign, "gone.pub") == "policy-key-unreadable");
}

TEST_CASE("without cosign.pub the sole entry, or what ends as keys do") {
  CHECK(Read(Secret(Entry("release", "K"))) == "release=K");
  CHECK(Read(Secret(Entry("release", "K") + "," + Entry("tls.key", "x"))) ==
        "release=K");
  CHECK(Read(Secret(Entry("a.pub", "A") + "," + Entry("b.pem", "B") + "," +
                    Entry("c.crt", "C") + "," + Entry("notes", "n"))) ==
        "a.pub=A b.pem=B c.crt=C");
  CHECK(Read(Secret(Entry("one", "1") + "," + Entry("two", "2"))) ==
        "policy-key-unreadable");
  CHECK(Read(Secret("")) == "policy-key-unreadable");
}

TEST_CASE("a ConfigMap holds text, and base64 where it is binary") {
  CHECK(Read(ConfigMap(R"("data": {"a.pub": "A\n"})")) == "a.pub=A\n");
  CHECK(Read(ConfigMap(R"("data": {"a.pub": "A"}, "binaryData": {)" +
                       Entry("b.pem", "B") + "}")) == "a.pub=A b.pem=B");
  CHECK(Read(R"({"apiVersion": "v1", "kind": "Secret",
                 "stringData": {"a.pub": "A"}})") == "a.pub=A");
}

TEST_CASE("a TLS Secret yields certificates and never its key") {
  const std::string tls =
      Secret(Entry("ca.crt", "CA") + "," + Entry("tls.crt", "TLS") + "," +
             Entry("tls.key", kPrivate));
  CHECK(Read(tls) == "ca.crt=CA tls.crt=TLS");
  CHECK(Read(tls, "ca.crt") == "ca.crt=CA");
  CHECK(Read(tls, "tls.key") == "key-unsupported");
}

TEST_CASE("private keys are left behind, whatever they are called") {
  CHECK(Read(Secret(Entry("a.pem", kPrivate) + "," + Entry("b.pem", "B"))) ==
        "b.pem=B");
  CHECK(Read(Secret(Entry("a.pem", kPrivate) + "," + Entry("b.pem", "B")),
             "a.pem") == "key-unsupported");
  CHECK(Read(Secret(Entry("a", kPrivate))) == "key-unsupported");
  CHECK(Read(Secret(Entry("cosign.pub", kPrivate) + "," +
                    Entry("b.pem", "B"))) == "key-unsupported");
  const auto refused =
      ReadKubernetesObject(Secret(Entry("cosign.key", kPrivate) + "," +
                                  Entry("cosign.password", "p")),
                           "f", "");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::kKeyUnsupported);
  CHECK(refused.error().detail.find("public key alone") != std::string::npos);
}

TEST_CASE("of a List one entry is meant, and it is not guessed which") {
  const std::string one = Secret(Entry("cosign.pub", "1"), "one");
  const std::string two =
      Secret(Entry("cosign.pub", "2") + "," + Entry("b.pub", "B"), "two");
  CHECK(Read(List(one)) == "cosign.pub=1");
  CHECK(Read(List(one + "," + two)) == "policy-key-unreadable");
  CHECK(Read(List(one + "," + two), "two/cosign.pub") == "cosign.pub=2");
  CHECK(Read(List(one + "," + two), "b.pub") == "b.pub=B");
  CHECK(Read(List(one + "," + two), "cosign.pub") == "policy-key-unreadable");
  CHECK(Read(List(one + "," + one), "one/cosign.pub") ==
        "policy-key-unreadable");
  CHECK(Read(List(one + "," + two), "one/") == "policy-key-unreadable");
  CHECK(Read(List(one + "," + two), "three/b.pub") == "policy-key-unreadable");
}

TEST_CASE("what is no good object is refused whole") {
  const std::string good = Entry("a.pub", "A");
  CHECK(Read("{") == "json-malformed");
  CHECK(Read(Secret(good) + "x") == "json-malformed");
  CHECK(Read(Secret(good + "," + good)) == "json-duplicate");
  CHECK(Read(R"({"apiVersion": "v1", "kind": "Secret", "data": {)" + good +
             R"(}, "stringData": {"a.pub": "B"}})") == "json-duplicate");
  CHECK(Read(Secret(good + R"(, "n.pub": 1)")) == "key-malformed");
  CHECK(Read(Secret(R"("a.pub": "QQ")")) == "key-malformed");
  CHECK(Read(Secret(R"("a.pub": "Q Q=")")) == "key-malformed");
  CHECK(Read(R"({"apiVersion": "v1", "kind": "Secret", "data": []})") ==
        "key-malformed");
  CHECK(Read(R"({"apiVersion": "v1", "kind": "Pod", "data": {}})") ==
        "key-malformed");
  CHECK(Read(R"({"apiVersion": "v2", "kind": "Secret", "data": {}})") ==
        "key-malformed");
  CHECK(Read(R"({"apiVersion": 1, "kind": "Secret", "data": {}})") ==
        "key-malformed");
  CHECK(Read(List("")) == "key-malformed");
  CHECK(Read(List(List(Secret(good)))) == "key-malformed");
  CHECK(Read(List("7")) == "key-malformed");
}

// As `kubectl get secret release -o yaml` prints it.
TEST_CASE("an object written as YAML is the object it is as JSON") {
  const std::string secret = R"(apiVersion: v1
data:
  cosign.key: )" + Base64Encode(kPrivate) +
                             R"(
  cosign.pub: UFVC
  other.pub: TyA=
kind: Secret
metadata:
  creationTimestamp: "2026-01-02T03:04:05Z"
  managedFields:
  - fieldsV1:
      f:data:
        .: {}
        f:cosign.pub: {}
  name: a
type: Opaque
)";
  CHECK(IsKubernetesObject(secret));
  CHECK(Read(secret) == "cosign.pub=PUB");
  CHECK(Read(secret, "a/other.pub") == "other.pub=O ");
  CHECK(Read(secret, "cosign.key") == "key-unsupported");
  CHECK(Read("kind: ConfigMap\napiVersion: v1\ndata:\n  a.pub: |\n    A\n") ==
        "a.pub=A\n");
  CHECK(Read("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n"
             "  kind: Secret\n  data: {a: QQ==}\n") == "a=A");
}

TEST_CASE("a manifest may have several documents") {
  const std::string two =
      "# by hand\n---\n'apiVersion': v1\n'kind': Secret\nmetadata: {name: a}\n"
      "stringData: {cosign.pub: A}\n---\napiVersion: v1\nkind: ConfigMap\n"
      "metadata: {name: b}\ndata: {cosign.pub: B}\n---\n";
  CHECK(IsKubernetesObject(two));
  CHECK(Read(two) == "policy-key-unreadable");
  CHECK(Read(two, "cosign.pub") == "policy-key-unreadable");
  CHECK(Read(two, "b/cosign.pub") == "cosign.pub=B");
  CHECK(Read(two + "apiVersion: apps/v1\nkind: Deployment\n", "b/cosign.pub") ==
        "key-malformed");
  CHECK(Read("kind: Secret\napiVersion: v1\n") == "policy-key-unreadable");
  std::string many;
  for (int i = 0; i < 64; ++i) {
    many += "---\napiVersion: v1\nkind: Secret\ndata: {a: QQ==}\n";
  }
  CHECK(Read(many, "a") == "policy-key-unreadable");
  CHECK(Read(many + many, "a") == "too-large");
}

// What readers of YAML disagree about must not choose a key.
TEST_CASE("tricks of YAML are no way to another key") {
  const auto read = [](const std::string& entries) {
    return Read("apiVersion: v1\nkind: Secret\n" + entries);
  };
  CHECK(read("data: {a.pub: QQ==}\ndata: {a.pub: Qg==}\n") == "json-duplicate");
  CHECK(read("data: {a.pub: QQ==, 'a.pub': Qg==}\n") == "json-duplicate");
  CHECK(read("data: {a.pub: QQ==}\nstringData: {a.pub: B}\n") ==
        "json-duplicate");
  CHECK(read("data: &d {a.pub: QQ==}\nbinaryData: *d\n") == "yaml-unsupported");
  CHECK(read("data: {<<: {a.pub: QQ==}}\n") == "yaml-unsupported");
  CHECK(read("data: {a.pub: !!binary QQ==}\n") == "yaml-unsupported");
  CHECK(read("data: {a.pub: 1234}\n") == "key-malformed");
  CHECK(read("data: {a.pub: 0x1F}\n") == "yaml-unsupported");
  CHECK(read("data: {a.pub: ~}\n") == "key-malformed");
  CHECK(read("data: {a.pub: Q Q=}\n") == "key-malformed");
  CHECK(read("data: {a.pub: QQ}\n") == "key-malformed");
  CHECK(read("data: {../a.pub: QQ==}\n") == "key-malformed");
  CHECK(read("  data: {a.pub: QQ==}\n") == "yaml-malformed");
  CHECK(read("data:\n  a.pub: |\n    QU\n    FB\n") == "a.pub=AAA");
}

TEST_CASE("names that no volume has are refused") {
  for (const std::string name :
       {"", ".", "..", "..data", "a/b", "../a.pub", "a b"}) {
    CHECK_FALSE(IsVolumeEntry(name));
    CHECK(Read(Secret(Entry(name, "A"))) == "key-malformed");
  }
  CHECK_FALSE(IsVolumeEntry(std::string(254, 'a')));
  CHECK(IsVolumeEntry(std::string(253, 'a')));
  CHECK(IsVolumeEntry(".dockerconfigjson"));
}

TEST_CASE("more than anybody needs is refused") {
  std::string data;
  for (int i = 0; i < 257; ++i) {
    data += (i == 0 ? "" : ",") + Entry(std::to_string(i) + ".pub", "A");
  }
  CHECK(Read(Secret(data)) == "too-large");
  std::string items = Secret(Entry("a.pub", "A"));
  for (int i = 0; i < 64; ++i) items += "," + Secret(Entry("a.pub", "A"));
  CHECK(Read(List(items), "a.pub") == "too-large");
  std::string deep = Secret(Entry("a.pub", "A"));
  deep.insert(deep.rfind('}'),
              ", \"x\": " + std::string(64, '[') + std::string(64, ']'));
  CHECK(Read(deep) == "json-too-deep");
}

TEST_CASE("other files are not taken for objects of Kubernetes") {
  CHECK_FALSE(IsKubernetesObject("-----BEGIN PUBLIC KEY-----"));
  CHECK_FALSE(IsKubernetesObject(""));
  CHECK_FALSE(IsKubernetesObject(R"({"mediaType": "x", "tlogs": []})"));
  CHECK_FALSE(IsKubernetesObject(R"("kind" "apiVersion" {)"));
  CHECK_FALSE(IsKubernetesObject("a:\n  apiVersion: v1\n  kind: Secret\n"));
  CHECK_FALSE(IsKubernetesObject("apiVersion: v1\n"));
}
