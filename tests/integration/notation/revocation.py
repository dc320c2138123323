#!/usr/bin/env python3
"""revocation.py ASSAY: what becomes of a signature whose certificates are
revoked, or of which nobody can say so, in each case by `assay verify` under
each rule, and by real notation, which signed."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "vectors"), str(TESTS / "support/notation")]

from revocable import serve  # noqa: E402
from vector_tools import PEERS, Registry, digest_of, run  # noqa: E402

NOTATION = PEERS / "notation/usr/bin/notation"
GOOD, REVOKED, UNKNOWN = "signed", "certificate-revoked", "revocation-unknown"

# Name, signer, flags, and what it comes to: a definite answer is the same under
# `strict` and `soft-fail`; what nobody knows passes under `soft-fail` alone.
CASES = [
    ("both say good", "both", (), GOOD),
    ("a responder says good", "ocsp", (), GOOD),
    ("a list says good", "list", (), GOOD),
    ("no certificate but the intermediate says where", "neither", (), GOOD),
    ("revoked by the responder", "ocsp", ("revoked-leaf",), REVOKED),
    ("revoked by the list", "list", ("revoked-leaf",), REVOKED),
    ("revoked by the list, the responder is down", "both", ("revoked-leaf", "ocsp-down"), REVOKED),
    ("on hold", "list", ("held-leaf",), REVOKED),
    ("the intermediate is revoked", "neither", ("revoked-intermediate",), REVOKED),
    ("the responder is down, the list is good", "both", ("ocsp-down",), GOOD),
    ("the responder does not know, the list is good", "both", ("ocsp-unknown",), GOOD),
    ("the responder does not know", "ocsp", ("ocsp-unknown",), UNKNOWN),
    ("both are down", "both", ("ocsp-down", "list-down"), UNKNOWN),
    ("the responder is down", "ocsp", ("ocsp-down",), UNKNOWN),
    ("the responder is somebody else", "ocsp", ("ocsp-stranger",), UNKNOWN),
    ("the responder's answer is old", "ocsp", ("ocsp-expired",), UNKNOWN),
    ("the list is down", "list", ("list-down",), UNKNOWN),
    ("the list is old", "list", ("list-expired",), UNKNOWN),
    ("the list is old, and revokes", "list", ("list-expired", "revoked-leaf"), REVOKED),
    ("the list is somebody else's", "list", ("list-stranger",), UNKNOWN),
    ("a delta says nothing new", "list", ("delta",), GOOD),
    ("a delta revokes", "list", ("delta", "delta-revoked-leaf"), REVOKED),
    ("a delta is older than its list", "list", ("delta", "delta-old"), UNKNOWN),
    ("a delta is down", "list", ("delta", "delta-down"), UNKNOWN),
    ("stamped", "stamped", (), GOOD),
    ("who stamped it is revoked", "stamped", ("revoked-stamper",), REVOKED),
    ("of who stamped it nobody knows", "stamped", ("list-down",), UNKNOWN),
]

# What a trust policy of notation's asks; whether everything passes there, and
# whether also what is not known to be good of who stamped it.
LEVELS = [
    ({"level": "strict"}, False, False),
    ({"level": "permissive"}, True, True),
    ({"level": "audit"}, True, True),
    ({"level": "strict", "override": {"revocation": "log"}}, True, False),
    ({"level": "strict", "override": {"revocation": "skip"}}, True, False),
]


class Bench:
    """A registry, an authority, and an image signed by each of its signers."""

    def __init__(self, work, assay):
        self.work, self.assay = work, assay
        self.registry = Registry(work)
        self.authority, self.stop = serve(work / "authority")
        self.images = {name: self.sign(name) for name in self.authority.leaves}
        self.images["stamped"] = self.sign(
            "neither", "stamped", "--timestamp-url", self.authority.url + "/tsa",
            "--timestamp-root-cert", work / "authority/tsa-root.pem")
        self.root = work / "root"
        (self.root / "etc/assay/policy.d").mkdir(parents=True)
        self.trust = self.root / "etc/assay/trust"
        shutil.copytree(work / "authority/both/notation/truststore", self.trust / "notation/truststore")
        for name in ("root.pem", "tsa-root.pem"):
            (self.trust / name).write_bytes((work / "authority" / name).read_bytes())

    def close(self):
        self.registry.close()
        self.stop()

    def environment(self, signer, cache):
        home = str(self.work / "authority" / signer)
        return {"XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": str(self.work / cache), "HOME": home}

    def sign(self, signer, repository=None, *options):
        image = f"{self.registry.host}/{repository or signer}@{digest_of(self.push(repository or signer))}"
        run(NOTATION, "sign", "--insecure-registry", *options, image, env=self.environment(signer, "cache-sign"))
        return image

    def push(self, repository):
        return self.registry.push_image(repository, f"the image of {repository}")

    def set_flags(self, flags):
        for flag in self.authority.flags_folder.iterdir():
            flag.unlink()
        for flag in flags:
            (self.authority.flags_folder / flag).touch()

    def policy(self, rule, stamped, staleness=None):
        late = f'revocation_staleness = "{staleness}"\n' if staleness else ""
        stamps = 'timestamp_authorities = ["tsa-root.pem"]\n' if stamped else ""
        (self.root / "etc/assay/policy.d/10.toml").write_text(
            f'version = 1\n[[rule]]\nscope = "{self.registry.host}/**"\nrequire = "acme"\n'
            f'[signers.acme]\ntype = "notation"\ntrust_store = ["root.pem"]\nidentities = "*"\n'
            f'revocation = "{rule}"\n{late}{stamps}')

    def ours(self, image, *options):
        done = subprocess.run([self.assay, "--root", self.root, "verify", image, "--json", *options],
                              capture_output=True)
        said = json.loads(done.stdout or "{}")
        if "verdict" not in said:
            raise SystemExit((done.stdout + done.stderr).decode())
        ends = {"accepted": 0, "rejected": 1, "undetermined": 3}
        if ends[said["verdict"]] != done.returncode:
            raise SystemExit(f"{said['verdict']} ends with {done.returncode}")
        return said["reason"], said

    def forget(self):
        run("rm", "-rf", self.root / "var/lib/assay/revocation")

    def import_policy(self, stamped, verification):
        """notation's trust policy, for both."""
        stores = ["ca:test"] + (["tsa:test"] if stamped else [])
        text = json.dumps({"version": "1.0", "trustPolicies": [{
            "name": "test", "registryScopes": ["*"], "trustStores": stores, "trustedIdentities": ["*"],
            "signatureVerification": verification}]})
        for home in [self.work / "authority" / name for name in self.authority.leaves] + [self.trust]:
            (home / "notation/trustpolicy.json").write_text(text)
        (self.root / "etc/assay/policy.d/10.toml").write_text(
            f'version = 1\n[[rule]]\nscope = "{self.registry.host}/**"\nrequire = "acme"\n'
            f'[signers.acme]\ntype = "notation-policy"\npolicy = "notation"\n')

    def theirs(self, signer, cache):
        environment = self.environment("neither" if signer == "stamped" else signer, cache)
        done = subprocess.run([NOTATION, "verify", "--insecure-registry", self.images[signer]],
                              capture_output=True, env={**os.environ, **environment})
        return done.returncode == 0, done.stderr.decode()


