// What the registry tests share: real and hostile registries on loopback,
// and short ways to ask them.
#ifndef ASSAY_TESTS_INTEGRATION_REGISTRY_FIXTURE_H_
#define ASSAY_TESTS_INTEGRATION_REGISTRY_FIXTURE_H_

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "io/registry/registry_client.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_folder.h"

namespace assay::testing {

inline constexpr std::size_t kMost = 4U << 20;

// tests/support/hostile_registry.py.
class HostileRegistry {
 public:
  explicit HostileRegistry(const std::vector<std::string>& arguments = {});

  std::string host() const { return "127.0.0.1:" + port_; }
  const std::string& port() const { return port_; }
  // The requests so far whose path holds `part`.
  Json::Array Log(const std::string& part) const;

 private:
  std::unique_ptr<ChildProcess> process_;
  std::string port_;
  bool tls_ = false;
};

// One for all tests of the program that need plain HTTP.
HostileRegistry& Hostile();

// Debian's docker-registry over a storage folder; `http` is YAML of its http
// section, `auth` of its auth section, "" for none.
class DockerRegistry {
 public:
  DockerRegistry(const TempFolder& folder, const std::string& http,
                 const std::string& auth);
  std::string host() const { return "127.0.0.1:" + port_; }
  const std::string& port() const { return port_; }

 private:
  std::string port_;
  std::unique_ptr<ChildProcess> process_;
};

// An authority with a server certificate for 127.0.0.1 and a client
// certificate: ca.crt, server.crt, server.key, client.cert, client.key.
void MakeCertificates(const TempFolder& folder);

std::string FreePort();

// "mode/name" at the registry.
Reference At(const std::string& host, const std::string& repository);

Deadline In(std::chrono::milliseconds time);

FetchRequest Manifest(const Reference& repository, std::string what);
FetchRequest Blob(const Reference& repository, std::string what);
FetchRequest Referrers(const Reference& repository);
FetchRequest Signatures(const Reference& repository);

// A config.json with one entry.
std::string DockerConfig(const std::string& host, const std::string& entry);
inline constexpr const char* kUserSecret = R"({"auth":"dXNlcjpzZWNyZXQ="})";

// Milliseconds since construction.
class Stopwatch {
 public:
  double Milliseconds() const;

 private:
  std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now();
};

// The most memory this process has ever held, in MiB.
std::size_t PeakMebibytes();

}  // namespace assay::testing

#endif  // ASSAY_TESTS_INTEGRATION_REGISTRY_FIXTURE_H_
