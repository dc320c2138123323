// One BinaryName put into the text of a containerd configuration file, with
// every other byte left alone. Lines that are put in end in a marker and a line
// that is replaced stays as a comment, so that people see what Assay did and
// Unwire can take it back even after others have edited the file.
#ifndef ASSAY_IO_WIRE_CONTAINERD_EDIT_H_
#define ASSAY_IO_WIRE_CONTAINERD_EDIT_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay {

struct HandlerEdit {
  // The handler's whole table, from "plugins" on.
  std::vector<std::string> table;
  std::string binary;  // the new options.BinaryName
  // runtime_type to write where the table does not exist yet.
  std::string type = "io.containerd.runc.v2";
};

// The text with BinaryName set. Errors: kConfigurationMalformed when the
// handler is written in a way that cannot be edited line by line (an inline
// table), or when the result would differ in anything but what was asked.
Result<std::string> SetBinaryName(std::string_view text,
                                  const std::string& file,
                                  const HandlerEdit& edit);

// The text with "version = N" as its first line.
std::string AddVersion(std::string_view text, int version);

// The text without the lines the two functions above put in.
std::string Unwire(std::string_view text);

// A path as the header of a table: plugins."io.containerd.grpc.v1.cri".x
std::string TomlPath(const std::vector<std::string>& path);
// A basic string with its quotes.
std::string TomlString(std::string_view text);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_CONTAINERD_EDIT_H_
