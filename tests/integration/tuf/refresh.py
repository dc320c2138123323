#!/usr/bin/python3
"""Refreshes from good and bad mirrors: refresh.py PROBE COSIGN.

Each case is a function that gets a Node; its name says what must hold. A
refusal is told by the reason's id.
"""

import sys
import tempfile
import traceback

from node import CASES, Node
import bad_metadata  # noqa: F401
import bad_mirrors  # noqa: F401
import good_mirrors  # noqa: F401
import kept_state  # noqa: F401
import peers  # noqa: F401


def main():
    failed = 0
    for function in CASES:
        with tempfile.TemporaryDirectory() as folder:
            node = Node(folder)
            try:
                function(node)
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"FAILED: {function.__name__}")
                traceback.print_exc()
            finally:
                if node.mirror:
                    node.mirror.close()
    print(f"{len(CASES)} cases, {failed} failed")
    return 1 if failed or len(CASES) < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
