// Over real sockets. As another user than root every peer is foreign, and the
// tests then expect exactly that.
#include "io/ask/connection.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "io/ask/listener.h"
#include "tests/support/catch.h"

using namespace assay;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

bool IsRoot() { return ::geteuid() == 0; }

Deadline Soon() { return steady_clock::now() + milliseconds(2000); }

class TemporaryFolder {
 public:
  TemporaryFolder() {
    char name[] = "/tmp/ask-test-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path_ = name;
    std::ofstream(path_ + "/config.json") << "{}";
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Pair {
  Pair() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    asker.reset(ends[0]);
    answerer.reset(ends[1]);
  }
  UniqueFd asker, answerer;
};

AskRequest Question(const std::string& bundle) {
  AskRequest request;
  request.kind = AskKind::kRun;
  request.nonce.fill(3);
  request.patience = milliseconds(5000);
  request.container_id = "c1";
  request.bundle = bundle;
  request.runtime_name = "runc";
  return request;
}

void Send(int fd, const std::string& bytes, std::vector<int> fds) {
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(8 * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
    std::memcpy(CMSG_DATA(header), fds.data(), fds.size() * sizeof(int));
  }
  REQUIRE(::sendmsg(fd, &message, 0) == static_cast<ssize_t>(bytes.size()));
}

// What Receive says to `bytes` with `fds`.
Result<AskCall> Received(const std::string& bytes, std::vector<int> fds) {
  Pair pair;
  Send(pair.asker.get(), bytes, std::move(fds));
  return AskConnection(std::move(pair.answerer)).Receive(Soon());
}

void Refused(const Result<AskCall>& call, Reason reason) {
  REQUIRE_FALSE(call);
  CHECK(call.error().reason == (IsRoot() ? reason : Reason::kHookForeignPeer));
}

int OpenFds() {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    count += entry.path().empty() ? 0 : 1;
  return count;
}

}  // namespace

TEST_CASE("one request and one reply cross the socket") {
  const TemporaryFolder folder;
  const UniqueFd bundle(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY));
  const UniqueFd config(
      ::open((folder.path() + "/config.json").c_str(), O_RDONLY));
  const AskRequest asked = Question(folder.path());
  Pair pair;
  Send(pair.asker.get(), *WriteAskRequest(asked), {config.get(), bundle.get()});
  AskConnection connection(std::move(pair.answerer));
  const auto call = connection.Receive(Soon());
  if (!IsRoot()) return Refused(call, Reason::kHookForeignPeer);
  REQUIRE(call);
  CHECK(call->request == asked);
  CHECK(call->asker == ::getpid());
  CHECK(call->deadline > steady_clock::now() + milliseconds(3000));
  CHECK((::fcntl(call->config.get(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK((::fcntl(call->bundle.get(), F_GETFD) & FD_CLOEXEC) != 0);
  char text[3] = {};
  CHECK(::read(call->config.get(), text, 2) == 2);
  CHECK(std::string(text) == "{}");

  REQUIRE(connection.Reply(AllowAsk(call->request.nonce)));
  char bytes[ASSAY_ASK_REPLY_MOST];
  const ssize_t size = ::recv(pair.asker.get(), bytes, sizeof bytes, 0);
  REQUIRE(size > 0);
  const auto reply =
      ReadAskReply(std::string_view(bytes, static_cast<std::size_t>(size)));
  REQUIRE(reply);
  CHECK(reply->answer == AskAnswer::kAllow);
  CHECK(reply->nonce == asked.nonce);
  CHECK(::recv(pair.asker.get(), bytes, sizeof bytes, 0) == 0);
}

TEST_CASE("what is not exactly a request with its descriptors is refused") {
  const TemporaryFolder folder;
  const UniqueFd bundle(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY));
  const UniqueFd config(
      ::open((folder.path() + "/config.json").c_str(), O_RDONLY));
  const std::string frame = *WriteAskRequest(Question(folder.path()));
  const int c = config.get();
  const int b = bundle.get();
  const int before = OpenFds();
  for (const auto& fds : std::vector<std::vector<int>>{
           {}, {c}, {b, c}, {c, c}, {b, b}, {c, b, c}, {c, b, c, b, c}})
    Refused(Received(frame, fds), Reason::kHookMalformed);
  Refused(Received(frame.substr(0, 20), {c, b}), Reason::kHookMalformed);
  Refused(Received(frame + "x", {c, b}), Reason::kHookMalformed);
  Refused(Received(std::string(ASSAY_ASK_REQUEST_MOST + 1, 'x'), {c, b}),
          Reason::kHookMalformed);
  Refused(Received("GET / HTTP/1.1\r\n\r\n", {}), Reason::kHookMalformed);
  // No descriptor of a refused packet stays open.
  CHECK(OpenFds() == before);
}

TEST_CASE("a pull comes without descriptors") {
  const TemporaryFolder folder;
  const UniqueFd bundle(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY));
  AskRequest pull;
  pull.kind = AskKind::kPull;
  pull.patience = milliseconds(5000);
  pull.image = "registry.example.com/app:1";
  pull.image_digest = "sha256:" + std::string(64, 'a');
  const std::string frame = *WriteAskRequest(pull);
  const auto call = Received(frame, {});
  if (!IsRoot()) return Refused(call, Reason::kHookForeignPeer);
  REQUIRE(call);
  CHECK(call->request == pull);
  CHECK(call->config.get() < 0);
  Refused(Received(frame, {bundle.get()}), Reason::kHookMalformed);
  Refused(Received(frame, {bundle.get(), bundle.get()}),
          Reason::kHookMalformed);
}

TEST_CASE("silence ends at the deadline, hanging up at once") {
  {
    Pair pair;
    const auto start = steady_clock::now();
    Refused(AskConnection(std::move(pair.answerer))
                .Receive(start + milliseconds(50)),
            Reason::kDeadline);
    CHECK(steady_clock::now() - start < milliseconds(1500));
  }
  Pair pair;
  pair.asker.reset();
  Refused(AskConnection(std::move(pair.answerer)).Receive(Soon()),
          Reason::kHookMalformed);
}

TEST_CASE("a reply to an asker that is gone is an error, not a signal") {
  Pair pair;
  pair.asker.reset();
  const auto sent =
      AskConnection(std::move(pair.answerer)).Reply(DenyAsk({}, "deadline: x"));
  REQUIRE_FALSE(sent);
  CHECK(sent.error().reason == Reason::kHookNoAnswer);
}

TEST_CASE("the listener's socket and folder are closed to others") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/run/ask.sock";
  const auto listener = AskListener::Bind(path);
  REQUIRE(listener);
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 0600);
  REQUIRE(::stat((folder.path() + "/run").c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 0700);
  CHECK_FALSE(listener->Accept());

  const auto second = AskListener::Bind(path);
  REQUIRE_FALSE(second);
  CHECK(second.error().reason == Reason::kWriteFailed);
}

