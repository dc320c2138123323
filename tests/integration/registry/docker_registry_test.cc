// Debian's own docker-registry: passwords, TLS and client certificates through
// hosts.toml, mirrors, and the resolver.
#include "io/registry/registry_resolver.h"
#include "tests/integration/registry/fixture.h"
#include "tests/support/catch.h"

namespace assay::testing {
namespace {

constexpr std::chrono::milliseconds kDeadline{3000};

constexpr const char* kConfig = R"({"architecture":"amd64","os":"linux",)"
                                R"("rootfs":{"type":"layers","diff_ids":[]}})";

std::string Descriptor(const std::string& bytes, const std::string& type) {
  return R"({"mediaType":")" + type + R"(","digest":")" +
         Digest::Of(bytes).str() + R"(","size":)" +
         std::to_string(bytes.size());
}

std::string ManifestBytes() {
  return R"({"schemaVersion":2,"mediaType":")" + std::string(kOciManifest) +
         R"(","config":)" +
         Descriptor(kConfig, "application/vnd.oci.image.config.v1+json") +
         R"(},"layers":[]})";
}

std::string IndexBytes() {
  return R"({"schemaVersion":2,"mediaType":")" + std::string(kOciIndex) +
         R"(","manifests":[)" +
         Descriptor(ManifestBytes(), std::string(kOciManifest)) +
         R"(,"platform":{"os":"linux","architecture":"amd64"}}]})";
}

// Fills the storage folder through a registry without restrictions.
void Push(const TempFolder& folder) {
  const DockerRegistry registry(folder, "", "");
  const std::string base = "http://" + registry.host() + "/v2/team/app";
  const auto put = [&](const std::string& name, const std::string& url,
                       const std::string& type, const std::string& bytes) {
    Run({"curl", "-sf", "--noproxy", "*", "-X", "PUT", "-H",
         "Content-Type: " + type, "--data-binary",
         "@" + folder.Write(name, bytes), url});
  };
  // A POST with the digest and an empty body would start an upload; one
  // request with everything is enough here.
  const std::string headers =
      Run({"sh", "-c",
           "curl -sf --noproxy '*' -i -X POST " + base +
               "/blobs/uploads/ | tr -d '\\r' | sed -n 's/^Location: //Ip'"});
  const std::string location = headers.substr(0, headers.find('\n'));
  put("config", location + "&digest=" + Digest::Of(kConfig).str(),
      "application/octet-stream", kConfig);
  put("manifest", base + "/manifests/v1", std::string(kOciManifest),
      ManifestBytes());
  put("index", base + "/manifests/multi", std::string(kOciIndex), IndexBytes());
}

struct Setup {
  Setup() { Push(folder); }

  // hosts.toml for a registry; returns the folder of such folders.
  std::string Hosts(const std::string& registry, const std::string& toml) {
    folder.Write("certs.d/" + registry + "/hosts.toml", toml);
    return folder / "certs.d";
  }
  RegistryOptions Options(const std::string& hosts,
                          const std::string& config = "") {
    RegistryOptions options;
    if (!hosts.empty()) options.hosts_dirs = {hosts};
    if (!config.empty()) options.credential_files = {config};
    return options;
  }

  TempFolder folder;
};

Question About(const Reference& reference) {
  Question question;
  question.hook = Hook::kVerify;
  question.about = ReferenceClaim{reference, {"linux", "amd64", ""}, "shop"};
  question.deadline = In(kDeadline);
  return question;
}

TEST_CASE("docker-registry: password, manifest, blob, missing referrers") {
  Setup setup;
  setup.folder.Write("htpasswd",
                     Run({"htpasswd", "-Bbn", "-C", "4", "user", "secret"}));
  const DockerRegistry registry(setup.folder, "",
                                "auth: {htpasswd: {realm: tests, path: " +
                                    (setup.folder / "htpasswd") + "}}\n");
  const std::string config = setup.folder.Write(
      "config.json", DockerConfig(registry.host(), kUserSecret));
  RegistryClient client(setup.Options("", config));
  const Reference name = At(registry.host(), "team/app");
  const std::vector<FetchRequest> requests = {
      Manifest(name, "v1"), Manifest(name, Digest::Of(ManifestBytes()).str()),
      Blob(name, Digest::Of(kConfig).str()), Referrers(name)};
  const auto results = client.Fetch(requests, In(kDeadline));
  for (std::size_t i = 0; i < 3; ++i) {
    INFO((results[i] ? "" : results[i].error().detail));
    REQUIRE(results[i]);
  }
  CHECK(results[0]->bytes == ManifestBytes());
  CHECK(results[0]->media_type == kOciManifest);
  CHECK(*results[0]->digest == Digest::Of(ManifestBytes()));
  CHECK(results[2]->bytes == kConfig);
  REQUIRE_FALSE(results[3]);
  CHECK(results[3].error().reason == Reason::kRegistryNotFound);

  RegistryClient anonymous({});
  const auto refused = anonymous.FetchOne(Manifest(name, "v1"), In(kDeadline));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::kRegistryUnauthorized);
}

