#include "core/schemes/simple_signing/registries_d.h"

#include "core/subject/containers_scopes.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

class Folder : public TrustFiles {
 public:
  explicit Folder(std::vector<TrustFile> files) : files_(std::move(files)) {}
  Result<std::vector<TrustFile>> Read(std::string_view name) override {
    return Fail(Reason::kPolicyKeyUnreadable, std::string(name));
  }
  Result<std::vector<TrustFile>> ReadSettings(
      std::string_view /*folder*/, std::string_view ending) override {
    CHECK(ending == ".yaml");
    return files_;
  }

 private:
  std::vector<TrustFile> files_;
};

Result<std::shared_ptr<const LookasideStores>> ReadFiles(
    std::vector<std::string> texts) {
  std::vector<TrustFile> files;
  for (auto& text : texts) {
    files.push_back({std::to_string(files.size()) + ".yaml", std::move(text)});
  }
  Folder folder(std::move(files));
  return ReadRegistriesD(folder, kRegistriesD);
}

std::string StoreFor(const std::vector<std::string>& texts,
                     const std::string& name) {
  const auto stores = ReadFiles(texts);
  if (!stores) FAIL(stores.error().detail);
  return (*stores)->For(*Reference::Parse(name)).str();
}

TEST_CASE("scopes go from the name to the domains above its host") {
  CHECK(ContainersScopes(*Reference::Parse("r.a.example.com:5000/x/y:1")) ==
        std::vector<std::string>{
            "r.a.example.com:5000/x/y:1", "r.a.example.com:5000/x/y",
            "r.a.example.com:5000/x", "r.a.example.com:5000", "*.a.example.com",
            "*.example.com", "*.com"});
  CHECK(ContainersScopes(*Reference::Parse("busybox")) ==
        std::vector<std::string>{"docker.io/library/busybox:latest",
                                 "docker.io/library/busybox",
                                 "docker.io/library", "docker.io", "*.io"});
  const std::string digest = "sha256:" + std::string(64, 'a');
  CHECK(ContainersScopes(*Reference::Parse("localhost/x:1@" + digest)) ==
        std::vector<std::string>{"localhost/x@" + digest, "localhost/x",
                                 "localhost"});
}

TEST_CASE("the most exact scope that names a store is the one") {
  const std::vector<std::string> texts = {
      "default-docker:\n"
      "  sigstore: file:///rest\n"
      "docker:\n"
      "  registry.example.com:\n"
      "    lookaside: https://host.example.com\n"
      "    sigstore: https://old.example.com\n"
      "  registry.example.com/team:\n"
      "    lookaside-staging: file:///staging\n"
      "    use-sigstore-attachments: true\n"
      "  registry.example.com/team/app:\n"
      "    lookaside: https://app.example.com/\n",
      "docker:\n"
      "  registry.example.com/team/app:1:\n"
      "    sigstore: file:///one\n"
      "  '*.example.org':\n"
      "    lookaside: file:///wild\n"
      "something-else: 1\n",
      ""};
  const auto store = [&](const std::string& name) {
    return StoreFor(texts, name);
  };
  CHECK(store("registry.example.com/team/app:1") == "file:///one");
  CHECK(store("registry.example.com/team/app:2") == "https://app.example.com/");
  // A scope that says nothing of reading leads on.
  CHECK(store("registry.example.com/team/other:1") ==
        "https://host.example.com");
  CHECK(store("registry.example.com/x:1") == "https://host.example.com");
  CHECK(store("a.b.example.org:5000/x:1") == "file:///wild");
  CHECK(store("example.org/x:1") == "file:///rest");
  CHECK(StoreFor({}, "x.example.com/x:1") ==
        "file:///var/lib/containers/sigstore");
}

TEST_CASE("what is not clear is refused with its file") {
  const auto reason = [](std::vector<std::string> texts) {
    const auto stores = ReadFiles(std::move(texts));
    REQUIRE_FALSE(stores);
    CHECK(stores.error().detail.find(".yaml") != std::string::npos);
    return stores.error().reason;
  };
  const std::string one =
      "docker:\n  a.example.com:\n    lookaside: file:///a\n";
  CHECK(reason({one, one}) == Reason::kPolicyMalformed);
  const std::string rest = "default-docker:\n  lookaside: file:///a\n";
  CHECK(reason({rest, rest}) == Reason::kPolicyMalformed);
  CHECK(reason({"[]"}) == Reason::kPolicyMalformed);
  CHECK(reason({"docker: 1"}) == Reason::kPolicyMalformed);
  CHECK(reason({"docker:\n  a.example.com: text"}) == Reason::kPolicyMalformed);
  CHECK(reason({"default-docker:\n  lookaside: 1"}) ==
        Reason::kPolicyMalformed);
  CHECK(reason({"default-docker:\n  lookaside: ftp://a"}) ==
        Reason::kPolicyMalformed);
  CHECK(reason({"docker:\n  a: {}\n  a: {}\n"}) == Reason::kJsonDuplicate);
  CHECK(reason({"docker: ["}) == Reason::kYamlMalformed);
}

TEST_CASE("signatures are counted from one below the repository's path") {
  const auto digest = Digest::Of("x");
  CHECK(LookasidePath(*Reference::Parse("a.example.com/team/app:1"), digest,
                      3) == "team/app@sha256=" + digest.hex() + "/signature-3");
}

}  // namespace
}  // namespace assay
