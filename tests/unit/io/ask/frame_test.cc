#include "io/ask/frame.h"

#include <cstring>

#include "tests/support/catch.h"

using namespace assay;

namespace {

AskRequest Question() {
  AskRequest request;
  request.kind = AskKind::kCreate;
  request.nonce.fill(7);
  request.patience = std::chrono::milliseconds(ASSAY_ASK_DAEMON_MS);
  request.container_id = "c1";
  request.bundle = "/run/containerd/io.containerd.runtime.v2.task/default/c1";
  request.runtime_root = "/run/containerd/runc/default";
  request.runtime_namespace = "default";
  request.runtime_address = "/run/containerd/containerd.sock";
  request.runtime_name = "runc";
  return request;
}

AskRequest Pull() {
  AskRequest request;
  request.kind = AskKind::kPull;
  request.nonce.fill(7);
  request.patience = std::chrono::milliseconds(ASSAY_ASK_PULL_DAEMON_MS);
  request.image = "registry.example.com/app:1";
  request.image_digest = "sha256:" + std::string(64, 'a');
  return request;
}

std::string QuestionFrame() {
  auto frame = WriteAskRequest(Question());
  REQUIRE(frame);
  return *frame;
}

template <typename Value>
std::string With(std::string frame, std::size_t offset, Value value) {
  std::memcpy(frame.data() + offset, &value, sizeof value);
  return frame;
}

std::string WithLength(const std::string& frame) {
  return With(frame, offsetof(assay_ask_request, length),
              static_cast<std::uint32_t>(frame.size()));
}

void RefusedRequest(std::string_view frame) {
  const auto request = ReadAskRequest(frame);
  REQUIRE_FALSE(request);
  CHECK(request.error().reason == Reason::kHookMalformed);
}

void RefusedReply(std::string_view frame) {
  const auto reply = ReadAskReply(frame);
  REQUIRE_FALSE(reply);
  CHECK(reply.error().reason == Reason::kHookMalformed);
}

// What cannot be written, once changed.
template <typename Change>
void Refuses(AskRequest request, Change change) {
  change(request);
  const auto frame = WriteAskRequest(request);
  REQUIRE_FALSE(frame);
  CHECK(frame.error().reason == Reason::kHookMalformed);
}

std::string ReplyFrame(const AskReply& reply) {
  auto frame = WriteAskReply(reply);
  REQUIRE(frame);
  return *frame;
}

}  // namespace

TEST_CASE("a request survives the frame") {
  for (const auto kind : {AskKind::kCreate, AskKind::kRun, AskKind::kRestore}) {
    AskRequest request = Question();
    request.kind = kind;
    const auto frame = WriteAskRequest(request);
    REQUIRE(frame);
    const auto read = ReadAskRequest(*frame);
    REQUIRE(read);
    CHECK(*read == request);
  }
  const auto frame = WriteAskRequest(Pull());
  REQUIRE(frame);
  CHECK(ReadAskRequest(*frame).value() == Pull());
}

TEST_CASE("a request is refused short, long, or with bytes behind it") {
  const std::string frame = QuestionFrame();
  for (std::size_t size = 0; size < frame.size(); ++size)
    RefusedRequest(std::string_view(frame).substr(0, size));
  RefusedRequest(frame + "x");
  // The packet's length is right, the lengths of the fields are not.
  RefusedRequest(WithLength(frame + "x"));
  RefusedRequest(WithLength(frame.substr(0, frame.size() - 1)));
}

TEST_CASE("a request of another magic, version or kind is refused") {
  const std::string frame = QuestionFrame();
  RefusedRequest(With(frame, 0, std::uint32_t{ASSAY_ASK_REPLY_MAGIC}));
  RefusedRequest(With(frame, offsetof(assay_ask_request, version),
                      std::uint16_t{ASSAY_ASK_VERSION + 1}));
  for (const int kind : {0, 5, 0xffff}) {
    RefusedRequest(With(frame, offsetof(assay_ask_request, kind),
                        static_cast<std::uint16_t>(kind)));
  }
  RefusedRequest(std::string(frame.size(), '\0'));
}

TEST_CASE("a request's fields obey the contract") {
  RefusedRequest(With(QuestionFrame(), offsetof(assay_ask_request, deadline_ms),
                      std::uint32_t{0}));
  std::string with_nul = QuestionFrame();
  with_nul.back() = '\0';
  RefusedRequest(with_nul);
  const auto refuses = [](auto change) { Refuses(Question(), change); };
  refuses([](AskRequest& r) { r.container_id.clear(); });
  refuses([](AskRequest& r) { r.runtime_name.clear(); });
  refuses([](AskRequest& r) { r.bundle = "bundle"; });
  refuses([](AskRequest& r) { r.bundle.clear(); });
  refuses([](AskRequest& r) { r.kind = AskKind::kNone; });
  refuses([](AskRequest& r) { r.patience = {}; });
  refuses([](AskRequest& r) {
    r.runtime_root = std::string(ASSAY_ASK_FIELD_BYTES + 1, 'x');
  });
  refuses([](AskRequest& r) { r.image = "a"; });
  refuses([](AskRequest& r) { r.image_digest = "a"; });
}

