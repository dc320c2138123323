"""A node for the cases of refresh.py, and what several of them do."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support/sigstore"))
from authority import now  # noqa: E402
from tuf import Mirror, Repository  # noqa: E402

PROBE = sys.argv[1]
FILE = "trusted_root.json"
CASES = []


def case(function):
    CASES.append(function)
    return function


class Node:
    """A node with a pinned root, and the mirror it asks."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder)
        (self.root / "etc/assay/trust").mkdir(parents=True)
        self.state = self.root / "var/lib/assay/tuf/state.json"
        self.mirror = None

    def follow(self, repository, before=lambda handler: False):
        repository.targets.setdefault(FILE, b"one")
        repository.publish()
        self.pin(repository.files["1.root.json"])
        self.mirror = Mirror(repository, before)
        return repository

    def pin(self, data):
        (self.root / "etc/assay/trust/pin.json").write_bytes(data)

    def refresh(self, expected="ok", files=(FILE,), when=None, url=None):
        seconds = int((when or now()).timestamp()) if not isinstance(when, int) else when
        run = subprocess.run([PROBE, self.root, url or self.mirror.url, str(seconds), *files],
                             capture_output=True, text=True, timeout=100, check=False)
        assert run.returncode == 0, (run.returncode, run.stderr)
        result = json.loads(run.stdout)
        assert result["outcome"] == expected, result
        return result

    def keep(self, change):
        state = json.loads(self.state.read_text())
        change(state)
        self.state.write_text(json.dumps(state))


def stays(node, repository, expected, **options):
    """The mirror's offer is refused, and what was trusted stays."""
    got = node.refresh(expected, **options)
    assert got["files"] == {FILE: "one"}, got
    return got


def followed(node, **options):
    repository = node.follow(Repository(**options))
    repository.update("targets", "snapshot", "timestamp")
    node.refresh()
    return repository
