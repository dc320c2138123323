#!/usr/bin/env python3
"""Holds what is written about metrics against those there are:
metric_names.py SOURCE.

assayd(8) tells of each metric and of no other; alerts and the dashboard ask for
none that there is not.
"""

import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
MADE = re.compile(r'"(assay_[a-z_]+)"')
NAME = re.compile(r"\bassay_[a-z_]+")
ITEM = re.compile(r"^\.It Cm (assay_[a-z_]+(?: , assay_[a-z_]+)*)", re.MULTILINE)
PARTS = ("_bucket", "_count", "_sum")  # of a histogram


def whole(name):
    for part in PARTS:
        name = name.removesuffix(part)
    return name


def main():
    made = {name for path in SOURCE.glob("plugin/io/metrics/*.cc")
            for name in MADE.findall(path.read_text())}  # fmt: skip
    page = (SOURCE / "packaging/man/assayd.8").read_text()
    told = {name for names in ITEM.findall(page) for name in names.split(" , ")}
    findings = [f"assayd.8 lacks {name}" for name in sorted(made - told)]
    findings += [f"assayd.8 tells of {name}" for name in sorted(told - made)]
    files = sorted(SOURCE.glob("packaging/monitoring/assay.*"))
    for path in files:
        asked = {whole(name) for name in NAME.findall(path.read_text())}
        findings += [f"{path.name} asks for {name}" for name in sorted(asked - made)]
    if len(made) < 10 or len(files) < 2:
        findings.append(f"too little found: {sorted(made)}, {files}")
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{len(made)} metrics, {len(files)} files, {len(findings)} findings")
    return 1 if findings else 0


sys.exit(main())
