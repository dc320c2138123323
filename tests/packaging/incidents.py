#!/usr/bin/env python3
"""Holds the guide to incidents against the table of reasons:
incidents.py ASSAY SOURCE.

Each reason stands in one group of plugin/docs/incidents.md, and no other does;
each group begins with commands and ends with what not to do; and what `assay
reasons` says already is not said again.
"""

import json
import pathlib
import re
import subprocess
import sys

ASSAY, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
GUIDE = SOURCE / "plugin/docs/incidents.md"
# "- `one`, `two`: what they mean", which may go on for several lines.
ITEM = re.compile(r"^- ((?:`[a-z0-9-]+`(?:,\s+)?)+):\s(.*?)(?=\n- |\n\n|\Z)",
                  re.MULTILINE | re.DOTALL)  # fmt: skip
LEAST_WORDS = 4


def words(text):
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", text.lower()).split())


def reasons():
    told = subprocess.run([ASSAY, "reasons", "--json"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    return {row["id"]: row for row in json.loads(told.stdout)["reasons"]}


def items(group):
    for names, text in ITEM.findall(group):
        for name in re.findall(r"`([^`]+)`", names):
            yield name, text


def of_group(title, group):
    """What a group lacks that every group has."""
    if not re.search(r"```console\n# ", group):
        yield f"'{title}' has no command"
    if not re.search(r"^Do not \S", group, re.MULTILINE):
        yield f"'{title}' does not say what not to do"


def of_item(name, text, row):
    """What an item says too little, or once more."""
    said = words(text)
    if len(said.split()) < LEAST_WORDS:
        yield f"{name}: says next to nothing"
    for part in ("sentence", "next"):
        once = words(row[part])
        if len(once.split()) >= LEAST_WORDS and once in said:
            yield f"{name}: repeats '{row[part]}'"


def main():
    table = reasons()
    introduction, *groups = re.split(r"^## ", GUIDE.read_text(), flags=re.MULTILINE)
    findings = [] if "\nNever" in introduction else ["no word of what never to do"]
    places = {}
    for group in groups:
        title, _, body = group.partition("\n")
        findings += of_group(title, body)
        for name, text in items(body):
            if name in places:
                findings.append(f"{name}: in '{places[name]}' and in '{title}'")
            places[name] = title
            if name in table:
                findings += of_item(name, text, table[name])
            else:
                findings.append(f"{name}: no such reason")
    findings += [f"{name}: is missing" for name in sorted(set(table) - set(places))]
    if len(table) < 100 or len(groups) < 10:
        findings.append(f"too little found: {len(table)} reasons, {len(groups)} groups")
    for finding in findings:
        print(f"{GUIDE.name}: {finding}", file=sys.stderr)
    print(f"{len(table)} reasons in {len(groups)} groups, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
