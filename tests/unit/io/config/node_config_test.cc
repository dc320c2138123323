#include "io/config/node_config.h"

#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;

namespace {

struct Node {
  testing::TempFolder folder;
  Diagnostics problems;
  std::optional<NodeConfig> Load() {
    return NodeConfig::Load(Paths(folder.path()), problems);
  }
};

}  // namespace

TEST_CASE("without files every setting is closed") {
  Node node;
  const auto config = node.Load();
  REQUIRE(config);
  CHECK_FALSE(config->allow_restore);
  CHECK(config->trusted_snapshotters.empty());
  CHECK(config->trusted_realms.empty());
  CHECK(config->Doors().empty());
}

TEST_CASE("a later file wins key by key") {
  Node node;
  node.folder.Write("etc/assay/assayd.toml",
                    "[create]\nrestore = \"allow\"\n"
                    "[containerd]\naddress = \"/a.sock\"\n");
  node.folder.Write("etc/assay/assayd.d/10.toml",
                    "[create]\nrestore = \"reject\"\n");
  const auto config = node.Load();
  REQUIRE(config);
  CHECK_FALSE(config->allow_restore);
  CHECK(config->containerd_address == "/a.sock");
}

TEST_CASE("what is misspelt or of another type is refused with its place") {
  const std::string text =
      GENERATE(as<std::string>{}, "[create]\nrestor = \"allow\"\n",
               "[create]\nrestore = true\n", "[create]\nrestore = \"Allow\"\n",
               "[creates]\n#\n", "[evidence]\nmax_bytes = 0\n",
               "[audit]\nmax_bytes = 0\n", "[audit]\nfull_files = \"all\"\n",
               "[create\n#\n");
  Node node;
  node.folder.Write("etc/assay/assayd.toml", "\n" + text);
  CHECK_FALSE(node.Load());
  REQUIRE_FALSE(node.problems.empty());
  CHECK(node.problems.front().position.line >= 2);
}

TEST_CASE("settings that others may write are refused") {
  Node node;
  const std::string path =
      node.folder.Write("etc/assay/assayd.toml", "[create]\n");
  std::filesystem::permissions(path, std::filesystem::perms(0666));
  CHECK_FALSE(node.Load());
  REQUIRE(node.problems.size() == 1);
  CHECK(node.problems.front().reason == Reason::kFileUnsafe);
}

TEST_CASE("every door is announced") {
  Node node;
  node.folder.Write("etc/assay/assayd.toml",
                    "[create]\nrestore = \"allow\"\n"
                    "[containerd]\ntrusted_snapshotters = [\"stargz\"]\n");
  const auto config = node.Load();
  REQUIRE(config);
  const auto doors = config->Doors();
  REQUIRE(doors.size() == 2);
  CHECK(doors[0].find("restore") != std::string::npos);
  CHECK(doors[1].find("stargz") != std::string::npos);
}

TEST_CASE("[trust.tuf] needs a mirror that cannot be read along, and a root") {
  const auto load = [](const std::string& text) {
    Node node;
    node.folder.Write("etc/assay/assayd.toml", "[trust.tuf]\n" + text);
    return node.Load();
  };
  const std::string root = "root = \"tuf-root.json\"\n";
  for (const auto* mirror :
       {"https://tuf.example.com", "http://127.0.0.1:8080/x",
        "http://localhost", "http://[::1]/"}) {
    const auto config =
        load("mirror = \"" + std::string(mirror) + "\"\n" + root);
    REQUIRE(config);
    REQUIRE(config->tuf);
    CHECK(config->tuf->mirror == mirror);
    CHECK(config->tuf->refresh_minutes == 60);
    CHECK(config->tuf->stale_after_hours == 72);
  }
  for (const auto* mirror :
       {"", "http://tuf.example.com", "http://127.0.0.1.example.com",
        "http://localhost@tuf.example.com", "ftp://localhost", "localhost"}) {
    CHECK_FALSE(load("mirror = \"" + std::string(mirror) + "\"\n" + root));
  }
  const std::string mirror = "mirror = \"https://tuf.example.com\"\n";
  CHECK_FALSE(load(mirror));
  CHECK_FALSE(load(root));
  CHECK_FALSE(load(mirror + root + "stale_after_hours = -1\n"));
  CHECK_FALSE(load(mirror + root + "stale_after_hours = 100000\n"));
  CHECK_FALSE(load(mirror + root + "refresh_minutes = 0\n"));
  CHECK_FALSE(load(mirror + root + "roots = \"a\"\n"));
  CHECK(
      load(mirror + root + "stale_after_hours = 0\n")->tuf->stale_after_hours ==
      0);
}

