// containerd's configuration as containerd itself reads it: config.toml and
// what it imports, versions 1 to 4, and the runtime handlers that come out.
// Facts: containerd 1.6 to 2.3, services/server/config and the CRI plugin.
//
// How imported files merge depends on containerd's own version, which no file
// tells: 1.x replaces a plugin's whole section by that of the later file, 2.x
// merges key by key. Files of version 3 and up are 2.x; for older files both
// readings are reported and both must be safe.
#ifndef ASSAY_IO_WIRE_CONTAINERD_CONFIG_H_
#define ASSAY_IO_WIRE_CONTAINERD_CONFIG_H_

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/toml.h"

namespace assay {

struct ContainerdFile {
  std::string path;
  std::string text;
  Toml toml;
  int version = 1;  // a file that names none is of version 1
};

// A runtime handler under one reading of the configuration.
struct RuntimeHandler {
  std::string name;    // "runc"; a pod names it by its RuntimeClass
  std::string type;    // "io.containerd.runc.v2"; "" when not given
  std::string binary;  // options.BinaryName; "" lets containerd look up "runc"
  std::string shim;    // runtime_path: a shim of its own; "" for containerd's
  // Its table within the section: {"runtimes", "runc"}, or
  // {"default_runtime"} of the days before 1.3.
  std::vector<std::string> table;
  std::vector<std::size_t> files;  // that define it; empty: containerd's own

  // Whether a runc-like OCI runtime stands behind it, so that a BinaryName
  // means anything.
  bool IsRuncType() const;
};

class ContainerdConfig {
 public:
  // Files that stand in for what is on disk, or add to it: how a change is
  // judged before it is made. An empty text stands for a file that is absent.
  using Overlay = std::map<std::string, std::string>;

  // Reads `path` and its imports. An absent `path` is containerd's defaults,
  // to which 2.2 and up add conf.d/*.toml beside it. Errors: kFileUnreadable
  // and its kin, kConfigurationMalformed (names file, line and column).
  static Result<ContainerdConfig> Read(const std::string& path,
                                       const Overlay& overlay = {});

  // In the order containerd merges them; empty when there are only defaults.
  const std::vector<ContainerdFile>& files() const { return files_; }
  const std::string& path() const { return path_; }
  bool absent() const { return absent_; }
  // Of the first file; 3 or more is certain to be containerd 2.
  int version() const { return version_; }

  // Every handler under every possible reading, containerd's built-in "runc"
  // included; one name may stand here twice with different values. None when
  // the CRI plugin is disabled.
  std::vector<RuntimeHandler> Handlers() const;
  bool CriDisabled() const;

  // Import patterns of the first file, made absolute.
  const std::vector<std::string>& imports() const { return imports_; }

  std::string OptPath() const;  // /opt/containerd unless configured
  // The folder of the programs that containerd 2 asks before it pulls.
  std::string VerifierDir() const;
  std::string State() const;    // /run/containerd unless configured
  std::string Address() const;  // of the gRPC socket
  // Keys below "plugins" under which a file of this version may keep the CRI
  // runtime section; the first is where a new one goes.
  static std::vector<std::string> SectionKeys(int version);
  // Below "plugins", what configures those programs.
  static constexpr const char* kVerifierKey =
      "io.containerd.image-verifier.v1.bindir";
  // A plugin's section in a file, null when it has none.
  static const Toml* Section(const ContainerdFile& file,
                             const std::string& key);

 private:
  struct Loader;

  std::string LastString(const std::vector<std::string>& path,
                         std::string otherwise) const;

  std::string path_;
  bool absent_ = false;
  int version_ = 1;
  std::vector<ContainerdFile> files_;
  std::vector<std::string> imports_;
};

}  // namespace assay

#endif  // ASSAY_IO_WIRE_CONTAINERD_CONFIG_H_
