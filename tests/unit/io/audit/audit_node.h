// A node's audit log in a folder of its own.
#ifndef ASSAY_TESTS_UNIT_IO_AUDIT_AUDIT_NODE_H_
#define ASSAY_TESTS_UNIT_IO_AUDIT_AUDIT_NODE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "io/audit/audit_log.h"
#include "io/audit/verify_log.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

namespace assay::testing {

struct AuditNode {
  TempFolder folder;
  AuditFiles files{folder / "log/audit.jsonl", folder / "state"};

  // What one process writes.
  void Write(int lines, AuditLimits limits = {}) const {
    AuditLog log(files, limits);
    for (std::int64_t i = 0; i < lines; ++i) {
      REQUIRE(log.Append(Json(Json::Object{{"n", Json(i)}})));
    }
  }
  std::string Text() const { return ReadAll(files.log); }
  void Put(const std::string& text) const {
    folder.Write("log/audit.jsonl", text);
  }
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    std::istringstream text(Text());
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }
  void PutLines(const std::vector<std::string>& lines) const {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    Put(text);
  }
  AuditVerdict Verify(const AuditVerification& what = {}) const {
    const auto verdict = VerifyAuditLog(files, what);
    REQUIRE(verdict);
    return *verdict;
  }
  // "flaw line sequence" of each finding; "" for a log that is whole.
  std::string Findings(const AuditVerification& what = {}) const {
    std::string text;
    for (const ChainFinding& one : Verify(what).report.findings) {
      text += (text.empty() ? "" : ", ") +
              std::string(ChainFlawName(one.flaw)) + " " +
              std::to_string(one.line) + " " + std::to_string(one.sequence);
    }
    return text;
  }
  std::string Remarks() const {
    std::string text;
    for (const std::string& one : Verify().report.remarks) text += one + "\n";
    return text;
  }
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_UNIT_IO_AUDIT_AUDIT_NODE_H_
