#!/usr/bin/env python3
"""Holds the top of the tree to what belongs there, so that nothing is left
behind beside it. Each finding is one line."""

import pathlib
import subprocess
import sys

# Besides these only names that begin with a dot.
ALLOWED = {
    "CMakeLists.txt", "CMakePresets.json", "CONTRIBUTING.md", "LICENSE",
    "README.md", "SECURITY.md", "config", "packaging", "plugin", "shim",
    "tests",
}  # fmt: skip


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True)  # fmt: skip
    # What is deleted and not yet committed is still listed.
    names = {name.split("/")[0] for name in listed.stdout.split("\0") if name}
    names = {name for name in names if (root / name).exists()}
    strays = sorted(n for n in names - ALLOWED if not n.startswith("."))
    for name in strays:
        print(f"{name}: does not belong at the top; decisions: plugin/docs/decisions")
    print(f"{len(names)} entries, {len(strays)} findings")
    sys.exit(1 if strays or not names else 0)


if __name__ == "__main__":
    main()
