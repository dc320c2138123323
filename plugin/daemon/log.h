// The daemon's log: journald's own fields where the journal reads us, JSON or
// plain lines elsewhere. spdlog stays behind this header.
#ifndef ASSAY_DAEMON_LOG_H_
#define ASSAY_DAEMON_LOG_H_

#include <string>
#include <string_view>

namespace assay {

enum class LogFormat { kAuto = 0, kText, kJson, kJournal };

// Once, before threads start. kAuto: the journal under systemd, else text.
void StartLog(LogFormat format);

// Thread-safe. The text is made printable.
void LogInfo(std::string_view text);
void LogWarning(std::string_view text);
void LogError(std::string_view text);

}  // namespace assay

#endif  // ASSAY_DAEMON_LOG_H_
