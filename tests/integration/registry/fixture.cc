#include "tests/integration/registry/fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <stdexcept>
#include <thread>

namespace assay::testing {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

bool Connects(const std::string& port) {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                   sizeof address) == 0;
}

void OpenSsl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "openssl");
  Run(std::move(arguments));
}

// A key and a certificate signed by the folder's authority.
void MakeLeaf(const TempFolder& folder, const std::string& name,
              const std::string& certificate, const std::string& extension) {
  const std::string extensions = folder.Write(name + ".ext", extension);
  OpenSsl({"req", "-new", "-newkey", "ec", "-pkeyopt",
           "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
           "-keyout", folder / (name + ".key"), "-out",
           folder / (name + ".csr")});
  OpenSsl({"x509", "-req", "-in", folder / (name + ".csr"), "-CA",
           folder / "ca.crt", "-CAkey", folder / "ca.key", "-CAcreateserial",
           "-days", "2", "-extfile", extensions, "-out", folder / certificate});
}

}  // namespace

HostileRegistry::HostileRegistry(const std::vector<std::string>& arguments)
    : tls_(!arguments.empty()) {
  std::vector<std::string> command = {
      "python3", ASSAY_SOURCE_DIR "/tests/support/hostile_registry.py"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  process_ = std::make_unique<ChildProcess>(command);
  port_ = process_->ReadLine();
  if (port_.empty()) throw std::runtime_error("hostile_registry.py");
}

Json::Array HostileRegistry::Log(const std::string& part) const {
  const std::string scheme = tls_ ? "https" : "http";
  const std::string text =
      Run({"curl", "-sk", "--noproxy", "*", scheme + "://" + host() + "/_log"});
  const auto log = Json::Parse(text);
  if (!log || log->AsArray() == nullptr) throw std::runtime_error("_log");
  Json::Array found;
  for (const Json& entry : *log->AsArray()) {
    const std::string* path = entry.FindString("path");
    if (path != nullptr && path->find(part) != std::string::npos) {
      found.push_back(entry);
    }
  }
  return found;
}

HostileRegistry& Hostile() {
  static HostileRegistry registry;
  return registry;
}

DockerRegistry::DockerRegistry(const TempFolder& folder,
                               const std::string& http, const std::string& auth)
    : port_(FreePort()) {
  const std::string config = folder.Write(
      "registry-" + port_ + ".yml",
      "version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n"
      "storage: {filesystem: {rootdirectory: " +
          (folder / "storage") + "}}\nhttp:\n  addr: " + host() + "\n" + http +
          auth);
  process_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{"docker-registry", "serve", config},
      folder / "registry.log");
  const Deadline deadline = In(milliseconds(15000));
  while (!Connects(port_)) {
    if (SteadyClock::now() > deadline) {
      throw std::runtime_error("docker-registry: " +
                               ReadAll(folder / "registry.log"));
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
}

void MakeCertificates(const TempFolder& folder) {
  OpenSsl({"req", "-x509", "-newkey", "ec", "-pkeyopt",
           "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=tests", "-days",
           "2", "-keyout", folder / "ca.key", "-out", folder / "ca.crt"});
  MakeLeaf(folder, "server", "server.crt", "subjectAltName=IP:127.0.0.1\n");
  MakeLeaf(folder, "client", "client.cert", "extendedKeyUsage=clientAuth\n");
}

std::string FreePort() {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), generic, size) != 0 ||
      ::getsockname(fd.get(), generic, &size) != 0) {
    throw std::runtime_error("bind");
  }
  return std::to_string(ntohs(address.sin_port));
}

Reference At(const std::string& host, const std::string& repository) {
  auto reference = Reference::Parse(host + "/" + repository);
  if (!reference) throw std::runtime_error("reference " + repository);
  return *reference;
}

Deadline In(milliseconds time) { return SteadyClock::now() + time; }

FetchRequest Manifest(const Reference& repository, std::string what) {
  return {FetchKind::kManifest, repository, std::move(what), kMost};
}

FetchRequest Blob(const Reference& repository, std::string what) {
  return {FetchKind::kBlob, repository, std::move(what), kMost};
}

FetchRequest Referrers(const Reference& repository) {
  return {FetchKind::kReferrers, repository, Digest::Of("subject").str(), 0};
}

FetchRequest Signatures(const Reference& repository) {
  return {FetchKind::kSignatures, repository, Digest::Of("signed").str(),
          kMost};
}

std::string DockerConfig(const std::string& host, const std::string& entry) {
  return R"({"auths":{")" + host + "\":" + entry + "}}";
}

double Stopwatch::Milliseconds() const {
  return std::chrono::duration<double, std::milli>(SteadyClock::now() - start_)
      .count();
}

std::size_t PeakMebibytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) / 1024;
}

}  // namespace assay::testing
