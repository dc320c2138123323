#include "cli/daemon_commands.h"

#include <array>

namespace assay {
namespace {

constexpr auto kDoctorOptions = std::to_array<Option>({
    {"config", "FILE", "containerd's configuration, if not the usual one"},
});

}  // namespace

const Command kStatusCommand = {
    .name = "status",
    .operands = "",
    .help = "Show the daemon, the policy in force and what it weakens",
    .details =
        "Exit status: 0 a policy is in force, 1 none is, 3 the daemon does "
        "not\n"
        "answer.\n",
    .options = {},
};

const Command kRunningCommand = {
    .name = "running",
    .operands = "",
    .help = "Decide anew about every container the runtime holds",
    .details =
        "From disk alone, under the policy in force now: what would not start\n"
        "again today. Exit status: 0 all are accepted, 1 one is rejected, 3 "
        "one\n"
        "is undetermined.\n",
    .options = {},
};

const Command kReloadCommand = {
    .name = "reload",
    .operands = "",
    .help = "Make the daemon read its policy again",
    .details =
        "A policy that is not valid is refused with file, line and column, "
        "and\n"
        "the one in force stays. What the policy takes from [trust.tuf] is\n"
        "refreshed in the background.\n",
    .options = {},
};

const Command kDoctorCommand = {
    .name = "doctor",
    .operands = "",
    .help = "Tell whether this node enforces, and every way around it",
    .details =
        "Looks at the installed programs, the policy in force, containerd's\n"
        "effective configuration with every runtime handler, the sockets of\n"
        "other runtimes, and the state Assay keeps. Nothing is changed.\n"
        "\n"
        "Exit status: 0 all is well, 1 something does not enforce, 3 it could\n"
        "not be told (often: not run as root).\n",
    .options = kDoctorOptions,
};

}  // namespace assay
