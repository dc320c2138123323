#include "cli/wire_command.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>

#include "cli/table.h"
#include "io/files/files.h"
#include "io/wire/diff.h"
#include "io/wire/wiring.h"

namespace assay {
namespace {

constexpr auto kWireOptions = std::to_array<Option>({
    {"undo", "", "restore what was there before, to the byte"},
    {"dry-run", "", "show what would change and touch nothing"},
    {"config", "FILE", "the runtime's configuration, if not the usual one"},
});

// What makes a change of files count: containerd and CRI-O read theirs at start
// (CRI-O says that SIGHUP does, and goes on as before), podman at every call,
// docker when it is told to, but what is no longer said stays until its
// restart. Links are followed each time.
std::string NextStep(WiredRuntime runtime, bool files_changed, bool undone) {
  if (!files_changed || runtime == WiredRuntime::kPodman) return {};
  if (runtime == WiredRuntime::kDocker && !undone) {
    return "systemctl reload docker";
  }
  return "systemctl restart " + std::string(RuntimeName(runtime));
}

std::string InEffect(const std::string& next) {
  if (next.empty()) return " It is in effect.";
  return " It takes effect with: " + next;
}

// What wiring cannot reach.
std::string NoteOf(WiredRuntime runtime) {
  if (runtime == WiredRuntime::kDocker) {
    return "containers that were made before keep the runtime they were made "
           "with, and docker's user may name it (--runtime runc): the link "
           "that "
           "`assay wire containerd` puts before containerd's runc stops both. "
           "The steps of `docker build` start no container and are not asked "
           "about";
  }
  if (runtime != WiredRuntime::kPodman) return {};
  return "podman's user may name another runtime (--runtime /usr/bin/runc), "
         "which does not come through Assay. Ordinary users' podman reads the "
         "same file, and the shim serves nobody but root: where they run "
         "containers, give them [engine.runtimes] of their own in "
         "~/.config/containers/containers.conf first. `podman build` needs "
         "--isolation chroot: its steps are no containers of an image";
}

bool HasPolicy(const Paths& paths) {
  const auto names = ListFolder(paths.PolicyDir());
  return names &&
         std::any_of(names->begin(), names->end(),
                     [](const auto& name) { return name.ends_with(".toml"); });
}

Json PlanAsJson(const WirePlan& plan, const std::string& next, bool dry_run) {
  Json::Array handlers;
  for (const auto& handler : plan.handlers) {
    handlers.emplace_back(Json::Object{{"name", Json(handler.name)},
                                       {"link", Json(handler.link)},
                                       {"runtime", Json(handler.runtime)},
                                       {"note", Json(handler.note)}});
  }
  Json::Array files;
  for (const auto& change : plan.files) {
    files.emplace_back(
        Json::Object{{"path", Json(change.path)},
                     {"diff", Json(UnifiedDiff(change.before, change.after,
                                               change.path, change.path))}});
  }
  Json::Array links;
  const auto add = [&](const LinkChange& link) {
    links.emplace_back(
        Json::Object{{"path", Json(link.path)}, {"target", Json(link.target)}});
  };
  std::for_each(plan.links.begin(), plan.links.end(), add);
  if (plan.shadow) add(*plan.shadow);
  return Json(Json::Object{
      {"dry_run", Json(dry_run)},
      {"changed", Json(!plan.empty())},
      {"handlers", Json(std::move(handlers))},
      {"files", Json(std::move(files))},
      {"links", Json(std::move(links))},
      {"notes", Json(JsonStrings(plan.notes))},
      {"next", Json(next)},
  });
}

void PrintDiff(Context& context, const FileChange& change) {
  const std::string diff =
      UnifiedDiff(change.before, change.after,
                  change.existed ? change.path : "/dev/null", change.path);
  std::string_view rest = diff;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    Tone tone = Tone::kPlain;
    if (line.starts_with('+')) tone = Tone::kGood;
    if (line.starts_with('-')) tone = Tone::kBad;
    context.out << Paint(line, tone, context.color) << "\n";
  }
}

void PrintPlan(Context& context, const WirePlan& plan) {
  Table table({"HANDLER", "RUNTIME", "THROUGH"});
  for (const auto& handler : plan.handlers) {
    const bool wired = handler.note.empty();
    table.Row({{handler.name},
               {wired ? handler.runtime : "-"},
               {wired ? handler.link + " (assay-shim)" : handler.note,
                wired ? Tone::kGood : Tone::kUnsure}});
  }
  if (!table.empty()) table.Print(context.out, context.color);
  for (const auto& link : plan.links) {
    context.out << "link " << link.path << " -> " << link.target << "\n";
  }
  for (const auto& change : plan.files) PrintDiff(context, change);
  if (plan.shadow) {
    context.out << "link " << plan.shadow->path << " -> " << plan.shadow->target
                << "\n";
  }
  for (const auto& note : plan.notes) {
    context.out << Paint("note:", Tone::kUnsure, context.color) << " " << note
                << "\n";
  }
}

ExitCode Wire(Context& context, const WireOptions& options, bool dry_run) {
  auto plan = PlanWiring(options);
  if (!plan) return PrintError(context, plan.error());
  if (!HasPolicy(context.paths)) {
    plan->notes.push_back("no policy in " + context.paths.PolicyDir() +
                          ": every container will be refused");
  }
  const std::string next =
      NextStep(options.runtime, !plan->files.empty(), /*undone=*/false);
  if (const std::string note = NoteOf(options.runtime); !note.empty()) {
    plan->notes.push_back(note);
  }
  if (!dry_run) {
    if (auto done = ApplyWiring(options, *plan); !done) {
      return PrintError(context, done.error());
    }
  }
  if (context.json) {
    PrintJson(context, *PlanAsJson(*plan, next, dry_run).AsObject());
    return ExitCode::kAccepted;
  }
  PrintPlan(context, *plan);
  if (plan->empty()) {
    context.out << "Nothing to change: " << RuntimeName(options.runtime)
                << " is wired.\n";
  } else if (dry_run) {
    context.out << "Nothing was changed (--dry-run).\n";
  } else {
    context.out << "Wired." << InEffect(next) << "\n";
  }
  return ExitCode::kAccepted;
}

ExitCode Undo(Context& context, const WireOptions& options, bool dry_run) {
  const auto report = UndoWiring(options, dry_run);
  if (!report) return PrintError(context, report.error());
  const std::string next =
      NextStep(options.runtime, !report->restored.empty(), /*undone=*/true);
  if (context.json) {
    PrintJson(context, {{"dry_run", Json(dry_run)},
                        {"restored", Json(JsonStrings(report->restored))},
                        {"removed", Json(JsonStrings(report->removed))},
                        {"kept", Json(JsonStrings(report->kept))},
                        {"next", Json(next)}});
    return ExitCode::kAccepted;
  }
  const std::string_view would = dry_run ? "would be " : "";
  for (const auto& path : report->restored) {
    context.out << path << ": " << would << "restored\n";
  }
  for (const auto& path : report->removed) {
    context.out << path << ": " << would << "removed\n";
  }
  for (const auto& path : report->kept) {
    context.out << path << ": kept, running containers still use it\n";
  }
  if (!report->kept.empty()) {
    context.out << "Undo once more when they are gone.\n";
  }
  if (!dry_run) {
    context.out << "Not wired any more." << InEffect(next) << "\n";
  }
  return ExitCode::kAccepted;
}

ExitCode RunWire(Context& context, const Arguments& arguments,
                 WiredRuntime runtime) {
  WireOptions options = WireOptions::For(context.paths, runtime);
  if (arguments.Has("config")) {
    options.config = std::filesystem::absolute(arguments.Value("config"))
                         .lexically_normal()
                         .string();
  }
  const bool dry_run = arguments.Has("dry-run");
  return arguments.Has("undo") ? Undo(context, options, dry_run)
                               : Wire(context, options, dry_run);
}

ExitCode RunWireContainerd(Context& context, const Arguments& arguments) {
  return RunWire(context, arguments, WiredRuntime::kContainerd);
}

ExitCode RunWireCrio(Context& context, const Arguments& arguments) {
  return RunWire(context, arguments, WiredRuntime::kCrio);
}

ExitCode RunWirePodman(Context& context, const Arguments& arguments) {
  return RunWire(context, arguments, WiredRuntime::kPodman);
}

ExitCode RunWireDocker(Context& context, const Arguments& arguments) {
  return RunWire(context, arguments, WiredRuntime::kDocker);
}

}  // namespace

