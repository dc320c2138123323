#!/usr/bin/env python3
"""Holds the lists of assay-policy(5) against what tests compare with notation and
skopeo: stricter.py SOURCE."""

import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
sys.path[:0] = [str(SOURCE / "tests/support/notation"), str(SOURCE / "tests/support/containers")]

from container_strictness import CONTAINERS  # noqa: E402
from strictness import POLICIES, SIGNATURES  # noqa: E402


def lists_of(page, title):
    section = re.search(rf"^\.Ss {title}$(.*?)^\.S[sh] ", page, re.M | re.S)[1]
    lists = re.findall(r"^\.Bl -bullet -compact$(.*?)^\.El$", section, re.M | re.S)
    return [[" ".join(item.split()) for item in one.split(".It\n")[1:]] for one in lists]


def main():
    page = (SOURCE / "packaging/man/assay-policy.5").read_text()
    told = lists_of(page, "Stricter than notation") + lists_of(page, "Stricter than containers")
    wanted = [list(one.values()) for one in (SIGNATURES, POLICIES, CONTAINERS)]
    for page_says, tests_say in zip(told, wanted, strict=True):
        for one in sorted(set(page_says) ^ set(tests_say)):
            print(f"only {'the page' if one in page_says else 'the tests'}: {one}", file=sys.stderr)
    return 0 if told == wanted else 1


if __name__ == "__main__":
    sys.exit(main())
