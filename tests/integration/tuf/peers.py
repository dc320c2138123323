"""Real cosign takes and refuses the same repositories, so that client and maker
do not only agree with each other."""

import os
import subprocess
import sys

from authority import DAY
from node import FILE, case
from tuf import Key, Repository

COSIGN = sys.argv[2]


def cosign(node, folder="cosign"):
    """Whether cosign takes what the mirror offers."""
    home = node.root / folder
    home.mkdir(exist_ok=True)
    run = subprocess.run([COSIGN, "initialize", "--mirror", node.mirror.url, "--root",
                          node.root / "etc/assay/trust/pin.json"], capture_output=True, text=True, timeout=60,
                         check=False, env={**os.environ, "HOME": str(home), "TUF_ROOT": str(home / "tuf")})
    return run.returncode == 0


@case
def cosign_takes_what_is_taken(node):
    repository = node.follow(Repository(kinds=("ed25519", "ecdsa", "ecdsa-old", "rsa"), threshold=4))
    node.refresh()
    assert cosign(node)
    for kind in ("ecdsa", "ed25519", "rsa"):
        repository.next_root(root=[*repository.roles["root"].keys[1:], Key(kind)], timestamp=[Key(kind)])
    repository.targets[FILE] = b"two"
    repository.update()
    assert node.refresh()["files"] == {FILE: "two"}
    assert cosign(node)


@case
def cosign_refuses_what_is_refused(node):
    def expired(repository):
        repository.roles["timestamp"].life = -DAY
        repository.update("timestamp")

    def foreign_root(repository):
        repository.roles["root"].keys = [Key(), Key(), Key()]
        repository.roles["root"].version = 2
        repository.publish_root()

    def other_target(repository):
        repository.targets[FILE] = b"two"
        repository.update()
        for path in repository.files:
            if path.endswith("." + FILE):
                repository.files[path] = b"bad"

    # To initialize is to begin anew: what needs a memory is not seen by it.
    attacks = {expired: "tuf-expired", foreign_root: "tuf-signature", other_target: "tuf-mismatch"}
    for index, (attack, reason) in enumerate(attacks.items()):
        repository = node.follow(Repository())
        repository.update()
        node.refresh()
        assert cosign(node, f"cosign{index}")
        attack(repository)
        node.refresh(reason)
        assert not cosign(node, f"cosign{index}"), attack.__name__
        node.mirror.close()
        node.state.unlink()
