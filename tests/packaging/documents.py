#!/usr/bin/env python3
"""Holds the documents against the product: documents.py ASSAY SOURCE.

The refusal that opens the README has the shape, id, sentence and remedy of a
real one; every relative link, with the heading that it may name, and every
program named leads somewhere. Examples have a test of their own.
"""

import json
import pathlib
import re
import subprocess
import sys

ASSAY, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
DOCUMENTS = ["README.md", "SECURITY.md", "CONTRIBUTING.md", "plugin/README.md",
             "packaging/kubernetes/README.md",
             *(str(p.relative_to(SOURCE))
               for p in sorted((SOURCE / "plugin/docs").rglob("*.md")))]
REFUSAL = re.compile(
    r"^ctr: failed to create shim task: OCI runtime create failed: "
    r"(?P<id>[a-z0-9-]+): (?P<sentence>[^(]+?) "
    r"\(image (?P<image>\S+), rule (?P<rule>\S+\.toml:\d+:\d+ \(\S+\))\); "
    r"next: (?P<next>.*) \[request [0-9a-f]{16}\]$", re.MULTILINE)
findings = []


def check_refusal(text):
    fence = text.split("```", 2)[1]
    match = REFUSAL.search(fence)
    if not match:
        findings.append("README.md: does not open with a refusal as it looks")
        return
    run = subprocess.run([ASSAY, "reasons", match["id"], "--json"],
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        findings.append(f"README.md: no such reason: {match['id']}")
        return
    row = json.loads(run.stdout)
    for key in ("sentence", "next"):
        if row[key] != match[key]:
            findings.append(f"README.md: {match[key]!r} is now {row[key]!r}")


def anchors(text):
    for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        yield re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


def check_links(name, text):
    for target, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", text):
        path = (SOURCE / name).parent.joinpath(target) if target else SOURCE / name
        if not path.exists():
            findings.append(f"{name}: no such file: {target}")
        elif heading and heading not in anchors(path.read_text()):
            findings.append(f"{name}: {path.name} has no heading #{heading}")
    for program in re.findall(r"\b(?:packaging|tests)/[a-z0-9_/.-]*[a-z0-9]", text):
        if not (SOURCE / program).exists():
            findings.append(f"{name}: no such file: {program}")


def main():
    for name in DOCUMENTS:
        check_links(name, (SOURCE / name).read_text())
    check_refusal((SOURCE / "README.md").read_text())
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{len(DOCUMENTS)} documents, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
