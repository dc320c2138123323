#include "cli/daemon_commands.h"

#include <array>

namespace assay {
namespace {

constexpr auto kDoctorOptions = std::to_array<Option>({
    {"canary", "", "prove it: have the runtime start what nobody signed"},
    {"config", "FILE", "containerd's configuration, if not the usual one"},
});

constexpr auto kLearnOptions = std::to_array<Option>({
    {"offline", "", "look at what is stored alone, ask no registry"},
});

constexpr auto kRotateOptions = std::to_array<Option>({
    {"all", "", "list what does not change, too"},
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
    .help = "Decide anew about every container the runtimes hold",
    .details =
        "From disk alone, under the policy in force now: what would not start\n"
        "again today. Exit status: 0 all are accepted, 1 one is rejected, 3 "
        "one\n"
        "is undetermined.\n"
        "\n"
        "CRI-O's and podman's have the namespace containers-storage. What "
        "their\n"
        "records say is judged; what is mounted is, when they start.\n",
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
        "With --canary the real runtime is asked, too: to pull an image made\n"
        "this moment from a registry on the loopback, and to start it in a "
        "pod\n"
        "of each handler. It is proven only when Assay refused every start.\n"
        "Nothing of it stays, and it could not run: it has no program.\n"
        "\n"
        "Exit status: 0 all is well, 1 something does not enforce, 3 it could\n"
        "not be told (often: not run as root).\n",
    .options = kDoctorOptions,
};

const Command kPolicyLearnCommand = {
    .name = "policy learn",
    .operands = "",
    .help = "Propose a policy from what signed the images of this node",
    .details =
        "Every key, certificate and trusted root in the trust folder is tried\n"
        "on every image that the runtime holds; only signatures that hold are\n"
        "counted. Printed is a policy in audit mode: one rule for each\n"
        "repository, or for several that lie together and are signed by the\n"
        "same. What nobody signed stands in comments. Nothing is changed.\n"
        "\n"
        "Read it before you use it: it trusts whoever signed until now.\n",
    .options = kLearnOptions,
};

const Command kRotatePlanCommand = {
    .name = "rotate plan",
    .operands = "POLICY",
    .operands_least = 1,
    .operands_most = 1,
    .help = "List what a changed policy would stop from starting",
    .details =
        "POLICY is a file, or a folder of *.toml, that would take the place "
        "of\n"
        "policy.d; keys come from the trust folder. The daemon decides about\n"
        "every container and every image that the runtime holds, from disk\n"
        "alone, under the policy in force and under this one. Images count\n"
        "once more for each Kubernetes namespace that rules name.\n"
        "\n"
        "Exit status: 0 nothing that starts now would stop, 1 something "
        "would,\n"
        "3 something could not be told, 2 the policy is wrong.\n",
    .options = kRotateOptions,
};

}  // namespace assay
