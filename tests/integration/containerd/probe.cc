// containerd_probe: asks ContainerdResolver one question and prints the answer
// in lines "key value", for the cases in this folder.
//
//   containerd_probe runc ARGUMENT...       as the shim would ask: the
//   arguments
//                                           and environment of an OCI runtime
//   containerd_probe record NAMESPACE ID    a container that runs
//   containerd_probe image NAMESPACE NAME
//   containerd_probe list images|containers
//   containerd_probe events SECONDS         what happens in that time
//
// ASSAY_PROBE_TRUSTED names one trusted snapshotter, ASSAY_PROBE_REPEAT how
// often to ask (the last answer is printed), GRPC_ADDRESS the socket.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "io/containerd/events.h"
#include "io/containerd/inventory.h"
#include "io/containerd/resolver.h"

namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

// The value of a global or create option; runc takes both "--a b" and "--a=b".
std::string Option(const std::vector<std::string>& arguments,
                   const std::string& name) {
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (arguments[i] == name) return arguments[i + 1];
  }
  return {};
}

assay::ContainerClaim RuncClaim(const std::vector<std::string>& arguments) {
  assay::ContainerClaim claim;
  claim.id = arguments.empty() ? std::string() : arguments.back();
  claim.bundle = Option(arguments, "--bundle");
  claim.runtime_root = Option(arguments, "--root");
  claim.runtime_namespace = Environment("NAMESPACE");
  claim.runtime_address = Environment("GRPC_ADDRESS");
  if (claim.runtime_address.empty()) {
    claim.runtime_address = Environment("TTRPC_ADDRESS");
  }
  claim.runtime = "runc";
  claim.shim_pid = static_cast<int>(::getpid());
  return claim;
}

void Print(const assay::Subject& subject) {
  std::cout << "config " << subject.config.str() << '\n';
  for (const auto& name : subject.names) {
    std::cout << "name " << name.str() << '\n';
  }
  for (const auto& image : subject.images) {
    std::cout << "manifest " << image.manifest.str() << '\n';
    for (const auto& index : image.indexes) {
      std::cout << "index " << index.str() << '\n';
    }
  }
  for (const auto& [digest, bytes] : subject.documents) {
    std::cout << "document " << digest.str() << ' '
              << (digest.Matches(bytes) ? "good" : "bad") << '\n';
  }
  const assay::Workload& workload = subject.workload;
  std::cout << "blobs " << subject.blob_dir << "\nnamespace "
            << workload.runtime_namespace << "\nid " << workload.container_id
            << "\npod " << workload.pod_namespace << '/' << workload.pod << '/'
            << workload.container << '\n';
}

int Failed(const assay::Error& error) {
  std::cout << "reason " << assay::Describe(error.reason).id << "\ndetail "
            << error.detail << '\n';
  return 1;
}

int List(const std::string& address, const std::string& what) {
  assay::ContainerdInventory inventory(address);
  const auto deadline =
      std::chrono::steady_clock::now() + assay::limits::kAnswerDeadline;
  if (what == "images") {
    const auto images = inventory.Images(deadline);
    if (!images) return Failed(images.error());
    for (const auto& image : *images) {
      std::cout << image.runtime_namespace << ' ' << image.name << ' '
                << image.target << '\n';
    }
    return 0;
  }
  const auto containers = inventory.Containers(deadline);
  if (!containers) return Failed(containers.error());
  for (const auto& entry : *containers) {
    std::cout << entry.runtime_namespace << ' ' << entry.id << ' '
              << entry.image << ' ' << entry.pod_namespace << '/' << entry.pod
              << '/' << entry.container
              << (entry.running ? " running" : " stopped") << '\n';
  }
  return 0;
}

int Events(const std::string& address, int seconds) {
  assay::ContainerdEvents events(
      address, {.resync = [] { std::cout << "resync" << std::endl; },
                .event =
                    [](const assay::ContainerdEvent& event) {
                      std::cout << event.topic << ' ' << event.runtime_namespace
                                << ' ' << event.name << std::endl;
                    },
                .lost =
                    [](const assay::Error& error) {
                      std::cout << "lost " << assay::Describe(error.reason).id
                                << std::endl;
                    }});
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) return 2;
  assay::ContainerdOptions options;
  if (const auto address = Environment("GRPC_ADDRESS"); !address.empty()) {
    options.address = address;
  }
  if (arguments[0] == "list") return List(options.address, arguments[1]);
  if (arguments[0] == "events") {
    return Events(options.address, std::atoi(arguments[1].c_str()));
  }
  options.trusted_snapshotters.push_back(Environment("ASSAY_PROBE_TRUSTED"));
  assay::ContainerdResolver resolver(options);

  assay::Question question;
  question.hook = assay::Hook::kVerify;
  if (arguments[0] == "runc") {
    question.hook = assay::Hook::kCreate;
    question.about = RuncClaim(arguments);
  } else if (arguments[0] == "record") {
    question.about = assay::RecordClaim{arguments.at(1), arguments.at(2)};
  } else {
    question.about = assay::ImageClaim{arguments.at(1), arguments.at(2)};
  }
  assay::Result<assay::Subject> subject;
  const int repeat =
      std::max(1, std::atoi(Environment("ASSAY_PROBE_REPEAT").c_str()));
  std::vector<double> took;
  for (int i = 0; i < repeat; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    question.deadline = begin + assay::limits::kAnswerDeadline;
    subject = resolver.Resolve(question);
    took.push_back(std::chrono::duration<double, std::milli>(
                       std::chrono::steady_clock::now() - begin)
                       .count());
  }
  std::cout << "first-ms " << took.front() << '\n';
  std::sort(took.begin(), took.end());
  std::cout << "median-ms " << took[took.size() / 2] << '\n';
  if (!subject) return Failed(subject.error());
  std::cout << "reason none\n";
  Print(*subject);
  return 0;
}
