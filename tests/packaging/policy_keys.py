#!/usr/bin/env python3
"""Holds assay-policy(5) against what reads a policy: policy_keys.py SOURCE.

Every key that the readers ask a table for stands in the page as a key, and the
page documents no other.
"""

import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
READERS = [path for folder in ("policy", "schemes")
           for path in SOURCE.glob(f"plugin/core/{folder}/**/*.cc")
           if "TomlReader" in path.read_text()]  # fmt: skip
ASKED = re.compile(
    r"\b(?:String|Strings|Int|Bool|When|Value|TableValue|Tables)\(\"(\w+)\"\)"
    r"|\b(?:Choice|ReadWord<\w+>|ReadCount|TextPattern::Read|TrustStore::Read)\(\s*\w+,\s*\"(\w+)\"")
# `.It Cm one No = ...` and `.It Cm one , two` document keys.
ITEM = re.compile(r"^\.It Cm ([a-z_]+(?: , [a-z_]+)*)", re.MULTILINE)
# Of requirements, identities and thresholds: told of in running text.
INLINE = {"any_of", "all_of", "at_least", "of", "issuer", "subject", "logs", "timestamps",
          "certificate_logs", "attestation", "prefix", "signed_prefix"}  # fmt: skip


def main():
    read = set()
    for path in READERS:
        for groups in ASKED.findall(path.read_text()):
            read |= set(filter(None, groups))
    page = (SOURCE / "packaging/man/assay-policy.5").read_text()
    told = {key for keys in ITEM.findall(page) for key in keys.split(" , ")}
    told |= {key for key in INLINE if re.search(rf"^\.Cm {key}\b", page, re.M)}
    findings = [f"assay-policy.5 lacks: {key}" for key in sorted(read - told)]
    findings += [f"nothing reads: {key}" for key in sorted(told - read)]
    if len(read) < 20:
        findings.append(f"too few keys found in the readers: {sorted(read)}")
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{len(READERS)} readers, {len(read)} keys, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