TEST_CASE("a pull is of an image and of no container") {
  const auto refuses = [](auto change) { Refuses(Pull(), change); };
  refuses([](AskRequest& r) { r.image.clear(); });
  refuses([](AskRequest& r) { r.image_digest.clear(); });
  refuses([](AskRequest& r) { r.container_id = "c1"; });
  refuses([](AskRequest& r) { r.bundle = "/bundle"; });
  refuses([](AskRequest& r) { r.runtime_root = "/root"; });
  refuses([](AskRequest& r) { r.runtime_namespace = "k8s.io"; });
  refuses([](AskRequest& r) { r.runtime_address = "/socket"; });
  refuses([](AskRequest& r) { r.runtime_name = "runc"; });
  // A create's frame whose kind is turned has a runtime's name.
  RefusedRequest(With(QuestionFrame(), offsetof(assay_ask_request, kind),
                      std::uint16_t{ASSAY_ASK_PULL}));
  RefusedRequest(With(*WriteAskRequest(Pull()),
                      offsetof(assay_ask_request, kind),
                      std::uint16_t{ASSAY_ASK_CREATE}));
}

TEST_CASE("the longest request survives") {
  AskRequest request = Question();
  const std::string longest(ASSAY_ASK_FIELD_BYTES, '/');
  for (std::string* field : {&request.container_id, &request.bundle,
                             &request.runtime_root, &request.runtime_namespace,
                             &request.runtime_address, &request.runtime_name})
    *field = longest;
  const auto frame = WriteAskRequest(request);
  REQUIRE(frame);
  CHECK(frame->size() == ASSAY_ASK_REQUEST_MOST);
  CHECK(*ReadAskRequest(*frame) == request);
}

TEST_CASE("a reply survives the frame") {
  const AskNonce nonce = Question().nonce;
  for (const AskReply& reply :
       {AllowAsk(nonce), DenyAsk(nonce, "no-signature: none"),
        DenyAsk(nonce, std::string(ASSAY_ASK_LINE_BYTES, 'x'))}) {
    const auto read = ReadAskReply(ReplyFrame(reply));
    REQUIRE(read);
    CHECK(*read == reply);
  }
}

TEST_CASE("only the whole allow constant allows") {
  const std::string allow = ReplyFrame(AllowAsk({}));
  for (unsigned bit = 0; bit < 32; ++bit) {
    const std::uint32_t answer = ASSAY_ASK_ALLOW ^ (1U << bit);
    CHECK(answer != ASSAY_ASK_DENY);
    RefusedReply(With(allow, offsetof(assay_ask_reply, answer), answer));
  }
  RefusedReply(std::string(allow.size(), '\0'));
  RefusedReply(With(allow, offsetof(assay_ask_reply, answer), 1U));
  // A zeroed answer is a deny, which needs a line.
  RefusedReply(With(allow, offsetof(assay_ask_reply, answer), 0U));
  CHECK(AskReply{}.answer == AskAnswer::kDeny);
}

TEST_CASE("a reply is refused short, long, foreign or with a bad line") {
  const std::string deny = ReplyFrame(DenyAsk({}, "deadline: too late"));
  for (std::size_t size = 0; size < deny.size(); ++size)
    RefusedReply(std::string_view(deny).substr(0, size));
  RefusedReply(deny + "x");
  RefusedReply(With(deny, 0, std::uint32_t{ASSAY_ASK_REQUEST_MAGIC}));
  RefusedReply(
      With(deny, offsetof(assay_ask_reply, version), std::uint16_t{2}));
  RefusedReply(
      With(deny, offsetof(assay_ask_reply, line_length), std::uint16_t{3}));
  for (const char bad : {'\0', '\n', '\x1b', '\x7f', '\xff'}) {
    std::string frame = deny;
    frame.back() = bad;
    RefusedReply(frame);
  }
  AskReply allow = AllowAsk({});
  allow.line = "signed";
  CHECK_FALSE(WriteAskReply(allow));
}

TEST_CASE("any text makes a deny that can be sent") {
  const std::string texts[] = {"",
                               "x: two\nlines\x1b[31m",
                               std::string(5000, 'a'),
                               std::string(1024, '\n'),
                               std::string(1023, 'a') + "\xc3\xa9" + "b",
                               std::string(1017, 'a') +
                                   "\xf0\x9f\x98\x80"
                                   "bbbb",
                               "\xff\xfe"};
  for (const std::string& text : texts) {
    const AskReply reply = DenyAsk({}, text);
    CHECK_FALSE(reply.line.empty());
    CHECK(reply.line.size() <= ASSAY_ASK_LINE_BYTES);
    CHECK(WriteAskReply(reply));
  }
}
