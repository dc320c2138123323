#!/usr/bin/env python3
"""Holds the includes of plugin/ and shim/ against the dependency rules.

base <- core <- io <- daemon, cri, cli; inside core each step of the walk
knows only the steps before it; every third-party library has one owner; core
touches neither files nor threads nor clocks. Each finding is FILE:LINE: text.
"""

import fnmatch
import pathlib
import re
import subprocess
import sys

# Folder -> folders it may include from, besides itself. "core/schemes" stands
# for the headers in that very folder, not for the schemes below it.
SCHEME = ["base", "core/trust", "core/subject", "core/evidence", "core/schemes"]
CORE = SCHEME + [
    "core/trust/openpgp", "core/trust/revocation", "core/trust/tuf", "core/question", "core/policy", "core/verdict",
]  # fmt: skip
FOLDERS = {
    "api": [],
    "base": [],
    "core/trust": ["base"],
    "core/trust/openpgp": ["base"],
    "core/trust/revocation": ["base", "core/trust"],
    "core/trust/tuf": ["base", "core/trust"],
    "core/subject": ["base"],
    "core/evidence": ["base", "core/subject"],
    "core/question": ["base", "core/subject"],
    "core/schemes": ["base", "core/trust", "core/trust/revocation", "core/subject", "core/evidence"],
    "core/schemes/*": SCHEME + ["core/trust/openpgp", "core/trust/revocation"],
    "core/schemes/openpgp": SCHEME + ["core/trust/openpgp", "core/schemes/simple_signing"],
    "core/schemes/containers_policy": SCHEME + [
        "core/schemes/openpgp", "core/schemes/simple_signing", "core/schemes/sigstore",
    ],  # fmt: skip
    "core/schemes/sigstore": SCHEME + ["core/schemes/simple_signing"],
    "core/schemes/detached": SCHEME + ["core/schemes/simple_signing"],
    "core/schemes/dct": SCHEME + ["core/trust/revocation", "core/trust/tuf"],
    "core/policy": SCHEME + ["core/question"],
    "core/verdict": CORE,
    "io/*": ["api", "io/*"] + CORE,
    "daemon": ["api", "cri", "io/*"] + CORE,
    "cli": ["api", "io/*"] + CORE,
    "cri": ["api", "base"],
}
# Files whose job is to join what the table keeps apart.
JOINTS = {
    # The table of schemes is the one line that a new scheme adds.
    "core/schemes/*.cc": ["core/schemes/*"],
    # What anybody may see is told of every scheme's material.
    "io/kubernetes/public_material.cc": ["core/schemes/*"],
    # A bundle's signer is named on the command line, not in a policy.
    "cli/bundle_signer.*": ["core/schemes/*"],
    "cli/verify_bundle_command.cc": ["core/schemes/*"],
}

# Third-party header -> the files that own the library.
OWNERS = {
    "openssl/*": ["base/digest.cc", "core/trust/*", "io/registry/*"],
    "sodium.h": ["core/trust/*"],
    "nlohmann/*": ["base/json.cc"],
    "re2/*": ["base/text_pattern.cc"],
    "toml.hpp": ["base/toml.cc"],
    "toml11/*": ["base/toml.cc"],
    "yaml.h": ["base/yaml.cc"],
    "curl/*": ["io/registry/*"],
    "grpc/*": ["io/canary/*", "io/containerd/*", "cri/*", "daemon/*", "cli/*"],
    "grpcpp/*": ["io/canary/*", "io/containerd/*", "cri/*", "daemon/*", "cli/*"],
    "google/protobuf/*": ["io/containerd/*", "cri/*", "daemon/*", "cli/*"],
    "*.pb.h": ["io/canary/*", "io/containerd/*", "io/nri/*", "cri/*", "daemon/*", "cli/*"],
    "civetweb.h": ["io/canary/loopback_registry.cc"],
    "httplib.h": ["io/metrics/metrics_server.cc"],
    "prometheus/*": ["io/metrics/*"],
    "spdlog/*": ["daemon/*"],
    "fmt/*": ["daemon/*"],
    "rnp/*": ["core/trust/openpgp/*"],
    "zlib.h": ["core/trust/openpgp/inflate.cc", "io/archive/gzip_source.cc"],
    "zstd.h": ["io/archive/zstd_source.cc"],
}
SYSTEM_FOLDERS = ["sys", "linux", "net", "netinet", "arpa", "asm", "bits"]

# What core must not reach for, as headers and as calls.
IMPURE_HEADERS = [
    "fstream", "iostream", "cstdio", "filesystem", "thread", "mutex",
    "condition_variable", "future", "fcntl.h", "unistd.h", "stdio.h", "time.h",
    "syslog.h", "sys/*",
]  # fmt: skip
IMPURE_CALLS = re.compile(r"_clock::now\(|\bgetenv\(|\b(std::)?time\((nullptr|NULL|0)\)")

INCLUDE = re.compile(r'\s*#\s*include\s+([<"])([^>"]+)[>"]')


def matches(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def folder_of(path):
    """The folder's key in FOLDERS, the most exact first; None if there is none."""
    name = str(pathlib.PurePosixPath(path).parent)
    if name in FOLDERS:
        return name
    found = [key for key in FOLDERS if fnmatch.fnmatchcase(name, key)]
    return found[0] if found else None


def check_project_include(path, included):
    if path.startswith("../shim/"):
        if included.startswith("shim/") or "/" not in included:
            return None
        return None if included == "api/ask.h" else "the shim may include only api/ask.h"
    here, there = folder_of(path), folder_of(included)
    if here is None or there is None:
        unknown = path if here is None else included
        return f"the folder of {unknown} is not in the table of {sys.argv[0]}"
    allowed = FOLDERS[here]
    for pattern, extra in JOINTS.items():
        if matches(path, [pattern]) and path.count("/") == pattern.count("/"):
            allowed = allowed + extra
    same = pathlib.PurePosixPath(path).parent == pathlib.PurePosixPath(included).parent
    if same or matches(str(pathlib.PurePosixPath(included).parent), allowed):
        return None
    return f"{here} may not include from {there}"


def check_library_include(path, included):
    for pattern, owners in OWNERS.items():
        if matches(included, [pattern]):
            if matches(path, owners):
                return None
            return f"<{included}> belongs to {', '.join(owners)}"
    if path.startswith("core/") and matches(included, IMPURE_HEADERS):
        return f"core may not use <{included}>: it touches the world only through ports"
    top = included.split("/")[0]
    if "/" in included and top not in SYSTEM_FOLDERS:
        return f"<{included}> is a library without an owner in {sys.argv[0]}"
    return None


def check_line(path, line):
    include = INCLUDE.match(line)
    if include is None:
        if path.startswith("core/") and IMPURE_CALLS.search(line):
            return "core may not read clock or environment: take them as arguments"
        return None
    quoted, included = include.group(1) == '"', include.group(2)
    if quoted and not included.endswith(".pb.h"):
        return check_project_include(path, included)
    return check_library_include(path, included)


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard",
         "plugin", "shim"], check=True, capture_output=True, text=True)  # fmt: skip
    files = [name for name in listed.stdout.split() if name.endswith((".cc", ".h", ".c"))]
    findings = 0
    for name in files:
        path = name.removeprefix("plugin/") if name.startswith("plugin/") else "../" + name
        for number, line in enumerate((root / name).read_text().splitlines(), 1):
            finding = check_line(path, line)
            if finding is not None:
                findings += 1
                print(f"{name}:{number}: {finding}")
    print(f"{len(files)} files, {findings} findings")
    sys.exit(1 if findings or not files else 0)


if __name__ == "__main__":
    main()
