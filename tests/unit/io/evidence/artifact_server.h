// ArtifactServer: a registry on a free loopback port that serves what a test
// puts into it and counts what it is asked.
#ifndef ASSAY_TESTS_UNIT_IO_EVIDENCE_ARTIFACT_SERVER_H_
#define ASSAY_TESTS_UNIT_IO_EVIDENCE_ARTIFACT_SERVER_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <list>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.h"
#include "io/evidence/registry_evidence.h"

namespace assay::testing {

class ArtifactServer {
 public:
  ArtifactServer()
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* general = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), general, size) != 0 ||
        ::listen(listener_.get(), 256) != 0 ||
        ::getsockname(listener_.get(), general, &size) != 0) {
      throw std::runtime_error("no loopback port");
    }
    host_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    acceptor_ = std::thread([this] { Accept(); });
  }
  ~ArtifactServer() {
    stop_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    const std::lock_guard lock(mutex_);
    for (Peer& peer : peers_) ::shutdown(peer.fd.get(), SHUT_RDWR);
    for (Peer& peer : peers_) peer.thread.join();
  }

  const std::string& host() const { return host_; }
  Reference Name(const std::string& path = "app") const {
    return *Reference::Parse(host_ + "/" + path);
  }

  void Serve(const std::string& what, const std::string& media_type,
             const std::string& body, int status = 200) {
    ServeAt("/v2/app/" + what, media_type, body, status);
  }
  // `header` is one more, "Name: value\r\n".
  void ServeAt(const std::string& path, const std::string& media_type,
               const std::string& body, int status = 200,
               const std::string& header = "") {
    const std::lock_guard lock(mutex_);
    answers_[path] = {status, media_type, body, {}, header};
  }
  void ServeArtifact(const FoundArtifact& artifact) {
    Serve("manifests/" + artifact.digest.str(), std::string(kOciManifest),
          artifact.manifest);
    for (const UntrustedBlob& blob : artifact.blobs) {
      Serve("blobs/" + blob.descriptor.digest.str(), "application/octet-stream",
            blob.bytes);
    }
  }
  static std::string IndexOf(const std::vector<FoundArtifact>& artifacts) {
    std::string index = R"({"schemaVersion":2,"mediaType":")" +
                        std::string(kOciIndex) + R"(","manifests":[)";
    for (const FoundArtifact& artifact : artifacts) {
      if (index.back() != '[') index += ',';
      // The type is a lie, as an old cosign writes it.
      index += R"({"mediaType":")" + std::string(kOciManifest) +
               R"(","artifactType":"application/vnd.oci.empty.v1+json")" +
               R"(,"digest":")" + artifact.digest.str() + R"(","size":)" +
               std::to_string(artifact.manifest.size()) + "}";
    }
    return index + "]}";
  }

  std::vector<std::string> Asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::atomic<int> delay_ms{0};
  // Of one answer, which the connection waits for alone.
  void Stall(const std::string& what, std::chrono::milliseconds time) {
    const std::lock_guard lock(mutex_);
    answers_["/v2/app/" + what].stall = time;
  }

 private:
  struct Answer {
    int status = 404;
    std::string media_type = "application/json";
    std::string body = R"({"errors":[]})";
    std::chrono::milliseconds stall{0};
    std::string header;
  };
  struct Peer {
    UniqueFd fd;
    std::thread thread;
  };

  void Accept() {
    while (!stop_) {
      UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!fd.valid()) return;
      const std::lock_guard lock(mutex_);
      Peer& peer = peers_.emplace_back();
      peer.fd = std::move(fd);
      peer.thread = std::thread([this, &peer] { Talk(peer.fd.get()); });
    }
  }

  void Talk(int fd) {
    std::string buffer;
    for (;;) {
      const std::size_t end = buffer.find("\r\n\r\n");
      if (end == std::string::npos) {
        char bytes[4096];
        const ssize_t count = ::read(fd, bytes, sizeof bytes);
        if (count <= 0) return;
        buffer.append(bytes, static_cast<std::size_t>(count));
        continue;
      }
      const std::size_t path = buffer.find(' ') + 1;
      const Answer answer =
          Find(buffer.substr(path, buffer.find(' ', path) - path));
      buffer.erase(0, end + 4);
      std::this_thread::sleep_for(answer.stall +
                                  std::chrono::milliseconds(delay_ms));
      const std::string reply =
          "HTTP/1.1 " + std::to_string(answer.status) +
          " X\r\nContent-Type: " + answer.media_type +
          "\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\n" +
          answer.header + "\r\n" + answer.body;
      if (::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) return;
    }
  }

  Answer Find(const std::string& path) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(path);
    const auto found = answers_.find(path);
    return found == answers_.end() ? Answer{} : found->second;
  }

  UniqueFd listener_;
  std::string host_;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::vector<std::string> asked_;
  std::list<Peer> peers_;
  std::thread acceptor_;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_UNIT_IO_EVIDENCE_ARTIFACT_SERVER_H_