TEST_CASE("[kubernetes] is there or not, and names a file by its whole path") {
  const auto load = [](const std::string& text) {
    Node node;
    node.folder.Write("etc/assay/assayd.toml", text);
    return node.Load();
  };
  CHECK_FALSE(load("")->kubernetes);
  CHECK(load("[kubernetes]\n")->kubernetes->kubeconfig.empty());
  CHECK(
      load("[kubernetes]\nkubeconfig = \"/etc/k\"\n")->kubernetes->kubeconfig ==
      "/etc/k");
  CHECK_FALSE(load("[kubernetes]\nkubeconfig = \"k\"\n"));
  CHECK_FALSE(load("[kubernetes]\nserver = \"https://a.example.com\"\n"));
}

TEST_CASE("[image_proxy] is there or not, and names a socket by its path") {
  const auto load = [](const std::string& text) {
    Node node;
    node.folder.Write("etc/assay/assayd.toml", text);
    return node.Load();
  };
  CHECK_FALSE(load("")->image_proxy);
  CHECK(load("[image_proxy]\n")->image_proxy->address.empty());
  CHECK(load("[image_proxy]\naddress = \"/run/a\"\n")->image_proxy->address ==
        "/run/a");
  CHECK_FALSE(load("[image_proxy]\naddress = \"a\"\n"));
  CHECK_FALSE(load("[image_proxy]\nruntime = \"/run/a\"\n"));
}

TEST_CASE("[nri] is there or not, and its socket moves with the root") {
  const auto load = [](const std::string& text) {
    Node node;
    node.folder.Write("etc/assay/assayd.toml", text);
    auto config = node.Load();
    if (config && config->nri) {
      const std::string& root = node.folder.path();
      const std::size_t at = config->nri->socket.find(root);
      if (at == 0) config->nri->socket.replace(0, root.size(), "ROOT");
    }
    return config;
  };
  CHECK_FALSE(load("")->nri);
  CHECK(load("[nri]\n")->nri->socket == "ROOT/run/nri/nri.sock");
  CHECK(load("[nri]\nsocket = \"/a.sock\"\n")->nri->socket == "/a.sock");
  CHECK_FALSE(load("[nri]\nsocket = \"a.sock\"\n"));
  CHECK_FALSE(load("[nri]\nindex = 10\n"));
}

TEST_CASE("[metrics] says where, and nothing that is half an address") {
  const auto load = [](const std::string& text) {
    Node node;
    node.folder.Write("etc/assay/assayd.toml", text);
    const auto config = node.Load();
    return config && config->metrics ? config->metrics->str() : "refused";
  };
  const auto listen = [&](const std::string& where) {
    return load("[metrics]\nlisten = \"" + where + "\"\n");
  };
  for (const std::string good : {"127.0.0.1:9427", "[::1]:9427", "0.0.0.0:1",
                                 "unix:/run/assay/metrics.sock"}) {
    CHECK(listen(good) == good);
  }
  for (const std::string bad :
       {"", ":9427", "9427", "localhost:9427", "127.0.0.1", "127.0.0.1:0",
        "127.0.0.1:65536", "127.0.0.1:94x", "::1:9427", "[127.0.0.1]:1",
        "[::1]", "unix:", "unix:metrics.sock", "127.0.0.1:-1"}) {
    INFO(bad);
    CHECK(listen(bad) == "refused");
  }
  CHECK(listen("unix:/" + std::string(107, 'a')) == "refused");
  CHECK(load("[metrics]\n") == "refused");
}
