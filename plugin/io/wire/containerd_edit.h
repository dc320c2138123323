// One setting put into the text of a containerd configuration file, with
// every other byte left alone. Lines that are put in end in a marker and a line
// that is replaced stays as a comment, so that people see what Assay did and
// Unwire can take it back even after others have edited the file.
#ifndef ASSAY_IO_WIRE_CONTAINERD_EDIT_H_
#define ASSAY_IO_WIRE_CONTAINERD_EDIT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay {

// A key and its string.
struct TomlSetting {
  std::vector<std::string> table;  // the whole path, from "plugins" on
  std::string key;
  std::string value;
};

struct TomlEdit {
  TomlSetting setting;
  // Written with it where its table does not exist yet.
  std::optional<TomlSetting> companion = {};
};

// options.BinaryName of a runtime handler, with its runtime_type for one that
// no file defines.
TomlEdit BinaryNameEdit(std::vector<std::string> handler, std::string binary,
                        std::string type);

// The text with it set. Errors: kConfigurationMalformed when the setting's
// table is written in a way that cannot be edited line by line (an inline
// table), or when the result would differ in anything but what was asked.
Result<std::string> Apply(const TomlEdit& edit, std::string_view text,
                          const std::string& file);

// The text with "version = N" as its first line.
std::string AddVersion(std::string_view text, int version);

// The text without the lines that Apply and AddVersion put in.
std::string Unwire(std::string_view text);

// A path as the header of a table: plugins."io.containerd.grpc.v1.cri".x
std::string TomlPath(const std::vector<std::string>& path);
// A basic string with its quotes.
std::string TomlString(std::string_view text);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_CONTAINERD_EDIT_H_
