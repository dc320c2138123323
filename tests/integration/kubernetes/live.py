#!/usr/bin/python3
"""Keys that a cluster holds, followed by the real daemon:
live.py ASSAYD ASSAY ASSAY_NODE FOLLOW_PROBE.

One node and one API server go through all of it in order; each function says
what must hold.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

from node import TOKEN, ApiServer, Authority, Key, Node, wait_for

STEPS = []
# What the API server may do instead of answering, and what is said of it.
MISDEEDS = {
    "forbidden": "kubernetes-forbidden", "broken": "kubernetes-unreachable",
    "redirect": "kubernetes-protocol", "garbage": "kubernetes-protocol",
    "huge": "kubernetes-protocol", "page": "kubernetes-protocol",
    "other-name": "kubernetes-protocol", "other-namespace": "kubernetes-protocol",
    "other-kind": "kubernetes-protocol", "other-member": "kubernetes-protocol",
    "two": "kubernetes-protocol", "no-version": "kubernetes-protocol",
    "pages": "kubernetes-protocol",
}  # fmt: skip


def step(function):
    STEPS.append(function)
    return function


class World:
    def __init__(self, folder, programs):
        self.one, self.two = Key(folder, "one"), Key(folder, "two")
        self.server = ApiServer(folder)
        self.node = Node(folder, programs[:3], self.server)
        self.probe = programs[3]
        self.folder = folder

    def put(self, key, **more):
        """As cosign stores a pair of keys."""
        self.server.put_secret(cosign__pub=key.public.read_text(),
                               cosign__key=key.private.read_text(),
                               cosign__password="opensesame", **more)  # fmt: skip

    def comes_in_force(self, text, seconds=2.0):
        wait_for(f"{text} is in force", lambda: self.node.in_force(text), seconds + 8)

    def takes(self, change, text):
        """In force soon, by what the daemon says and what is on disk."""
        before = self.node.status()["policy"]["fingerprint"]
        begun = time.monotonic()
        change()
        wait_for("another policy is in force",
                 lambda: self.node.status()["policy"]["fingerprint"] != before)  # fmt: skip
        took = time.monotonic() - begun
        assert took < 5, f"{took} s"  # two on a machine with nothing else to do
        assert self.node.in_force(text), self.node.shown()


@step
def a_policy_is_in_force_before_its_object_is_there(world):
    world.node.write_policy("k8s://prod/release")
    world.node.start()
    world.comes_in_force("kubernetes-gone")
    assert world.node.object()["lacking"], world.node.status()


@step
def an_object_that_is_made_is_in_force(world):
    world.takes(lambda: world.put(world.one), world.one.fingerprint)
    assert world.node.object()["version"], world.node.status()


@step
def it_is_asked_for_by_name_alone_and_with_the_token(world):
    asked = world.server.tell(log=True)
    assert asked
    for request in asked:
        assert "/namespaces/prod/secrets?fieldSelector=metadata.name%3Drelease" in request["path"]
        assert request["token"] == "Bearer " + TOKEN, request
    assert any("watch=true" in request["path"] for request in asked)


@step
def nothing_private_is_kept(world):
    kept = list((world.node.root / "var/lib/assay/kubernetes").iterdir())
    assert len(kept) == 1 and kept[0].stat().st_mode & 0o777 == 0o600, kept
    found = subprocess.run(["grep", "-rlE", "cosign.key|password|b3BlbnNlc2FtZQ", world.node.root /
                            "var"], capture_output=True, check=False)  # fmt: skip
    assert not found.stdout, found.stdout


@step
def a_replaced_key_is_in_force(world):
    world.takes(lambda: world.put(world.two), world.two.fingerprint)
    assert world.one.fingerprint not in str(world.node.shown())


@step
def a_key_that_is_taken_away_is_gone(world):
    world.takes(lambda: world.server.tell(delete=["secrets", "prod", "release"]),
                "kubernetes-gone")  # fmt: skip
    assert world.node.object()["version"] == "", world.node.status()
    world.takes(lambda: world.put(world.one), world.one.fingerprint)
    world.takes(lambda: world.server.put_secret(note="no key"), "kubernetes-gone")
    world.takes(lambda: world.put(world.two), world.two.fingerprint)


@step
def a_key_is_gone_although_a_policy_file_is_broken(world):
    delete = {"delete": ["secrets", "prod", "release"]}
    world.takes(lambda: world.server.tell(**delete), "kubernetes-gone")
    gone = world.node.status()["policy"]["fingerprint"]
    world.takes(lambda: world.put(world.one), world.one.fingerprint)
    broken = world.node.root / "etc/assay/policy.d/20.toml"
    broken.write_text("version = 1\nrulez = 1\n")
    wait_for("it is said", lambda: world.node.status()["policy"]["problems"])
    world.server.tell(**delete)
    wait_for("the key is gone", lambda: world.node.status()["policy"]["fingerprint"] == gone)
    problems = world.node.status()["policy"]["problems"]
    assert "rulez" in problems[0] and "the policy in force: " in problems[1], problems
    broken.unlink()
    world.put(world.two)
    world.comes_in_force(world.two.fingerprint)
    assert not world.node.status()["policy"]["problems"], world.node.status()


@step
def versions_that_were_compacted_away_are_listed_anew(world):
    for name in ("a", "b"):
        world.server.put_secret(name=name, x="y")
    world.server.tell(bookmark=True)
    world.server.tell(compact=True)
    time.sleep(0.3)
    world.takes(lambda: world.put(world.one), world.one.fingerprint)
    paths = [request["path"] for request in world.server.tell(log=True)]
    assert sum("watch=true" not in path for path in paths) >= 1, paths


@step
def a_token_may_be_replaced(world):
    world.server.tell(tokens=["second"])
    world.server.tell(close=True)
    world.node.ask_again()
    wait_for("the old token is refused", lambda: world.node.problem().startswith(
        "kubernetes-forbidden"))  # fmt: skip
    assert world.node.in_force(world.one.fingerprint)
    world.node.token.write_text("second\n")
    wait_for("the new one is taken", lambda: not world.node.problem())
    world.server.tell(tokens=[TOKEN, "second"])
    world.node.token.write_text(TOKEN)


@step
def whatever_the_server_does_what_is_known_stays(world):
    known = world.node.shown()["fingerprint"]
    for mode, reason in MISDEEDS.items():
        world.server.tell(mode=mode)
        world.node.ask_again()
        status = {}
        wait_for(f"{mode} is told", lambda: status.update(world.node.status()) or
                 status["cluster"][0]["problem"])  # fmt: skip
        assert status["cluster"][0]["problem"].startswith(reason), (mode, status)
        assert status["policy"]["fingerprint"] == known, mode
    world.server.tell(mode="ok")
    world.node.ask_again()
    wait_for("all is well again", lambda: not world.node.problem())


@step
def whatever_a_watch_tells_the_list_decides(world):
    for mode in ("event-other-name", "event-other-kind", "drop-watches", "endless-line"):
        world.server.tell(mode=mode)
        key = world.one if world.node.in_force(world.two.fingerprint) else world.two
        world.put(key)
        world.server.tell(close=True)
        world.comes_in_force(key.fingerprint, 10)
    world.server.tell(mode="ok")
    world.node.ask_again()
    world.put(world.one)
    world.comes_in_force(world.one.fingerprint)


@step
def what_cannot_be_kept_is_not_relied_on(world):
    folder = world.node.root / "var/lib/assay/kubernetes"
    before = world.node.status()["policy"]["fingerprint"]
    shutil.rmtree(folder)
    folder.write_text("in the way")
    world.put(world.two)
    wait_for("it is said", lambda: world.node.problem().startswith("write-failed"))
    assert world.node.status()["policy"]["fingerprint"] != before
    folder.unlink()
    world.node.ask_again()
    world.comes_in_force(world.two.fingerprint)
    world.takes(lambda: world.put(world.one), world.one.fingerprint)


@step
def a_server_that_stalls_holds_nothing_up(world):
    world.server.tell(mode="slow")
    world.node.ask_again()
    assert world.node.in_force(world.one.fingerprint)
    begun = time.monotonic()
    world.node.stop()
    assert time.monotonic() - begun < 5, "the daemon waits for the server"


@step
def without_a_server_the_daemon_begins_with_what_is_kept(world):
    world.server.stop()
    policy = world.node.root / "etc/assay/policy.d/10.toml"
    good = policy.read_text()
    policy.write_text("version =")
    world.node.start()
    policy.write_text(good)
    world.comes_in_force(world.one.fingerprint)
    wait_for("it is said that nobody answers", lambda: world.node.problem().startswith(
        "kubernetes-unreachable"))  # fmt: skip
    doctor = world.node.assay("doctor", "--json", check=False).stdout
    assert "cluster-keys" in doctor, doctor
    world.server.start()
    world.put(world.two)
    world.comes_in_force(world.two.fingerprint, 10)


@step
def other_authorities_and_names_are_not_believed(world):
    other = Authority(world.folder, "other")
    for wrong in ({"authority": other.certificate},
                  {"server": f"https://localhost:{world.server.port}"}):  # fmt: skip
        before = world.node.status()["policy"]["fingerprint"]
        world.node.connect(**wrong)
        world.node.ask_again()
        wait_for(f"{wrong} is not believed",
                 lambda: world.node.problem().startswith("kubernetes-unreachable"))  # fmt: skip
        # What is kept is of the cluster that the kubeconfig named before.
        assert world.node.status()["policy"]["fingerprint"] != before, world.node.status()
        assert world.two.fingerprint not in str(world.node.shown())
        world.node.connect()
        world.node.ask_again()
        wait_for("the right one is", lambda: not world.node.problem())
        world.comes_in_force(world.two.fingerprint)
    world.node.connect(user={"exec": {"command": "/bin/true"}})
    world.node.ask_again()
    wait_for("no program is run", lambda: "exec" in world.node.problem())


@step
def a_client_certificate_is_as_good_as_a_token(world):
    certificate, key = world.server.authority.issue("node", "extendedKeyUsage=clientAuth")
    world.server.tell(tokens=[])
    world.node.connect(user={"client-certificate": str(certificate), "client-key": str(key)})
    world.node.ask_again()
    wait_for("it is taken", lambda: not world.node.problem())
    world.takes(lambda: world.put(world.one), world.one.fingerprint)


@step
def what_is_thrown_ends_no_following_and_loses_no_change(world):
    """The object changed once; it is told until that went well."""
    told = subprocess.run(
        [world.probe, world.folder / "probe", world.node.kubeconfig, "k8s://prod/release"],
        capture_output=True, text=True, check=False, timeout=120)  # fmt: skip
    assert told.stdout.endswith("told 3 times\n"), told


@step
def a_policy_that_names_another_entry_has_it(world):
    world.server.tell(put={
        "kind": "ConfigMap", "metadata": {"namespace": "prod", "name": "partners"},
        "data": {"a": world.one.public.read_text(), "b": world.two.public.read_text()}})  # fmt: skip
    world.node.write_policy("k8s://configmap/prod/partners#b")
    world.comes_in_force(world.two.fingerprint, 4)
    assert [one["object"] for one in world.node.status()["cluster"]] == [
        "k8s://configmap/prod/partners"]  # fmt: skip
    assert len(list((world.node.root / "var/lib/assay/kubernetes").iterdir())) == 1


@step
def commands_ask_by_themselves_where_no_daemon_does(world):
    world.node.stop()
    shutil.rmtree(world.node.root / "var")
    world.node.settle(kubernetes=False)
    refused = world.node.assay("policy", "check", check=False)
    assert refused.returncode == 2 and "[kubernetes]" in refused.stderr, refused
    kubeconfig = {"KUBECONFIG": str(world.node.kubeconfig)}
    asked = world.node.assay("policy", "show", "--json", **kubeconfig)
    assert world.two.fingerprint in asked.stdout, asked
    assert not (world.node.root / "var/lib/assay/kubernetes").exists()
    world.server.stop()
    unknown = world.node.assay("policy", "show", "--json", **kubeconfig)
    assert "kubernetes-unreachable" in unknown.stdout, unknown


@step
def real_kubectl_understands_the_server(world):
    """So that what the daemon is tried with is no invention."""
    if shutil.which("kubectl") is None:
        print("  (there is no kubectl here)")
        return
    world.server.start()
    world.put(world.one)
    world.server.tell(mode="ok")
    printed = subprocess.run(
        ["kubectl", "--kubeconfig", world.folder / "kubeconfig", "get", "secret", "release",
         "--namespace", "prod", "-o", "yaml"],
        capture_output=True, text=True, check=True, timeout=60)  # fmt: skip
    (world.node.root / "etc/assay/trust/release.yaml").write_text(printed.stdout)
    world.node.write_policy("release.yaml")
    assert world.one.fingerprint in world.node.assay("policy", "show", "--json").stdout


def main():
    programs = [pathlib.Path(name) for name in sys.argv[1:5]]
    with tempfile.TemporaryDirectory() as folder:
        world = World(pathlib.Path(folder), programs)
        try:
            for function in STEPS:
                begun = time.monotonic()
                function(world)
                print(f"ok - {function.__name__} ({time.monotonic() - begun:.1f} s)", flush=True)
        except Exception:  # pylint: disable=broad-except
            traceback.print_exc()
            print((pathlib.Path(folder) / "assayd.log").read_text()[-4000:], file=sys.stderr)
            return 1
        finally:
            world.node.stop()
            world.server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
