#!/usr/bin/env python3
"""Every example is known, and what needs no node holds:
check.py ASSAY SOURCE PAGE...

What is typed, and what other programs read, run.py runs on a node, unless
known.toml names the test that runs it. TOML is read by Assay. Whatever else is shown is named in known.toml
with a reason. Commands in running text have the options they are given.
"""

import pathlib
import re
import subprocess
import sys

from blocks import Block, Known, all_blocks
from settings import problems_of

ASSAY, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
PAGES = [pathlib.Path(page) for page in sys.argv[3:]]
HERE = pathlib.Path(__file__).resolve().parent
SHIPPED = ("config/assayd.toml", "config/policy.toml")
TYPED = ("console", "sh")
READ_THERE = ("ini", "yaml", "promql")


def help_of(cache, *command):
    if command not in cache:
        run = subprocess.run([ASSAY, *command, "--help"],
                             capture_output=True, text=True, check=False)  # fmt: skip
        cache[command] = run.stdout if run.returncode == 0 else ""
    return cache[command]


def commands_of(cache):
    listed = re.search(r"^Commands:\n(.*?)^$", help_of(cache), re.M | re.S)[1]
    return set(re.findall(r"^  ([a-z][a-z -]*[a-z])  ", listed, re.MULTILINE))


def check_inline(cache, text):
    """`assay ...` in running text is a command, with options it has."""
    commands = commands_of(cache)
    for said in re.findall(r"(?:`|^\.(?:Ql|Ic) )assay ([a-z][^`\n]*)", text, re.MULTILINE):
        words = re.match(r"[a-z -]*", said.replace("\\-", "-"))[0].split(" --")[0].split()
        command = next((words[:n] for n in (2, 1) if " ".join(words[:n]) in commands), None)
        if command is None and not any(one.startswith(f"{said.strip()} ") for one in commands):
            yield f"there is no command: assay {said}"
        for option in re.findall(r"--[a-z-]+", said.replace("\\-", "-")):
            if option not in help_of(cache, *command or ()):
                yield f"no such option: assay {said}"


def check_block(known, block):
    if block.language in TYPED:
        if not block.commands():
            yield "holds no command"
        for command, _ in block.commands():
            if not known.run_elsewhere(command):
                known.status(command)
    elif known.is_shown(block) or block.language in READ_THERE:
        return
    elif block.language == "toml":
        yield from problems_of(ASSAY, SOURCE, block.text)
    else:
        yield f"nobody knows what this is ({block.language or 'no language'}): {block.first_line()}"


def check_known(known):
    """The tests that are named are there, and hold what they are named for."""
    for one in known.elsewhere + known.shown:
        if "test" not in one:
            continue
        path = SOURCE / one["test"]
        if not path.exists() or one["has"] not in path.read_text():
            yield f"known.toml: {one['test']} does not hold: {one['has']}"
    yield from (f"known.toml: is nowhere: {one}" for one in known.unused())


def main():
    known, cache, findings, count = Known(HERE / "known.toml"), {}, [], 0
    texts = {page.name: page.read_text() for page in PAGES}
    shipped = [Block(name, 1, "toml", (SOURCE / name).read_text()) for name in SHIPPED]
    for block in [*shipped, *all_blocks(SOURCE, PAGES)]:
        count += 1
        findings += [f"{block.where()}: {found}" for found in check_block(known, block)]
        if block.document.endswith(".md"):
            texts[block.document] = (SOURCE / block.document).read_text()
    for document, text in texts.items():
        findings += [f"{document}: {found}" for found in check_inline(cache, text)]
    findings += check_known(known)
    if count < 40:
        findings.append(f"only {count} examples were found")
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{count} examples, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
