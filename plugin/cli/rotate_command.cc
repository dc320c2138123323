// `assay rotate plan`: what a changed policy would do to what this node holds.
#include <array>
#include <filesystem>
#include <map>
#include <ostream>
#include <tuple>

#include "base/bytes.h"
#include "cli/daemon_client.h"
#include "cli/progress.h"
#include "cli/survey_commands.h"
#include "cli/table.h"

namespace assay {
namespace {

// What the change does to an image; those that need somebody come first.
enum class Change { kStops, kUnsure, kStarts, kStillRefused, kStillStarts };

struct ChangeText {
  Change change;
  std::string_view name;   // in JSON
  std::string_view title;  // of the table
  Tone tone;
};

constexpr auto kChanges = std::to_array<ChangeText>({
    {Change::kStops, "stops", "would stop starting", Tone::kBad},
    {Change::kUnsure, "unsure", "could not be told", Tone::kUnsure},
    {Change::kStarts, "starts", "would begin to start", Tone::kGood},
    {Change::kStillRefused, "still_refused", "refused now and then",
     Tone::kPlain},
    {Change::kStillStarts, "still_starts", "start now and then", Tone::kPlain},
});

Change ChangeOf(const v1::ComparedImage& image) {
  const bool now = image.now().ending() == v1::ENDING_ACCEPTED;
  if (image.then().ending() == v1::ENDING_ACCEPTED) {
    return now ? Change::kStillStarts : Change::kStarts;
  }
  if (image.then().ending() == v1::ENDING_REJECTED) {
    return now ? Change::kStops : Change::kStillRefused;
  }
  return Change::kUnsure;
}

// Containers of one image and namespace with the same two answers.
struct Group {
  std::string image;
  std::string pod_namespace;
  std::string now;  // reason ids
  std::string then;
  std::string line;  // why, under the other policy
  std::int64_t containers = 0;
  std::int64_t running = 0;
};

using GroupKey = std::tuple<std::string, std::string, std::string, std::string>;

class Plan {
 public:
  void Add(const v1::ComparedImage& image) {
    const v1::NodeImage& held = image.image();
    Group& group =
        groups_[ChangeOf(image)][{held.name(), held.pod_namespace(),
                                  image.now().reason(), image.then().reason()}];
    group.image = held.name();
    group.pod_namespace = held.pod_namespace();
    group.now = image.now().reason();
    group.then = image.then().reason();
    group.line = image.then().line();
    if (!held.container().empty()) ++group.containers;
    if (held.running()) ++group.running;
  }

  std::size_t Count(Change change) const {
    const auto found = groups_.find(change);
    return found == groups_.end() ? 0 : found->second.size();
  }

  ExitCode Exit() const {
    if (Count(Change::kStops) > 0) return ExitCode::kRejected;
    return Count(Change::kUnsure) > 0 ? ExitCode::kUndetermined
                                      : ExitCode::kAccepted;
  }

  void Print(Context& context, bool all) const;
  void PrintAsJson(Context& context) const;

 private:
  std::map<Change, std::map<GroupKey, Group>> groups_;
};

void Plan::Print(Context& context, bool all) const {
  for (const ChangeText& text : kChanges) {
    const bool quiet = text.change == Change::kStillRefused ||
                       text.change == Change::kStillStarts;
    if (Count(text.change) == 0 || (quiet && !all)) continue;
    context.out << Paint(text.title, text.tone, context.color) << "\n";
    Table table({"IMAGE", "NAMESPACE", "CONTAINERS", "NOW", "THEN"});
    for (const auto& [key, group] : groups_.at(text.change)) {
      table.Row({{group.image},
                 {group.pod_namespace.empty() ? "-" : group.pod_namespace},
                 {std::to_string(group.containers) + ", running " +
                  std::to_string(group.running)},
                 {group.now},
                 {group.line, Tone::kFaint}});
    }
    table.Print(context.out, context.color, 2);
    context.out << "\n";
  }
  for (const ChangeText& text : kChanges) {
    context.out << Count(text.change) << " " << text.title
                << (text.change == Change::kStillStarts ? "\n" : ", ");
  }
}

void Plan::PrintAsJson(Context& context) const {
  Json::Object object;
  for (const ChangeText& text : kChanges) {
    Json::Array rows;
    const auto found = groups_.find(text.change);
    if (found != groups_.end()) {
      for (const auto& [key, group] : found->second) {
        rows.emplace_back(Json::Object{
            {"image", Json(Printable(group.image, 1024))},
            {"namespace", Json(group.pod_namespace)},
            {"containers", Json(group.containers)},
            {"running", Json(group.running)},
            {"now", Json(group.now)},
            {"then", Json(group.then)},
            {"message", Json(Printable(group.line, 1024))},
        });
      }
    }
    object.emplace(text.name, Json(std::move(rows)));
  }
  PrintJson(context, std::move(object));
}

}  // namespace

ExitCode RunRotatePlan(Context& context, const Arguments& arguments) {
  v1::CompareRequest request;
  std::error_code failed;
  const auto path =
      std::filesystem::absolute(arguments.operands().front(), failed);
  if (failed) {
    return PrintError(context, Fail(Reason::kUsage, failed.message()));
  }
  request.mutable_policy()->set_path(path.string());
  Plan plan;
  Progress progress(!context.json);
  const Status done =
      DaemonClient(context.paths)
          .Compare(request, [&](const v1::ComparedImage& one) {
            plan.Add(one);
            progress.Show("deciding: " + std::to_string(one.image().number()) +
                          " of " + std::to_string(one.image().all()));
          });
  progress.Clear();
  if (!done) return PrintError(context, done.error());
  if (context.json) {
    plan.PrintAsJson(context);
  } else {
    plan.Print(context, arguments.Has("all"));
  }
  return plan.Exit();
}

}  // namespace assay
