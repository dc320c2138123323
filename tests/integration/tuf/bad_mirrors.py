"""Mirrors that bend files, never end, or lead in circles."""

import time

from node import FILE, case, followed, stays
from tuf import Key, Mirror, Repository, Role


@case
def a_target_of_another_length(node):
    repository = followed(node)
    repository.targets[FILE] = b"three"
    repository.update()
    for path in repository.files:
        if path.endswith("." + FILE):
            repository.files[path] = b"one"
    stays(node, repository, "tuf-mismatch")


@case
def a_target_of_another_digest(node):
    repository = followed(node)
    repository.targets[FILE] = b"two"
    repository.update()
    for path in repository.files:
        if path.endswith("." + FILE):
            repository.files[path] = b"bad"
    stays(node, repository, "tuf-mismatch")


@case
def a_target_that_is_longer_than_said(node):
    repository = followed(node)
    repository.targets[FILE] = b"two"
    repository.update()
    for path in repository.files:
        if path.endswith("." + FILE):
            repository.files[path] = b"two" + b" " * 100
    stays(node, repository, "tuf-mismatch")


@case
def a_target_over_the_cap(node):
    repository = followed(node)
    repository.targets[FILE] = b"x" * (2 << 20)
    repository.update()
    stays(node, repository, "tuf-too-large")


@case
def large_metadata(node):
    repository = followed(node)
    repository.files["timestamp.json"] += b" " * (16 << 10)
    stays(node, repository, "tuf-too-large")


@case
def a_root_of_half_a_megabyte(node):
    repository = followed(node)
    repository.files["2.root.json"] = b" " * (600 << 10)
    stays(node, repository, "tuf-too-large")


@case
def endless_data(node):
    followed(node)

    def before(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b" " * 4096)
        except OSError:
            pass
        handler.close_connection = True
        return True

    node.mirror.before = before
    stays(node, None, "tuf-too-large")


@case
def a_mirror_that_drips(node):
    followed(node)

    def before(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(60):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.5)
        except OSError:
            pass
        handler.close_connection = True
        return True

    node.mirror.before = before
    started = time.monotonic()
    stays(node, None, "tuf-mirror")
    assert time.monotonic() - started < 20


@case
def a_dead_mirror(node):
    followed(node)
    node.mirror.close()
    stays(node, None, "tuf-mirror")


@case
def a_broken_mirror_is_asked_a_bounded_number_of_times(node):
    followed(node)

    def before(handler):
        handler.send_response(503)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    node.mirror.asked.clear()
    node.mirror.before = before
    stays(node, None, "tuf-mirror")
    assert node.mirror.asked == ["/2.root.json"] * 3, node.mirror.asked


@case
def redirects_are_not_followed(node):
    repository = followed(node)
    elsewhere = Mirror(repository)

    def before(handler):
        handler.send_response(302)
        handler.send_header("Location", elsewhere.url + handler.path.lstrip("/"))
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    node.mirror.before = before
    stays(node, None, "tuf-mirror")
    assert elsewhere.asked == [], elsewhere.asked
    elsewhere.close()


@case
def delegations_in_a_circle(node):
    repository = Repository()
    repository.delegate("a", ["x/*"], targets={})
    repository.delegate("b", ["x/*"], parent="a", targets={})
    repository.tree["b"] = [repository.tree["targets"][0]]
    node.follow(repository)
    node.refresh("tuf-target-missing", files=("x/y",))


@case
def too_many_roles_on_the_way(node):
    repository = Repository()
    parent = "targets"
    for index in range(40):
        repository.delegate(f"role{index}", ["x/*"], parent=parent, targets={})
        parent = f"role{index}"
    node.follow(repository)
    node.refresh("tuf-too-large", files=("x/y",))
    asked = [path for path in node.mirror.asked if "role" in path]
    assert len(asked) < 40, asked


@case
def very_many_delegations(node):
    repository = Repository()
    shared = [Key()]
    for index in range(300):
        repository.delegate(f"role{index}", ["x/*"], targets={}, keys=shared)
    node.follow(repository)
    node.refresh("tuf-too-large", files=("x/y",))


@case
def a_delegate_speaks_for_other_paths(node):
    repository = Repository()
    repository.delegate("team", ["roots/*"], targets={"other/a": b"a"})
    node.follow(repository)
    node.refresh("tuf-target-missing", files=("other/a",))


@case
def a_terminating_delegation_ends_the_search(node):
    repository = Repository()
    repository.delegate("first", ["roots/*"], terminating=True, targets={})
    repository.delegate("second", ["roots/*"], targets={"roots/a": b"a"})
    node.follow(repository)
    node.refresh("tuf-target-missing", files=("roots/a",))


@case
def a_delegate_with_foreign_keys(node):
    repository = Repository()
    repository.delegate("team", ["roots/*"], targets={"roots/a": b"a"})
    role = repository.delegated["team"][0]
    role.keys = [Key()]
    node.follow(repository)
    node.refresh("tuf-signature", files=("roots/a",))


@case
def a_role_that_two_leave_targets_to_must_satisfy_both(node):
    repository = Repository()
    repository.delegate("shared", ["one/*"], targets={"one/a": b"a", "two/b": b"b"})
    role = Role([Key()])
    how = {"name": "shared", "terminating": False, "paths": ["two/*"], **role.named()}
    repository.delegate("middle", ["two/*"], targets={})
    repository.tree["middle"] = [("shared", how, role)]
    node.follow(repository)
    got = node.refresh("tuf-signature", files=("one/a", "two/b"))
    assert got["files"] == {}, got


@case
def keys_that_stand_there_twice(node):
    repository = followed(node)
    text = repository.files["timestamp.json"]
    repository.files["timestamp.json"] = text.replace(b'"version": 2,', b'"version": 1, "version": 2,', 1)
    assert repository.files["timestamp.json"] != text
    stays(node, repository, "tuf-malformed")


@case
def no_json(node):
    repository = followed(node)
    for junk in (b"", b"{", b"[]", b"null", b'{"signed": 1.5, "signatures": []}', b"[" * 15000, b"\xff"):
        repository.files["timestamp.json"] = junk
        stays(node, repository, "tuf-malformed")


@case
def a_clock_of_1970(node):
    node.follow(Repository())
    node.refresh("clock-implausible", when=1)
    assert node.mirror.asked == []
