#!/usr/bin/env python3
"""Rules for the text of every file: no file over 450 lines, no unfinished-work
marks, no package mirror's host name. Each finding is FILE:LINE: text."""

import pathlib
import re
import subprocess
import sys

LONGEST = 450
CODE = (".cc", ".h", ".c", ".py", ".sh", ".cmake", ".proto", ".txt", "")
# Test data is what it is.
DATA = ("tests/vectors/", "tests/wycheproof/", "tests/fuzz/corpus/")

# Spelt so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
HOST = re.compile(r"https?://([A-Za-z0-9.-]+)")
MIRROR = re.compile(
    r"(^|[.-])(mirrors?|proxy|nexus|artifactory|jfrog)[0-9]*([.-]|$)"
    r"|^(deb|ftp|security|snapshot|archive)([.][a-z]{2})?[.](debian|ubuntu)[.]"
    r"|[.](internal|corp|lan|intranet)$"
)
EXAMPLE = re.compile(r"(^|[.])example([.](com|org|net))?$")


def findings_in(path, text):
    lines = text.splitlines()
    if path.suffix in CODE and path.name != "LICENSE" and len(lines) > LONGEST:
        yield LONGEST + 1, f"{len(lines)} lines, the limit is {LONGEST}"
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line):
            yield number, "finish it or say what is so; no marks of unfinished work"
        for host in HOST.findall(line):
            if MIRROR.search(host) and not EXAMPLE.search(host):
                yield number, f"{host} is a mirror: use registry.example.com or loopback"


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True)  # fmt: skip
    count = findings = 0
    for name in sorted(filter(None, listed.stdout.split("\0"))):
        path = root / name
        if name.startswith(DATA) or not path.is_file() or path.is_symlink():
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        count += 1
        for number, finding in findings_in(path, text):
            findings += 1
            print(f"{name}:{number}: {finding}")
    print(f"{count} files, {findings} findings")
    sys.exit(1 if findings or not count else 0)


if __name__ == "__main__":
    main()
