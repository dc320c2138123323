#include "cri/pull_request.h"

#include "base/bytes.h"
#include "io/files/files.h"
#include "tests/support/catch.h"
#include "tests/support/wire_writer.h"

using namespace assay;
using namespace assay::cri;
using namespace assay::testing;

namespace {

const std::string kName = "registry.example.com/demo/app:1";
const std::string kImage = Counted(1, Counted(1, kName));

std::string Sandbox(std::string_view metadata) {
  return Counted(3, Counted(1, metadata));
}

std::string Auth(const std::string& fields) { return Counted(2, fields); }

void CheckRefused(const std::string& bytes, std::string_view why) {
  const auto request = ReadPullRequest(bytes);
  REQUIRE_FALSE(request);
  CHECK(request.error().reason == Reason::kHookMalformed);
  CAPTURE(request.error().detail, why);
  CHECK(request.error().detail.find(why) != std::string::npos);
}

}  // namespace

TEST_CASE("a kubelet's pull is read") {
  // With what the verdict does not need: annotations, handler, user's name,
  // labels, and a field that is not known yet.
  const std::string spec = Counted(1, kName) + Counted(2, Counted(1, "a")) +
                           Counted(2, Counted(1, "b")) + Counted(18, "other") +
                           Counted(19, "kata") + Number(99, 1);
  const std::string metadata = Counted(1, "web") + Counted(2, "uid") +
                               Counted(3, "team-a") + Number(4, 3);
  const auto request =
      ReadPullRequest(Counted(1, spec) +
                      Counted(3, Counted(1, metadata) + Counted(2, "host") +
                                     Counted(6, Counted(1, "a")) +
                                     Counted(6, Counted(1, "b"))) +
                      Counted(2, Counted(1, "alice") + Counted(2, "secret") +
                                     Counted(4, "registry.example.com")) +
                      Counted(77, "later"));
  REQUIRE(request);
  CHECK(request->image == kName);
  CHECK(request->pod_namespace == "team-a");
  REQUIRE(request->auth);
  CHECK(request->auth->username == "alice");
  CHECK(request->auth->password == "secret");
  CHECK(request->auth->server_address == "registry.example.com");
}

TEST_CASE("a recorded pull of a kubelet's is read") {
  const auto bytes =
      ReadFile(ASSAY_RECORDED_PULLS "/kubelet-1.36.2.pull", 1U << 20);
  REQUIRE(bytes);
  const auto request = ReadPullRequest(*bytes);
  INFO((request ? "" : request.error().detail));
  REQUIRE(request);
  CHECK(request->image == "localhost:5000/demo/app:1");
  CHECK(request->pod_namespace == "team-a");
  CHECK_FALSE(request->auth);
}

TEST_CASE("a pull needs no pod and no credentials") {
  const auto request = ReadPullRequest(kImage);
  REQUIRE(request);
  CHECK(request->pod_namespace.empty());
  CHECK_FALSE(request->auth);
  CHECK(ReadPullRequest(kImage + Counted(2, "") + Counted(3, ""))->auth);
}

TEST_CASE("credentials are read in every form") {
  const auto pair = [](const std::string& text) {
    return Counted(3, Base64Encode(text));
  };
  auto request = ReadPullRequest(kImage + Auth(pair("alice:se:cret")));
  REQUIRE(request);
  CHECK(request->auth->username == "alice");
  CHECK(request->auth->password == "se:cret");
  request = ReadPullRequest(kImage + Auth(pair(std::string("a:b\0\0", 5))));
  REQUIRE(request);
  CHECK(request->auth->password == "b");
  // As runtimes do: a user that is named counts, whatever the pair is.
  request = ReadPullRequest(kImage + Auth(Counted(1, "bob") + Counted(3, "?")));
  REQUIRE(request);
  CHECK(request->auth->username == "bob");
  request =
      ReadPullRequest(kImage + Auth(Counted(5, "id") + Counted(6, "reg")));
  REQUIRE(request);
  CHECK(request->auth->identity_token == "id");
  CHECK(request->auth->registry_token == "reg");
  CheckRefused(kImage + Auth(Counted(3, "no base64")), "user:password");
  CheckRefused(kImage + Auth(pair("alice")), "user:password");
}

TEST_CASE("what two readers may read in two ways is refused") {
  const std::string other = Counted(1, Counted(1, "registry.example.com/evil"));
  CheckRefused(kImage + other, "stands twice");
  CheckRefused(kImage + Counted(1, ""), "stands twice");
  CheckRefused(Counted(1, Counted(1, kName) + Counted(1, "evil")),
               "stands twice");
  CheckRefused(kImage + Sandbox(Counted(3, "a")) + Sandbox(Counted(3, "b")),
               "stands twice");
  CheckRefused(kImage + Sandbox(Counted(3, "a") + Counted(3, "b")),
               "stands twice");
  CheckRefused(
      kImage + Counted(3, Counted(1, Counted(3, "a")) + Counted(1, "")),
      "stands twice");
  CheckRefused(kImage + Auth("") + Auth(Counted(1, "a")), "stands twice");
  CheckRefused(kImage + Auth(Counted(2, "a") + Counted(2, "b")),
               "stands twice");
  // Of another type, which a reader may skip as unknown, merge or refuse.
  CheckRefused(Number(1, 7), "is a number");
  CheckRefused(kImage + Number(1, 7), "stands twice");
  CheckRefused(Counted(1, Number(1, 7)), "is a number");
  CheckRefused(kImage + Number(3, 7), "is a number");
  CheckRefused(Counted(1, Counted(1, "a\xff")), "is not text");
  CheckRefused(Counted(1, Counted(1, std::string("a\0b", 3))), "is not text");
  CheckRefused(kImage + Sandbox(Counted(3, "\xc3\x28")), "is not text");
  // Numbers that are longer than need be.
  CheckRefused(std::string("\x8a\x00", 2) + Counted(1, kName).substr(1),
               "without a number");
  CheckRefused(std::string("\x0a\x80\x00", 3), "cannot be read");
}

TEST_CASE("a pull that is cut off or senseless is refused") {
  CheckRefused("", "names no image");
  CheckRefused(Counted(1, ""), "names no image");
  CheckRefused(Counted(1, Counted(18, kName)), "names no image");
  for (std::size_t size = 1; size < kImage.size(); ++size) {
    CHECK_FALSE(ReadPullRequest(kImage.substr(0, size)));
  }
  CheckRefused(kImage + std::string(1, '\x00'), "without a number");
  CheckRefused(kImage + std::string("\x83\x01", 2), "cannot be read");  // group
  CheckRefused(kImage + std::string("\x84\x01", 2), "cannot be read");
  CheckRefused(kImage + std::string("\x86\x01", 2), "cannot be read");
  CheckRefused(kImage + Varint(1ULL << 40U), "without a number");
  CheckRefused(kImage + std::string(11, '\xff'), "without a number");
  CheckRefused(kImage + Varint(99U << 3U | 2U) + Varint(~std::uint64_t{0}),
               "cannot be read");
  std::string many = kImage;
  for (int i = 0; i < 70'000; ++i) many += Number(99, 1);
  CheckRefused(many, "too many fields");
}