def judge(bench, number, case, problems):
    name, signer, flags, wanted = case
    stamped = signer == "stamped"
    bench.set_flags(flags)
    # Whether one knows who stamped it is never soft.
    soft = GOOD if wanted == UNKNOWN and not stamped else wanted
    for rule, expected in (("strict", wanted), ("soft-fail", soft), ("off", GOOD)):
        bench.policy(rule, stamped)
        bench.forget()
        reason, _ = bench.ours(bench.images[signer])
        if reason != expected:
            problems.append(f"{name}, {rule}: {reason}, not {expected}")
    for at, (verification, passes, passes_stamps) in enumerate(LEVELS if wanted != GOOD else LEVELS[:1]):
        bench.import_policy(stamped, verification)
        expected = wanted == GOOD or (passes_stamps if stamped else passes)
        accepted, said = bench.theirs(signer, f"cache-{number}-{at}")
        bench.forget()
        reason, _ = bench.ours(bench.images[signer])
        if accepted != expected:
            problems.append(f"{name}, notation at {verification}: {'accepts' if accepted else said}")
        if (reason == GOOD) != accepted or (not accepted and reason != wanted):
            problems.append(f"{name}, imported at {verification}: {reason}")


def keeps(bench, problems):
    """What was said is kept, and nobody need be asked again."""
    def expect(what, image, wanted, *options):
        reason, _ = bench.ours(bench.images[image], *options)
        if reason != wanted:
            problems.append(f"{what}: {reason}, not {wanted}")

    bench.set_flags(())
    bench.policy("strict", False)
    for image in bench.images.values():
        run(bench.assay, "--root", bench.root, "evidence", "fetch", image)
    bench.forget()
    expect("nothing is kept, and nobody may be asked", "both", UNKNOWN, "--offline")
    expect("asked for the first time", "both", GOOD)
    bench.set_flags(("ocsp-down", "list-down"))
    expect("kept", "both", GOOD)
    expect("kept, and nobody may be asked", "both", GOOD, "--offline")
    expect("of another certificate nothing is kept", "ocsp", UNKNOWN)
    for file in (bench.root / "var/lib/assay/revocation").iterdir():
        file.write_text(file.read_text().replace('"bytes":"MI', '"bytes":"NI'))
    expect("what is kept is not what was said", "both", UNKNOWN, "--offline")
    bench.set_flags(())
    expect("and is asked for again", "both", GOOD)
    bench.set_flags(("list-short", "held-leaf"))
    bench.forget()
    expect("on hold", "list", REVOKED)
    expect("and kept so", "list", REVOKED, "--offline")
    time.sleep(2)
    bench.set_flags(("list-early",))
    expect("an older list takes nothing back", "list", REVOKED)
    bench.set_flags(())
    expect("a newer one does", "list", GOOD)
    bench.set_flags(("list-short", "revoked-leaf"))
    bench.forget()
    expect("revoked", "list", REVOKED)
    time.sleep(2)
    bench.set_flags(())
    expect("which nothing takes back", "list", REVOKED)
    bench.set_flags(("list-short",))
    bench.forget()
    expect("good", "list", GOOD)
    time.sleep(2)
    bench.set_flags(("list-stranger",))
    expect("it is due, and somebody else answers", "list", UNKNOWN)
    bench.policy("strict", False, "1h")
    expect("but what is kept counts for longer", "list", GOOD)


def main():
    problems = []
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(pathlib.Path(work), sys.argv[1])
        try:
            for number, case in enumerate(CASES):
                judge(bench, number, case, problems)
            keeps(bench, problems)
        finally:
            bench.close()
    print("\n".join(problems))
    print(f"{len(CASES)} cases under three rules and {len(LEVELS)} levels")
    sys.exit(1 if problems else 0)


main()
