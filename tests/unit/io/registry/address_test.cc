#include "io/registry/address.h"

#include "io/registry/proxy.h"
#include "io/registry/url.h"
#include "tests/support/catch.h"

namespace assay::registry {
namespace {

struct Sample {
  const char* text;
  AddressClass address;
};

TEST_CASE("addresses belong to their part of the network") {
  const auto one =
      GENERATE(Sample{"8.8.8.8", AddressClass::kPublic},
               Sample{"172.15.255.255", AddressClass::kPublic},
               Sample{"172.32.0.0", AddressClass::kPublic},
               Sample{"10.0.0.1", AddressClass::kPrivate},
               Sample{"172.31.255.255", AddressClass::kPrivate},
               Sample{"192.168.1.1", AddressClass::kPrivate},
               Sample{"100.64.0.1", AddressClass::kPrivate},
               Sample{"127.255.0.1", AddressClass::kLoopback},
               Sample{"169.254.169.254", AddressClass::kLinkLocal},
               Sample{"0.0.0.0", AddressClass::kForbidden},
               Sample{"224.0.0.1", AddressClass::kForbidden},
               Sample{"255.255.255.255", AddressClass::kForbidden},
               Sample{"::1", AddressClass::kLoopback},
               Sample{"[::1]", AddressClass::kLoopback},
               Sample{"::", AddressClass::kForbidden},
               Sample{"::7f00:1", AddressClass::kForbidden},
               Sample{"::ffff:127.0.0.1", AddressClass::kLoopback},
               Sample{"::ffff:8.8.8.8", AddressClass::kPublic},
               Sample{"64:ff9b::a9fe:a9fe", AddressClass::kLinkLocal},
               Sample{"2002:a00:1::", AddressClass::kPrivate},
               Sample{"fe80::1%eth0", AddressClass::kLinkLocal},
               Sample{"fd00::1", AddressClass::kPrivate},
               Sample{"2606:4700::1111", AddressClass::kPublic},
               Sample{"ff02::1", AddressClass::kForbidden});
  INFO(one.text);
  CHECK(ClassifyLiteral(one.text) == one.address);
}

TEST_CASE("a name is no address") {
  CHECK_FALSE(ClassifyLiteral("localhost"));
  CHECK_FALSE(ClassifyLiteral(""));
  CHECK_FALSE(ClassifyLiteral("1.2.3"));
}

TEST_CASE("what a server names is public or of its own class") {
  const AddressGuard unset;
  CHECK(unset.Allows(AddressClass::kPublic));
  CHECK_FALSE(unset.Allows(AddressClass::kPrivate));
  CHECK_FALSE(unset.Allows(AddressClass::kForbidden));
  const auto private_server = AddressGuard::LikeServer(AddressClass::kPrivate);
  CHECK(private_server.Allows(AddressClass::kPrivate));
  CHECK(private_server.Allows(AddressClass::kPublic));
  CHECK_FALSE(private_server.Allows(AddressClass::kLoopback));
  CHECK_FALSE(private_server.Allows(AddressClass::kLinkLocal));
  const auto unknown = AddressGuard::LikeServer(AddressClass::kForbidden);
  CHECK_FALSE(unknown.Allows(AddressClass::kForbidden));
  CHECK(AddressGuard::Any().Allows(AddressClass::kLinkLocal));
}

TEST_CASE("addresses of the web are normalised") {
  const auto url = Url::Parse("HTTPS://registry.example.com/v2/a?b=c#d");
  REQUIRE(url);
  CHECK(url->str() == "https://registry.example.com/v2/a?b=c");
  CHECK(url->Origin() == "https://registry.example.com:443");
  CHECK(url->WithQuery("ns", "a b&c")->str() ==
        "https://registry.example.com/v2/a?b=c&ns=a%20b%26c");
  CHECK(url->Resolve("/x")->str() == "https://registry.example.com/x");
  CHECK(url->Resolve("?p=2")->str() == "https://registry.example.com/v2/a?p=2");
  CHECK(url->Resolve("//other.example.com/x")->Origin() ==
        "https://other.example.com:443");
  CHECK(Url::Parse("http://Registry.Example.com")->Origin() ==
        "http://registry.example.com:80");
  CHECK(Url::Parse("http://0x7f.1:80/")->host() == "127.0.0.1");
}

TEST_CASE("another path of a server is what reading it whole gives") {
  for (const std::string server :
       {"http://registry.example.com", "https://127.0.0.1:5000",
        "http://[::1]:5000"}) {
    const auto base = Url::Parse(server);
    for (const std::string path :
         {"/v2/team/app/manifests/sha256-0a.sig", "/v2/a/blobs/sha256:0a",
          "/v2/a__b.c-d/manifests/1.0", "/", "/v2/../secret", "/v2/./a",
          "/v2/%2e%2e/a", "/v2/a?ns=b", "/v2/a#b", "//elsewhere.example.com/a",
          "/v2/..", "/a/.../b", "/A/-b"}) {
      INFO(server << path);
      const auto at = base->At(path);
      const auto whole = Url::Parse(server + path);
      REQUIRE(at.has_value() == whole.has_value());
      CHECK(at->str() == whole->str());
      CHECK(at->Origin() == whole->Origin());
    }
    CHECK(base->At("/a")->At("/b")->str() == base->At("/b")->str());
    CHECK_FALSE(base->At("/a b"));
    CHECK_FALSE(base->At(".elsewhere.example.com/a"));
    CHECK_FALSE(base->At("/" + std::string(9000, 'a')));
  }
}

TEST_CASE("what is no address of the web is refused") {
  const auto text = GENERATE(
      as<std::string>(), "", "file:///etc/passwd", "ftp://example.com/",
      "https://", "https://user@example.com/", "https://u:p@example.com/",
      "https://example.com/a b", "https://example.com/\r\nX: y",
      "gopher://example.com", "https://example.com:0x50/",
      "https://%C3%BC.example.com/", "https://a%00.example.com/",
      "https://a%20b.example.com/", "https://" + std::string(9000, 'a'));
  const auto url = Url::Parse(text);
  INFO(text.substr(0, 60));
  REQUIRE_FALSE(url);
  CHECK(url.error().reason == Reason::kRegistryProtocol);
}

TEST_CASE("host and port are told apart") {
  CHECK(SplitHostPort("a:1").port == "1");
  CHECK(SplitHostPort("a").port.empty());
  CHECK(SplitHostPort("[::1]:5000").host == "[::1]");
  CHECK(SplitHostPort("[::1]").port.empty());
}

std::string Through(const std::string& no_proxy, const std::string& url) {
  const ProxyRules rules(
      {"http://proxy.example.com:1", "http://proxy.example.com:2", no_proxy});
  const std::string proxy = rules.For(*Url::Parse(url));
  return proxy.empty() ? "direct" : proxy.substr(proxy.size() - 1);
}

TEST_CASE("proxies are chosen as Go's tools do") {
  CHECK(Through("", "http://a.example.org/") == "1");
  CHECK(Through("", "https://a.example.org/") == "2");
  CHECK(Through("", "https://localhost:5000/") == "direct");
  CHECK(Through("", "http://127.0.0.9:5000/") == "direct");
  CHECK(Through("", "http://[::1]:5000/") == "direct");
  CHECK(Through("*", "https://a.example.org/") == "direct");
  CHECK(Through("example.org", "https://a.example.org/") == "direct");
  CHECK(Through("example.org", "https://example.org/") == "direct");
  CHECK(Through("example.org", "https://anexample.org/") == "2");
  CHECK(Through(".example.org", "https://example.org/") == "2");
  CHECK(Through(" *.Example.org ", "https://a.example.org/") == "direct");
  CHECK(Through("example.org:5000", "https://example.org/") == "2");
  CHECK(Through("example.org:5000", "https://example.org:5000/") == "direct");
  CHECK(Through("x,10.0.0.0/8", "https://10.9.8.7/") == "direct");
  CHECK(Through("10.0.0.0/8", "https://11.9.8.7/") == "2");
  CHECK(Through("10.0.0.0/33", "https://10.9.8.7/") == "2");
  CHECK(Through("10.1.2.3", "https://10.1.2.3/") == "direct");
  CHECK(Through("fd00::/8", "https://[fd00::1]/") == "direct");
  CHECK(Through("fd00::1", "https://[fd00::1]/") == "direct");
}

}  // namespace
}  // namespace assay::registry
