#!/usr/bin/env python3
"""Holds the man pages against the programs: pages.py ASSAYD SOURCE.

assayd(8) has the options of --help and no others; assayd.toml(5) and the file of
defaults have the settings that are read, section by section; assay-ask(7) has the
members and numbers of the header file that is the contract. (Commands and
reasons are generated; see man_pages.)
"""

import pathlib
import re
import subprocess
import sys

ASSAYD, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
ASKED = re.compile(r'\b(?:String|Strings|Int|Bool)\("(\w+)"\)'
                   r'|\b(?:TakeSize|TakeFolders)\(reader, "(\w+)"')  # fmt: skip


def page(name):
    return (SOURCE / "packaging/man" / name).read_text()


def section(text, title, mark=".S[hs]"):
    found = re.search(rf"^{mark} {re.escape(title)}$(.*?)(?=^\.S[hs] |\Z)", text, re.M | re.S)
    return found[1] if found else ""


def items(text):
    return re.findall(r"^\.It Cm (\w+)$", text, re.MULTILINE)


def differences(what, told, there):
    yield from (f"{what} lacks {one}" for one in sorted(set(there) - set(told)))
    yield from (f"{what} tells of {one}" for one in sorted(set(told) - set(there)))


def of_daemon():
    run = subprocess.run([ASSAYD, "--help"], capture_output=True, text=True, check=True)
    there = set(re.findall(r"--([a-z-]+)", run.stdout))
    told = re.findall(r"Fl Fl ([a-z\\-]+)", section(page("assayd.8"), "SYNOPSIS"))
    yield from differences("assayd.8", [one.replace("\\", "") for one in told], there)
    if len(there) < 4:
        yield "too few options in --help"


def settings_read():
    """The keys of each section, as the reader's functions ask for them."""
    code = (SOURCE / "plugin/io/config/node_config.cc").read_text()
    readers = dict(re.findall(r'\{"(\w+)", (Read\w+)\}', code))
    readers["trust.tuf"] = "ReadTuf"
    del readers["trust"]
    for name, function in readers.items():
        body = re.search(rf"^void {function}\(.*?^}}", code, re.M | re.S)[0]
        yield name, {key for keys in ASKED.findall(body) for key in keys if key}


def of_settings():
    defaults = re.split(r"^(?:# )?\[([a-z_.]+)\]$",
                        (SOURCE / "config/assayd.toml").read_text(), flags=re.M)  # fmt: skip
    shown = dict(zip(defaults[1::2], defaults[2::2], strict=True))
    count = 0
    for name, keys in settings_read():
        count += len(keys)
        told = items(section(page("assayd.toml.5"), f"[{name}]", r"\.Ss"))
        yield from differences(f"assayd.toml.5 [{name}]", told, keys)
        set_there = re.findall(r"^(?:# )?(\w+) = ", shown.get(name, ""), re.MULTILINE)
        yield from differences(f"config/assayd.toml [{name}]", set_there, keys)
    if count < 20:
        yield f"only {count} settings were found"


def of_protocol():
    header, told = (SOURCE / "plugin/api/ask.h").read_text(), page("assay-ask.7")
    for struct, title in (("request", "Request"), ("reply", "Reply")):
        body = re.search(rf"struct assay_ask_{struct} {{(.*?)}};", header, re.DOTALL)[1]
        members = re.findall(r"^  uint\d+_t (\w+)", body, re.MULTILINE)
        if members != items(section(told, title)) or len(members) < 5:
            yield f"assay-ask.7: the {struct} is {members}"
    for name, value in re.findall(r"^#define (ASSAY_ASK_\w+) (\S+)", header, re.MULTILINE):
        value = value.strip('"').removesuffix("ul").removesuffix("u")
        if name.endswith("_MOST"):
            continue
        shown = f"{int(value) // 1000} seconds" if name.endswith("_MS") else value
        if not re.search(rf"(?<!\w){re.escape(shown)}(?!\w)", told):
            yield f"assay-ask.7 lacks {shown} ({name})"
    for size in re.findall(r"== (\d+), ", header):
        if f"A header of {size} bytes." not in told:
            yield f"assay-ask.7 lacks a header of {size} bytes"


def main():
    findings = [*of_daemon(), *of_settings(), *of_protocol()]
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