const Command kWireContainerdCommand = {
    .name = "wire containerd",
    .operands = "",
    .help = "Make containerd start every container through Assay",
    .details =
        "Sets BinaryName of every runc-type runtime handler to a link to\n"
        "assay-shim, remembers the real runtime in /etc/assay/runtimes, and "
        "puts\n"
        "a link named runc first in containerd's PATH for clients that name "
        "no\n"
        "binary (ctr, nerdctl). A drop-in file is used where containerd "
        "merges\n"
        "one; else config.toml gets the fewest lines that do. Running it "
        "again\n"
        "changes nothing, or wires what was added since.\n"
        "\n"
        "It never restarts containerd. Running containers are not touched.\n",
    .options = kWireOptions,
    .run = &RunWireContainerd,
};

const Command kWireCrioCommand = {
    .name = "wire crio",
    .operands = "",
    .help = "Make CRI-O start every container through Assay",
    .details =
        "Writes /etc/crio/crio.conf.d/99-assay.conf, in which every handler\n"
        "with an OCI runtime stands whole, runtime_path and "
        "platform_runtime_paths\n"
        "leading to assay-shim, and remembers the real runtimes in\n"
        "/etc/assay/runtimes. Handlers of type vm and pod are left alone and\n"
        "named. Running it again changes nothing, or wires what was added "
        "since;\n"
        "run it after every change of a handler, because the file repeats "
        "them.\n"
        "\n"
        "It never restarts CRI-O. SIGHUP does not do: CRI-O says that it has "
        "read\n"
        "the file, and goes on with the handlers of before.\n",
    .options = kWireOptions,
    .run = &RunWireCrio,
};

