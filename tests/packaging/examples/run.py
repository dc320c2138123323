#!/usr/bin/env python3
"""Runs what the documents say is to be typed, on a node:
run.py SOURCE NODE NODE-PID PAGE...

In the order of the documents, in one folder of the node, as root. What is
printed must be as shown, but for digests, times, numbers and request ids. Files
of examples that begin with their name are written under it; `...` stands for
anything. A command that is run again in another document must hold again.
"""

import datetime
import pathlib
import re
import subprocess
import sys
import textwrap
import time

from blocks import Known, all_blocks

SOURCE, NODE, PID = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
PAGES = [pathlib.Path(page) for page in sys.argv[4:]]
HERE = pathlib.Path(__file__).resolve().parent
FOLDER = "/root/documents"
ENTER = ["nsenter", "-t", PID, "-m", "-u", "-i", "-p", "-C", "-r", "-w", "env", "-i",
         "HOME=/root", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
         "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]  # fmt: skip
# In what is shown: shapes that differ each time.
SHAPES = {r"\.\.\.": r".*", r"[0-9a-f]{64}": r"[0-9a-f]{64}", r"[0-9a-f]{16}": r"[0-9a-f]{16}",
          r"\b\d+\b": r"\d+", r" +": r" +"}  # fmt: skip
ANY_SHAPE = re.compile("|".join(f"({shape})" for shape in SHAPES))
FIRST_POLICY = 'require = { any_of = ["release"] }'
# What nobody could tell on a busy machine is no answer.
UNDETERMINED = 3
LATE = re.compile(r"(deadline|overloaded|[a-z]+-pending): ")
TRIES = 20


def on_node(command, patience=180):
    run = subprocess.run([*ENTER, "/bin/bash", "-c", f"set -o pipefail; cd {FOLDER}; {command}"],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                         stderr=subprocess.STDOUT, check=False, timeout=patience)  # fmt: skip
    return run.returncode, run.stdout


def as_shown(line, printed):
    pattern, at, stand_ins = "", 0, list(SHAPES.values())
    for match in ANY_SHAPE.finditer(line := line.strip()):
        pattern += re.escape(line[at : match.start()]) + stand_ins[match.lastindex - 1]
        at = match.end()
    pattern += re.escape(line[at:])
    return any(re.fullmatch(pattern, one.strip()) for one in printed.splitlines())


class Runner:
    def __init__(self):
        self.known = Known(HERE / "known.toml")
        self.findings = []
        self.commands = 0

    def run(self, block):
        if block.language == "toml" and block.file():
            self.write(block.file(), block.text)
        elif block.language == "toml" and FIRST_POLICY in block.text and self.commands < 10:
            self.write("/etc/assay/policy.d/10-shop.toml", block.text)
        elif block.language in ("console", "sh"):
            for command, said in block.commands():
                if not self.known.run_elsewhere(command):
                    self.type(block, command, said)
        elif block.language in READERS:
            for found in READERS[block.language](block):
                self.findings.append(f"{block.where()}: {found}")

    def write(self, name, text):
        """Dates of exceptions are of the day that they are shown on."""
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        for key, hours in (("not_before", -1), ("expires", 8)):
            then = (now + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
            text = re.sub(rf"^({key} *= ).*", rf"\g<1>{then}", text, flags=re.MULTILINE)
        path = NODE / name[1:] if name[0] == "/" else NODE / FOLDER[1:] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")

    def type(self, block, command, said):
        self.commands += 1
        allowed = self.known.status(command)
        filled = self.filled(command)
        if command == "systemctl restart containerd":
            time.sleep(3)  # its start is compared with its files by seconds
        for _ in range(TRIES):
            status, printed = on_node(filled)
            if status != UNDETERMINED and not LATE.search(printed):
                break
            time.sleep(1)
        if status not in allowed:
            self.find(block, f"exit status {status}, not {allowed}", filled, printed)
        for line in said:
            if line.strip() and not as_shown(line, printed):
                self.find(block, f"does not print: {line}", filled, printed)

    def find(self, block, what, command, printed):
        self.findings.append(f"{block.where()}: {command}\n  {what}\n"
                             + textwrap.indent(printed[-1500:], "    "))  # fmt: skip

    def filled(self, command):
        if "REQUEST" in command:
            _, line = on_node("assay audit tail --json --refused --image shop/api --lines 1")
            request = re.search(r'"request":"([0-9a-f]{16})"', line)
            command = command.replace("REQUEST", request[1] if request else "none")
        if "@DIGEST" in command:
            _, listed = on_node("cat cart.digest")
            command = command.replace("DIGEST", listed.strip())
        return command


def read_unit(block):
    """A unit of its own, which stays, or a drop-in of assayd's, which does not."""
    unit = block.file() or "/etc/systemd/system/assayd.service.d/example.conf"
    path = NODE / unit[1:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text + "\n")
    checked = path.name if block.file() else "assayd.service"
    status, printed = on_node(f"systemctl daemon-reload && systemd-analyze verify --man=no {checked}")
    if not block.file():
        path.unlink()
    if status != 0 or checked in printed:
        yield printed


def promtool(*words):
    status, printed = on_node(f"/mnt/promtool {' '.join(words)}")
    if status != 0:
        yield printed


def read_prometheus(block):
    (NODE / FOLDER[1:] / "prometheus.yml").write_text(block.text + "\n")
    yield from promtool("check", "config", "prometheus.yml")


def read_question(block):
    rule = f"groups: [{{name: shown, rules: [{{record: shown, expr: '{block.text.strip()}'}}]}}]\n"
    (NODE / FOLDER[1:] / "shown.yml").write_text(rule)
    yield from promtool("check", "rules", "shown.yml")


READERS = {"ini": read_unit, "yaml": read_prometheus, "promql": read_question}


def turn(block):
    """The guide to operations ends with a removal, and the README begins with
    what it makes possible."""
    if block.document == "plugin/docs/operations.md":
        return 3
    if block.document == "README.md":
        return 1 if "create failed" in block.text else 0
    return 2


def main():
    runner = Runner()
    for block in sorted(all_blocks(SOURCE, PAGES), key=turn):
        runner.run(block)
    for finding in runner.findings:
        print(finding, file=sys.stderr)
    print(f"{runner.commands} commands, {len(runner.findings)} findings")
    return 1 if runner.findings or runner.commands < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
