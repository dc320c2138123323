#include "daemon/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <syslog.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "base/json.h"
#include "daemon/systemd.h"

namespace assay {
namespace {

constexpr std::size_t kMostText = 4096;

// Written by StartLog alone.
bool json_lines = false;
std::unique_ptr<const Journal> journal;

LogFormat Choose(LogFormat format) {
  if (format != LogFormat::kAuto) return format;
  return std::getenv("JOURNAL_STREAM") != nullptr ? LogFormat::kJournal
                                                  : LogFormat::kText;
}

int PriorityOf(spdlog::level::level_enum level) {
  if (level == spdlog::level::err) return LOG_ERR;
  return level == spdlog::level::warn ? LOG_WARNING : LOG_INFO;
}

void Write(spdlog::level::level_enum level, std::string_view text) {
  std::string line = Printable(text, kMostText);
  if (journal && journal->Send(PriorityOf(level), line)) return;
  if (json_lines) line = Json(std::move(line)).Dump();
  spdlog::default_logger_raw()->log(level, spdlog::string_view_t(line));
}

}  // namespace

void StartLog(LogFormat format) {
  format = Choose(format);
  if (format == LogFormat::kJournal) {
    journal = std::make_unique<const Journal>("assayd");
  }
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "assayd", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
  json_lines = format == LogFormat::kJson;
  spdlog::set_pattern(
      json_lines ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","msg":%v})"
                 : "%Y-%m-%dT%H:%M:%S.%e%z %l assayd: %v");
  spdlog::flush_on(spdlog::level::info);
}

void LogInfo(std::string_view text) { Write(spdlog::level::info, text); }
void LogWarning(std::string_view text) { Write(spdlog::level::warn, text); }
void LogError(std::string_view text) { Write(spdlog::level::err, text); }

}  // namespace assay