TEST_CASE("docker-registry: TLS needs the authority that hosts.toml names") {
  Setup setup;
  MakeCertificates(setup.folder);
  const DockerRegistry registry(
      setup.folder,
      "  tls: {certificate: " + (setup.folder / "server.crt") +
          ", key: " + (setup.folder / "server.key") + "}\n",
      "");
  const Reference name = At(registry.host(), "team/app");
  const std::string server = "server = \"https://" + registry.host() + "\"\n";
  const auto ask = [&](const std::string& toml) {
    RegistryClient client(setup.Options(setup.Hosts(registry.host(), toml)));
    return client.FetchOne(Manifest(name, "v1"), In(kDeadline));
  };
  const auto unknown = ask(server);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().reason == Reason::kRegistryTls);

  const auto known = ask(server + "ca = \"../../ca.crt\"\n");
  INFO((known ? "" : known.error().detail));
  CHECK(known);
  CHECK(ask(server + "skip_verify = true\n"));

  const auto broken = ask(server + "ca = \"../../htpasswd-missing\"\n");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().reason == Reason::kNotFound);
  // Loopback without any description: plain text, then unverified TLS.
  RegistryClient client({});
  const auto loopback = client.FetchOne(Manifest(name, "v1"), In(kDeadline));
  INFO((loopback ? "" : loopback.error().detail));
  CHECK(loopback);
}

TEST_CASE("docker-registry: a kept connection never serves other authorities") {
  Setup setup;
  MakeCertificates(setup.folder);
  const DockerRegistry registry(
      setup.folder,
      "  tls: {certificate: " + (setup.folder / "server.crt") +
          ", key: " + (setup.folder / "server.key") + "}\n",
      "");
  const std::string server = "server = \"https://" + registry.host() + "\"\n";
  const std::string hosts =
      setup.Hosts(registry.host(), server + "ca = \"../../ca.crt\"\n");
  RegistryClient client(setup.Options(hosts));
  const FetchRequest request = Manifest(At(registry.host(), "team/app"), "v1");
  CHECK(client.FetchOne(request, In(kDeadline)));
  setup.Hosts(registry.host(), server);
  const auto refused = client.FetchOne(request, In(kDeadline));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::kRegistryTls);
}

TEST_CASE("docker-registry: a client certificate opens the door") {
  Setup setup;
  MakeCertificates(setup.folder);
  const DockerRegistry registry(
      setup.folder,
      "  tls: {certificate: " + (setup.folder / "server.crt") +
          ", key: " + (setup.folder / "server.key") + ", clientcas: [" +
          (setup.folder / "ca.crt") + "]}\n",
      "");
  const FetchRequest request = Manifest(At(registry.host(), "team/app"), "v1");
  const std::string start =
      "server = \"https://" + registry.host() + "\"\nca = \"../../ca.crt\"\n";
  RegistryClient without(setup.Options(setup.Hosts(registry.host(), start)));
  const auto refused = without.FetchOne(request, In(kDeadline));
  REQUIRE_FALSE(refused);
  INFO(refused.error().detail);
  CHECK(refused.error().reason == Reason::kRegistryTls);
  RegistryClient with(setup.Options(setup.Hosts(
      registry.host(),
      start + "client = [[\"../../client.cert\", \"../../client.key\"]]\n")));
  const auto fetched = with.FetchOne(request, In(kDeadline));
  INFO((fetched ? "" : fetched.error().detail));
  CHECK(fetched);
}

TEST_CASE("docker-registry: mirrors answer first, the registry last") {
  Setup setup;
  const DockerRegistry registry(setup.folder, "", "");
  // The mirror has nothing of this name: the hostile one answers 404.
  const std::string toml =
      "server = \"http://" + registry.host() + "\"\n[host.\"http://" +
      Hostile().host() + "\"]\ncapabilities = [\"pull\"]\n" +
      "[host.\"http://" + Hostile().host() + "\".header]\nx-node = \"seven\"\n";
  RegistryClient client(
      setup.Options(setup.Hosts("registry.example.com", toml)));
  const Reference name = At("registry.example.com", "team/app");
  CHECK(client.FetchOne(Manifest(name, "v1"), In(kDeadline)));
  // A tag needs "resolve", which the mirror does not have.
  CHECK(Hostile().Log("/v2/team/app").empty());
  CHECK(client.FetchOne(Manifest(name, Digest::Of(ManifestBytes()).str()),
                        In(kDeadline)));
  const auto log = Hostile().Log("/v2/team/app");
  REQUIRE(log.size() == 1);
  CHECK(log[0].FindString("path")->ends_with("?ns=registry.example.com"));
  CHECK(*log[0].Find("headers")->FindString("x-node") == "seven");
}