TEST_CASE("a dead daemon's socket is replaced, anything else is not") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/run/ask.sock";
  { REQUIRE(AskListener::Bind(path)); }
  REQUIRE(std::filesystem::exists(path));
  { REQUIRE(AskListener::Bind(path)); }
  std::filesystem::remove(path);
  std::ofstream(path) << "a file";
  const auto over_file = AskListener::Bind(path);
  REQUIRE_FALSE(over_file);
  CHECK(over_file.error().reason == Reason::kFileUnsafe);
  std::filesystem::remove(path);
  REQUIRE(::chmod((folder.path() + "/run").c_str(), 0770) == 0);
  const auto in_open_folder = AskListener::Bind(path);
  REQUIRE_FALSE(in_open_folder);
  CHECK(in_open_folder.error().reason == Reason::kFileUnsafe);
}

TEST_CASE("only a listening packet socket is adopted") {
  Pair pair;
  const auto connected = AskListener::Adopt(std::move(pair.asker));
  REQUIRE_FALSE(connected);
  CHECK(connected.error().reason == Reason::kHookMalformed);
  const auto nothing = AskListener::Adopt(UniqueFd());
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().reason == Reason::kHookMalformed);
}

TEST_CASE("another user's process is a foreign peer") {
  if (!IsRoot()) return;  // every other test above is this one then
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/run/ask.sock";
  const auto listener = AskListener::Bind(path);
  REQUIRE(listener);
  REQUIRE(::chmod(path.c_str(), 0666) == 0);
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  REQUIRE(::chmod((folder.path() + "/run").c_str(), 0755) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET, 0);
    const bool connected =
        ::setuid(65534) == 0 &&
        ::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                  sizeof address) == 0;
    char byte = 0;
    ::_exit(connected && ::recv(fd, &byte, 1, 0) <= 0 ? 0 : 1);
  }
  Result<AskConnection> connection;
  for (const Deadline until = Soon();
       !connection && steady_clock::now() < until;)
    connection = listener->Accept();
  REQUIRE(connection);
  {
    const auto call = std::move(connection).value().Receive(Soon());
    REQUIRE_FALSE(call);
    CHECK(call.error().reason == Reason::kHookForeignPeer);
  }
  connection = Result<AskConnection>();
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
