#!/usr/bin/env python3
"""Holds the list of assay-policy(5) against what tests compare with notation:
stricter.py SOURCE."""

import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(SOURCE / "tests/support/notation"))

from strictness import POLICIES, SIGNATURES  # noqa: E402


def main():
    page = (SOURCE / "packaging/man/assay-policy.5").read_text()
    section = re.search(r"^\.Ss Stricter than notation$(.*?)^\.S[sh] ", page, re.M | re.S)[1]
    lists = re.findall(r"^\.Bl -bullet -compact$(.*?)^\.El$", section, re.M | re.S)
    told = [[" ".join(item.split()) for item in one.split(".It\n")[1:]] for one in lists]
    wanted = [list(SIGNATURES.values()), list(POLICIES.values())]
    for page_says, tests_say in zip(told, wanted, strict=True):
        for one in sorted(set(page_says) ^ set(tests_say)):
            print(f"only {'the page' if one in page_says else 'the tests'}: {one}", file=sys.stderr)
    return 0 if told == wanted else 1


if __name__ == "__main__":
    sys.exit(main())
