"""Recovery, and what lies on disk."""

import json
import subprocess

from node import FILE, PROBE, case, followed, stays
from tuf import Key, Mirror, Repository


@case
def recovery_from_a_fast_forward(node):
    repository = followed(node)
    for role in ("timestamp", "snapshot", "targets"):
        repository.roles[role].version = 2**62
    repository.publish()
    node.refresh()
    for role in ("timestamp", "snapshot", "targets"):
        repository.roles[role].version = 3
    repository.next_root(timestamp=[Key()], snapshot=[Key()])
    repository.targets[FILE] = b"two"
    repository.publish()
    got = node.refresh()
    assert got["files"] == {FILE: "two"} and got["timestamp"] == 3, got


@case
def a_root_that_changes_no_signer_forgets_nothing(node):
    repository = followed(node)
    repository.next_root(root=[*repository.roles["root"].keys, Key()])
    repository.roles["timestamp"].version = 1
    repository.publish_timestamp()
    stays(node, repository, "tuf-rollback")


@case
def a_changed_file_on_disk_is_dropped(node):
    repository = followed(node)
    node.keep(lambda state: state["files"].update({FILE: "evil"}))
    node.mirror.close()
    got = node.refresh("tuf-mirror")
    assert got["files"] == {} and got["dropped"] and got["timestamp"] == 2, got
    node.mirror = Mirror(repository)
    assert node.refresh()["files"] == {FILE: "one"}


@case
def changed_metadata_on_disk_is_dropped(node):
    repository = followed(node)
    clean = node.state.read_text()
    for part in ("timestamp", "snapshot", "targets"):
        def bend(state, part=part):
            texts = state["targets"] if part == "targets" else state
            texts[part] = texts[part].replace("quoted", "bent")
        node.keep(bend)
        got = node.refresh()
        assert got["dropped"] and got["files"] == {FILE: "one"}, (part, got)
        node.state.write_text(clean)
    repository.roles["timestamp"].version = 1
    repository.publish_timestamp()
    node.keep(lambda state: state["files"].clear())
    node.refresh("tuf-rollback")


@case
def a_foreign_root_on_disk_is_dropped(node):
    repository = followed(node)
    stranger = Repository()
    stranger.roles["root"].version = 2
    stranger.publish_root()
    node.keep(lambda state: state["roots"].update({"2": stranger.files["2.root.json"].decode()}))
    got = node.refresh()
    assert got["root"] == 1 and got["dropped"] and got["files"] == {FILE: "one"}, got


@case
def a_torn_state_is_dropped(node):
    followed(node)
    node.state.write_text(node.state.read_text()[:-40])
    got = node.refresh()
    assert got["dropped"] and got["files"] == {FILE: "one"}, got
    assert not node.refresh()["dropped"]


@case
def a_state_that_others_may_write_is_dropped(node):
    followed(node)
    node.state.chmod(0o666)
    assert node.refresh()["dropped"]


@case
def a_pinned_root_that_nobody_signed(node):
    repository = node.follow(Repository())
    document = json.loads(repository.files["1.root.json"])
    document["signatures"] = document["signatures"][:1]
    node.pin(json.dumps(document).encode())
    node.refresh("tuf-signature")
    assert node.mirror.asked == []


@case
def a_missing_pin_asks_nobody(node):
    node.follow(Repository())
    (node.root / "etc/assay/trust/pin.json").unlink()
    node.refresh("not-found")
    assert node.mirror.asked == []


@case
def plain_text_to_another_host_is_refused(node):
    node.follow(Repository())
    run = subprocess.run([PROBE, node.root, "http://registry.example.com/", "1800000000", FILE], check=False)
    assert run.returncode == 2