TEST_CASE("docker-registry: a stalled mirror leaves time for the registry") {
  Setup setup;
  const DockerRegistry registry(setup.folder, "", "");
  const std::string toml = "server = \"http://" + registry.host() +
                           "\"\n[host.\"http://" + Hostile().host() +
                           "/v2/stalled-headers\"]\noverride_path = true\n";
  RegistryClient client(
      setup.Options(setup.Hosts("registry.example.com", toml)));
  const auto fetched = client.FetchOne(
      Manifest(At("registry.example.com", "team/app"), "v1"), In(kDeadline));
  INFO((fetched ? "" : fetched.error().detail));
  CHECK(fetched);
}

TEST_CASE("hosts.toml with a mistake is an error that names the place") {
  Setup setup;
  const std::string hosts = setup.Hosts(
      "registry.example.com", "server = \"http://127.0.0.1:1\"\nskip = 1\n");
  RegistryClient client(setup.Options(hosts));
  const auto fetched = client.FetchOne(
      Manifest(At("registry.example.com", "team/app"), "v1"), In(kDeadline));
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().reason == Reason::kConfigurationMalformed);
  CHECK(fetched.error().detail.find("hosts.toml:2") != std::string::npos);
}

TEST_CASE("the resolver binds a tag, an index and a digest") {
  Setup setup;
  const DockerRegistry registry(setup.folder, "", "");
  RegistryClient client({});
  RegistryResolver resolver(client);
  const Digest manifest = Digest::Of(ManifestBytes());
  const Digest index = Digest::Of(IndexBytes());

  const Reference tag = At(registry.host(), "team/app:v1");
  const auto single = resolver.Resolve(About(tag));
  INFO((single ? "" : single.error().detail));
  REQUIRE(single);
  CHECK(single->names == std::vector<Reference>{tag});
  CHECK(single->config == Digest::Of(kConfig));
  CHECK(single->workload.pod_namespace == "shop");
  REQUIRE(single->images.size() == 1);
  CHECK(single->images[0].manifest == manifest);
  CHECK(single->images[0].indexes.empty());
  CHECK(single->documents.at(manifest) == ManifestBytes());

  const auto multi =
      resolver.Resolve(About(At(registry.host(), "team/app:multi")));
  REQUIRE(multi);
  CHECK(multi->images[0].manifest == manifest);
  CHECK(multi->images[0].indexes == std::vector<Digest>{index});
  CHECK(multi->documents.at(index) == IndexBytes());

  Question other = About(At(registry.host(), "team/app:multi"));
  std::get<ReferenceClaim>(other.about).platform = {"linux", "riscv64", ""};
  const auto missing = resolver.Resolve(other);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().reason == Reason::kPlatformMissing);

  // What a runtime found behind a tag counts, whatever the tag is now.
  Question found = About(At(registry.host(), "team/app:none"));
  std::get<ReferenceClaim>(found.about).found = manifest;
  const auto pulled = resolver.Resolve(found);
  REQUIRE(pulled);
  CHECK(pulled->images[0].manifest == manifest);
  CHECK(pulled->names.front().tag() == "none");
  found = About(At(registry.host(), "team/app@" + index.str()));
  std::get<ReferenceClaim>(found.about).found = manifest;
  const auto two = resolver.Resolve(found);
  REQUIRE_FALSE(two);
  CHECK(two.error().reason == Reason::kManifestDigestMismatch);

  const auto absent =
      resolver.Resolve(About(At(registry.host(), "team/app:none")));
  REQUIRE_FALSE(absent);
  CHECK(absent.error().reason == Reason::kManifestMissing);
}

TEST_CASE("the resolver refuses hostile manifests by name") {
  RegistryClient client({});
  RegistryResolver resolver(client);
  const auto deep = resolver.Resolve(About(At(Hostile().host(), "deep/m:v1")));
  REQUIRE_FALSE(deep);
  CHECK(deep.error().reason == Reason::kJsonTooDeep);
  Question offline = About(At(Hostile().host(), "good/m:v1"));
  offline.offline = true;
  const auto refused = resolver.Resolve(offline);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::kRegistryUnreachable);
}

}  // namespace
}  // namespace assay::testing
