"""What a refresh takes from a mirror that is as it should be."""

import hashlib

from authority import DAY
from node import FILE, case
from tuf import Key, Repository


@case
def a_file_is_published(node):
    node.follow(Repository())
    got = node.refresh()
    assert got["files"] == {FILE: "one"} and got["timestamp"] == 1 and got["changed"], got
    again = node.refresh()
    assert again["files"] == {FILE: "one"} and not again["changed"], again
    assert node.mirror.asked[-2:] == ["/2.root.json", "/timestamp.json"], node.mirror.asked


@case
def without_consistent_snapshots(node):
    node.follow(Repository(consistent=False))
    assert node.refresh()["files"] == {FILE: "one"}
    assert f"/targets/{FILE}" in node.mirror.asked


@case
def metadata_without_lengths_and_hashes(node):
    repository = Repository()
    repository.bound = False
    node.follow(repository)
    assert node.refresh()["files"] == {FILE: "one"}


@case
def keys_of_every_kind(node):
    repository = Repository(kinds=("ed25519", "ecdsa", "ecdsa-old", "ecdsa-hex", "p384", "rsa"), threshold=6)
    node.follow(repository)
    node.refresh()


@case
def a_later_version_replaces_the_file(node):
    repository = node.follow(Repository())
    node.refresh()
    repository.targets[FILE] = b"two"
    repository.update()
    assert node.refresh()["files"] == {FILE: "two"}


@case
def roots_rotate_over_many_versions(node):
    repository = node.follow(Repository())
    node.refresh()
    for kind in ("ed25519", "rsa", "ecdsa", "ecdsa-hex", "p384"):
        repository.next_root(root=[*repository.roles["root"].keys[1:], Key(kind)])
    repository.next_root(targets=[Key("ed25519")])
    repository.targets[FILE] = b"two"
    repository.update()
    got = node.refresh()
    assert got["root"] == 7 and got["files"] == {FILE: "two"}, got
    assert not node.refresh()["dropped"]


@case
def targets_are_signed_anew_by_new_keys(node):
    repository = Repository()
    repository.bound = False
    node.follow(repository)
    node.refresh()
    repository.next_root(targets=[Key("ed25519")])
    repository.publish()
    got = node.refresh()
    assert got["root"] == 2 and got["files"] == {FILE: "one"}, got
    assert not node.refresh()["dropped"]


@case
def an_expired_root_on_the_way_is_passed(node):
    repository = Repository()
    repository.roles["root"].life = -DAY
    node.follow(repository)
    repository.roles["root"].life = 10 * DAY
    repository.next_root()
    node.refresh()


@case
def delegations_are_searched_in_order(node):
    repository = Repository()
    repository.delegate("other", ["elsewhere/*"], targets={"elsewhere/a": b"no"})
    repository.delegate("team", ["roots/*"], targets={"roots/a.json": b"a"})
    repository.delegate("deep", ["roots/b.*"], parent="team", targets={"roots/b.json": b"b"})
    prefix = hashlib.sha256(b"hashed/c").hexdigest()[:4]
    repository.delegate("hashed", prefixes=[prefix], targets={"hashed/c": b"c"})
    node.follow(repository)
    got = node.refresh(files=("roots/a.json", "roots/b.json", "hashed/c", FILE))
    assert got["files"] == {"roots/a.json": "a", "roots/b.json": "b", "hashed/c": "c", FILE: "one"}, got
    assert not any("other" in path for path in node.mirror.asked), node.mirror.asked


@case
def names_of_roles_lead_nowhere_else(node):
    repository = Repository()
    repository.delegate("../../etc", ["roots/*"], targets={"roots/a": b"a"})
    node.follow(repository)
    role = repository.files.pop("1.../../etc.json")
    repository.files["1...%2F..%2Fetc.json"] = role
    assert node.refresh(files=("roots/a",))["files"] == {"roots/a": "a"}


@case
def a_newer_pin_is_enough(node):
    repository = node.follow(Repository())
    node.refresh()
    repository.next_root(root=[Key(), Key()])
    repository.next_root()
    repository.update()
    node.refresh()
    node.pin(repository.files["2.root.json"])
    got = node.refresh()
    assert got["root"] == 3 and not got["dropped"], got


@case
def a_file_that_is_not_vouched_for_keeps_back_no_other(node):
    node.follow(Repository())
    got = node.refresh("tuf-target-missing", files=(FILE, "nothing.json"))
    assert got["files"] == {FILE: "one"}, got


@case
def a_file_that_is_taken_back_is_gone(node):
    repository = node.follow(Repository())
    node.refresh()
    repository.targets = {"other": b"x"}
    repository.update()
    assert node.refresh("tuf-target-missing")["files"] == {}
