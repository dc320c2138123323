"""Mirrors that offer metadata they should not have."""

import copy
import json

from authority import DAY, now
from node import FILE, case, followed, stays
from tuf import Key, Repository, Role, envelope


@case
def rollback_of_the_timestamp(node):
    repository = followed(node)
    repository.roles["timestamp"].version = 1
    repository.publish_timestamp()
    stays(node, repository, "tuf-rollback")


@case
def rollback_of_the_snapshot(node):
    repository = followed(node)
    repository.roles["snapshot"].version = 1
    repository.roles["timestamp"].version += 1
    repository.publish()
    stays(node, repository, "tuf-rollback")


@case
def rollback_of_the_targets(node):
    repository = followed(node)
    repository.roles["targets"].version = 1
    repository.update("snapshot", "timestamp")
    stays(node, repository, "tuf-rollback")


@case
def a_role_disappears_from_the_snapshot(node):
    repository = Repository()
    repository.delegate("team", ["roots/*"], targets={"roots/a": b"a"})
    node.follow(repository)
    node.refresh()
    repository.delegated.clear()
    repository.update("snapshot", "timestamp")
    stays(node, repository, "tuf-rollback")


@case
def an_unfinished_refresh_still_bars_the_way_back(node):
    repository = followed(node)
    good = dict(repository.files)
    repository.update("timestamp")
    repository.update("snapshot", "timestamp")
    del repository.files["3.snapshot.json"]
    assert stays(node, repository, "tuf-mirror")["timestamp"] == 4
    repository.files = good
    stays(node, repository, "tuf-rollback")


@case
def freeze(node):
    repository = followed(node)
    stays(node, repository, "tuf-expired", when=now() + 8 * DAY)


@case
def freeze_of_each_role(node):
    for role in ("root", "snapshot", "targets"):
        repository = followed(node)
        repository.roles[role].life = -DAY
        if role == "root":
            repository.next_root()
        repository.update()
        stays(node, repository, "tuf-expired")
        node.state.unlink()


@case
def mix_and_match(node):
    repository = followed(node)
    repository.update()
    old = repository.files["3.targets.json"]
    repository.targets["more"] = b"x"
    repository.publish()
    repository.files["3.targets.json"] = old
    repository.update("timestamp")
    repository.files["3.targets.json"] = old
    stays(node, repository, "tuf-mismatch")


@case
def a_snapshot_of_another_version(node):
    repository = followed(node)
    repository.bound = False
    repository.update()
    repository.files["3.snapshot.json"] = repository.files["2.snapshot.json"]
    stays(node, repository, "tuf-mismatch")


@case
def targets_of_another_version(node):
    repository = followed(node)
    repository.bound = False
    repository.update()
    repository.files["3.targets.json"] = repository.files["2.targets.json"]
    stays(node, repository, "tuf-mismatch")


@case
def a_root_that_the_old_keys_did_not_sign(node):
    repository = followed(node)
    repository.roles["root"].keys = [Key(), Key(), Key()]
    repository.roles["root"].version = 2
    repository.publish_root()
    stays(node, repository, "tuf-signature")


@case
def a_root_that_its_own_keys_did_not_sign(node):
    repository = followed(node)
    old = repository.roles["root"].keys
    repository.roles["root"].keys = [Key(), Key(), Key()]
    repository.roles["root"].version = 2
    repository.files["2.root.json"] = envelope(repository.root(), old)
    stays(node, repository, "tuf-signature")


@case
def a_root_version_is_skipped(node):
    repository = followed(node)
    repository.roles["root"].version = 3
    repository.files["2.root.json"] = repository.publish_root()
    stays(node, repository, "tuf-root-version")


@case
def a_root_is_offered_again(node):
    repository = followed(node)
    repository.files["2.root.json"] = repository.files["1.root.json"]
    stays(node, repository, "tuf-root-version")


@case
def one_key_that_signs_twice_counts_once(node):
    repository = followed(node)
    node.state.unlink()
    key = repository.roles["root"].keys[0]
    repository.roles["root"].version = 2
    repository.files["2.root.json"] = envelope(repository.root(), [key, key])
    node.refresh("tuf-signature")


@case
def one_key_under_two_ids_counts_once(node):
    key, other = Key(), Key()
    twin = copy.copy(key)
    twin.id = "f" * 64
    repository = Repository()
    repository.roles["targets"] = Role([key, twin, other], 2)
    node.follow(repository)
    document = json.loads(repository.files["1.targets.json"])
    document["signatures"] = document["signatures"][:2]
    repository.bound = False
    repository.files["1.targets.json"] = json.dumps(document).encode()
    repository.meta["targets.json"] = {"version": 1}
    repository.publish_snapshot()
    repository.publish_timestamp()
    node.refresh("tuf-signature")


@case
def a_key_of_another_role_does_not_count(node):
    repository = followed(node)
    role = repository.roles["timestamp"]
    role.version += 1
    signed = {**repository.head(role, "timestamp"), "meta": {"snapshot.json": repository.snapshot_info}}
    repository.files["timestamp.json"] = envelope(signed, repository.roles["snapshot"].keys)
    stays(node, repository, "tuf-signature")


@case
def a_threshold_of_zero(node):
    repository = followed(node)
    repository.roles["root"].version = 2
    signed = repository.root()
    signed["roles"]["timestamp"]["threshold"] = 0
    repository.files["2.root.json"] = envelope(signed, repository.roles["root"].keys)
    stays(node, repository, "tuf-malformed")


@case
def a_key_of_unknown_kind_never_signs(node):
    repository = followed(node)
    repository.roles["root"].version = 2
    signed = repository.root()
    name = repository.roles["timestamp"].keys[0].id
    signed["keys"][name]["scheme"] = "none"
    repository.files["2.root.json"] = envelope(signed, repository.roles["root"].keys)
    node.refresh("tuf-signature")


@case
def another_specification(node):
    repository = followed(node)
    repository.spec = "2.0.0"
    repository.update()
    stays(node, repository, "tuf-malformed")


@case
def another_kind_of_document(node):
    repository = followed(node)
    shared = [repository.roles["snapshot"].keys[0]]
    repository.next_root(timestamp=shared)
    repository.files["timestamp.json"] = repository.files["2.snapshot.json"]
    node.refresh("tuf-malformed")