const Command kWirePodmanCommand = {
    .name = "wire podman",
    .operands = "",
    .help = "Make podman start root's containers through Assay",
    .details =
        "Writes /etc/containers/containers.conf.d/99-assay.conf, in which "
        "every\n"
        "OCI runtime that is installed leads to assay-shim, and remembers the "
        "real\n"
        "ones in /etc/assay/runtimes. A default runtime that is a path becomes "
        "a\n"
        "name. It is in effect at once, also for containers made before. "
        "Running\n"
        "it again changes nothing, or wires what was added since.\n"
        "\n"
        "Whoever is root may name another program with --runtime: this "
        "guides,\n"
        "it is no boundary. Ordinary users' podman reads the same file and "
        "cannot\n"
        "use the shim, which is root's: where they run containers, give them\n"
        "[engine.runtimes] in their own containers.conf first. The steps of\n"
        "`podman build` are no containers of an image and are refused; build "
        "with\n"
        "--isolation chroot.\n",
    .options = kWireOptions,
    .run = &RunWirePodman,
};

const Command kWireDockerCommand = {
    .name = "wire docker",
    .operands = "",
    .help = "Make docker start every container through Assay",
    .details =
        "Adds the runtime assay-runc to /etc/docker/daemon.json and makes it "
        "the\n"
        "default, lets the OCI runtimes that the file names lead to "
        "assay-shim, and\n"
        "remembers the real ones in /etc/assay/runtimes. Other bytes of the "
        "file\n"
        "stay. Runtimes that are shims of containerd's (kata) are left alone "
        "and\n"
        "named. Running it again changes nothing, or wires what was added "
        "since.\n"
        "\n"
        "What a container is can be told where docker keeps its images in\n"
        "containerd: \"features\": {\"containerd-snapshotter\": true}, from "
        "docker 24\n"
        "on. With a store of docker's own each container is refused as\n"
        "subject-storage.\n"
        "\n"
        "Containers made before keep their runtime, and `--runtime runc` is "
        "always\n"
        "there: wire containerd as well, whose link stands before a bare "
        "runc.\n",
    .options = kWireOptions,
    .run = &RunWireDocker,
};

}  // namespace assay
