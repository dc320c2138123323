#!/usr/bin/env python3
"""One policy.json, two judges: agree.py ASSAY. Real `skopeo copy --policy` and
`assay verify` end alike for images that real skopeo and podman signed with keys
of gpg and of sigstore, except where assay-policy(5) says that Assay is stricter."""

import base64
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "support/containers"), str(TESTS / "vectors")]

from certified import certificates  # noqa: E402
from container_strictness import CONTAINERS  # noqa: E402
from indexes import indexes  # noqa: E402
from podman import signed_by_podman  # noqa: E402
from vector_tools import PEERS, Registry, digest_of  # noqa: E402

ASSAY = sys.argv[1]
LIBRARIES = PEERS / "skopeo/usr/lib/x86_64-linux-gnu"
SKOPEO = [LIBRARIES / "ld-linux-x86-64.so.2", "--library-path", LIBRARIES, PEERS / "skopeo/usr/bin/skopeo"]
Trial = collections.namedtuple("Trial", "name reference text key registries")
ACCEPT, REJECT = {"type": "insecureAcceptAnything"}, {"type": "reject"}
# What Assay says of a policy or a certificate that it does not take.
NOT_TAKEN = ("policy-malformed", "policy-unsupported", "policy-key-unreadable", "key-malformed", "key-unsupported",
             "certificate-malformed", "certificate-profile", "signature-foreign-key")


class Bench:
    """Keys, signed images, and where their signatures are said to be."""

    def __init__(self, work):
        self.work, self.registry, self.all = work, Registry(work), []
        self.host = self.registry.host
        self.env = {**os.environ, "GNUPGHOME": str(work / "gnupg"), "HOME": str(work)}
        (work / "gnupg").mkdir(mode=0o700)
        (work / "passphrase").write_text("")
        (work / "accept.json").write_text(json.dumps({"default": [ACCEPT]}))
        for name, used in (("on", "true"), ("off", "false")):
            (work / name).mkdir()
            (work / name / "all.yaml").write_text(
                f"default-docker:\n  lookaside: file://{work}/store\n  lookaside-staging: file://{work}/store\n"
                f"  use-sigstore-attachments: {used}\n")
        self.registry.push_image("source", "the image")
        self.gpg = {name: self.gpg_key(name) for name in "ab"}
        for name in "ab":
            self.skopeo("generate-sigstore-key", "--output-prefix", work / name, "--passphrase-file",
                        work / "passphrase", check=True)
        (work / "ab.pub").write_bytes((work / "a.pub").read_bytes() + (work / "b.pub").read_bytes())

    def skopeo(self, *arguments, check=False):
        done = subprocess.run([*SKOPEO, *arguments], capture_output=True, env=self.env)
        if check and done.returncode != 0:
            raise SystemExit(done.stderr.decode())
        return done

    def gpg_key(self, name):
        """A key pair; its public half is NAME.gpg."""
        quiet = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
        subprocess.run([*quiet, "--quick-generate-key", f"{name}@example.com", "ed25519", "cert,sign", "never"],
                       check=True, env=self.env, capture_output=True)
        (self.work / f"{name}.gpg").write_bytes(subprocess.run(
            ["gpg", "--batch", "--export", f"{name}@example.com"], check=True, env=self.env,
            capture_output=True).stdout)
        return f"{name}@example.com"

    def copy(self, source, to, *options):
        """Whichever of its keys is to sign it."""
        self.skopeo("--policy", self.work / "accept.json", "--registries.d", self.work / "on", "copy",
                    "--src-tls-verify=false", "--dest-tls-verify=false", *options, f"docker://{source}",
                    f"docker://{to}", check=True)

    def signer(self, kind, name):
        """What skopeo and podman are told, so that they sign with a key."""
        if kind == "gpg":
            return ["--sign-by", self.gpg[name]]
        return ["--sign-by-sigstore-private-key", self.work / f"{name}.private", "--sign-passphrase-file",
                self.work / "passphrase"]

    def image(self, repository, gpg=(), sigstore=(), identity=None):
        """Signed by each of these keys."""
        signers = [self.signer("gpg", name) for name in gpg] + [self.signer("sigstore", name) for name in sigstore]
        named = ["--sign-identity", f"{self.host}/{identity}"] if identity else []
        for signer in signers or [()]:
            self.copy(f"{self.host}/source:1", f"{self.host}/{repository}:1", *signer, *named)
        return f"{self.host}/{repository}:1"

    def add(self, name, reference, document, key=None, registries="on"):
        text = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.all.append(Trial(name, reference, text, key, registries))

    def signed_by(self, *names, **more):
        paths = [f"{self.work}/{name}.gpg" for name in names]
        keys = {"keyPath": paths[0]} if len(paths) == 1 else {"keyPaths": paths}
        return {"type": "signedBy", "keyType": "GPGKeys", **keys, **more}

    def sigstore(self, *names, **more):
        paths = [f"{self.work}/{name}.pub" for name in names]
        keys = {"keyPath": paths[0]} if len(paths) == 1 else {"keyPaths": paths}
        return {"type": "sigstoreSigned", **keys, **more}

    def data(self, name):
        return base64.b64encode((self.work / name).read_bytes()).decode()


def default(*requirements):
    return {"default": list(requirements)}


def scoped(scopes, otherwise=(REJECT,), transport="docker"):
    return {"default": list(otherwise), "transports": {transport: scopes}}


def requirements(bench):
    """Every kind of requirement for every kind of signature."""
    everywhere = {"type": "matchRepository"}
    images = {
        "nobody": bench.image("none"), "gpg a": bench.image("gpg", gpg="a"),
        "sigstore a": bench.image("sigstore", sigstore="a"),
        "both": bench.image("both", gpg="a", sigstore="a"), "gpg a and b": bench.image("two", gpg="ab"),
        "sigstore b": bench.image("other", sigstore="b"),
    }
    asked = {
        "accept": [ACCEPT], "reject": [REJECT], "accept and reject": [ACCEPT, REJECT],
        "gpg a": [bench.signed_by("a")], "gpg b": [bench.signed_by("b")], "gpg a or b": [bench.signed_by("a", "b")],
        "gpg a and gpg b": [bench.signed_by("a"), bench.signed_by("b")],
        "sigstore a": [bench.sigstore("a")], "sigstore a or b": [bench.sigstore("a", "b")],
        "sigstore a and gpg a": [bench.sigstore("a"), bench.signed_by("a"), ACCEPT],
    }
    for who, wanted in asked.items():
        for signed, reference in images.items():
            bench.add(f"{signed}, asked for {who}", reference, default(*wanted))
    good, gpg = images["sigstore a"], images["gpg a"]
    bench.add("no attachments", good, default(bench.sigstore("a")), registries="off")
    bench.add("no attachments for gpg", gpg, default(bench.signed_by("a")), registries="off")
    for keys in ({"keyData": bench.data("a.pub")}, {"keyDatas": [bench.data("b.pub"), bench.data("a.pub")]},
                 {"keyData": bench.data("b.pub")}):
        bench.add(f"sigstore, {keys.keys()}", good, default({"type": "sigstoreSigned", **keys}))
    for name in "ab":
        bench.add(f"gpg data {name}", gpg, default(
            {"type": "signedBy", "keyType": "GPGKeys", "keyData": bench.data(f"{name}.gpg")}))
    bench.add("other type of keys", gpg, default({**bench.signed_by("a"), "keyType": "X509Certificates"}))
    bench.add("base layer", good, default({"type": "signedBaseLayer", "baseLayerIdentity": everywhere}))
    bench.add("unlogged", good, default(bench.sigstore("a", rekorPublicKeyPath=f"{bench.work}/b.pub")))
    bench.add("two keys in a file", good, default(bench.sigstore("ab")), key="several-keys")
    return good, gpg


def identities(bench):
    """Signatures for a name, asked for by that and by others."""
    host = bench.host
    for kind, make, keys in (("gpg", bench.signed_by, {"gpg": "a"}), ("sigstore", bench.sigstore, {"sigstore": "a"})):
        own = bench.image(f"id/{kind}", **keys)
        moved = bench.image(f"id/{kind}-moved", **keys, identity=f"id/{kind}:1")
        retagged = bench.image(f"id/{kind}-tag", **keys, identity=f"id/{kind}-tag:2")
        digest = digest_of(bench.registry.manifest("id/" + kind, "1"))
        for match in ({"type": "matchExact"}, {"type": "matchRepoDigestOrExact"}, {"type": "matchRepository"},
                      {"type": "exactReference", "dockerReference": own},
                      {"type": "exactRepository", "dockerRepository": f"{host}/id/{kind}"},
                      {"type": "remapIdentity", "prefix": f"{host}/id/{kind}-moved",
                       "signedPrefix": f"{host}/id/{kind}"},
                      {"type": "remapIdentity", "prefix": f"{host}/id", "signedPrefix": f"{host}/other"}):
            policy = default(make("a", signedIdentity=match))
            for reference in (own, moved, retagged, f"{own[:-2]}@{digest}", f"{retagged[:-2]}@{digest}"):
                if kind == "gpg" and match["type"].startswith("exact"):
                    continue
                bench.add(f"{reference} by {match}", reference, policy)


def scopes(bench, reference):
    repository = reference[:-2]
    for scope in (reference, repository, bench.host, "", f"{repository}x", f"{repository}/x", repository[:-1],
                  "127.0.0.1", "*.0.0.1", "*.0.1", "*.1", f"*.0.0.1:{bench.host.split(':')[1]}", "sigstore"):
        bench.add(f"scope '{scope}'", reference, scoped({scope: [ACCEPT]}))
    bench.add("nearest rejects", reference, scoped({bench.host: [ACCEPT], repository: [REJECT]}))
    bench.add("nearest accepts", reference, scoped({"": [REJECT], bench.host: [REJECT], repository: [ACCEPT]}))
    bench.add("of another transport", reference, scoped({"": [ACCEPT]}, transport="atomic"))
    bench.add("capitals elsewhere", reference, scoped({"Other.example.com": [REJECT]}, [ACCEPT]), key="scope")
    bench.add("keys elsewhere", reference, scoped({"other.example.com": [bench.sigstore("gone")]}, [ACCEPT]),
              key="elsewhere")
    bench.add("a path elsewhere", reference, scoped(
        {"other.example.com": [{"type": "sigstoreSigned", "keyPath": "a.pub"}]}, [ACCEPT]), key="relative")
    bench.add("a prefix elsewhere", reference, scoped({"other.example.com": [bench.sigstore(
        "a", signedIdentity={"type": "remapIdentity", "prefix": "busybox", "signedPrefix": "a.b"})]}, [ACCEPT]),
        key="prefix")
    for transport, scope in (("dir", "images"), ("dir", "/images"), ("dir", "/a//b"), ("dir", "/"), ("oci", "/a/b"),
                             ("oci", "a"), ("docker-archive", "/a.tar"), ("tarball", "x"), ("atomic", "a/b/c/d"),
                             ("atomic", "host/ns/stream:tag"), ("atomic", "a:1/b"), ("docker-daemon", "busybox:1"),
                             ("docker-daemon", "sha256:" + 64 * "a"), ("containers-storage", "a.b/c"),
                             ("containers-storage", "[/var/lib]"), ("containers-storage", "[overlay@/var/lib]"),
                             ("containers-storage", "[overlay@var]"), ("unheard", "any thing")):
        bench.add(f"{transport} '{scope}'", reference, scoped({scope: [REJECT]}, [ACCEPT], transport))


def documents(bench, reference):
    """Documents that are not as they must be, or almost not; nothing else in
    them refuses the image."""
    def bad(name, text, key=None):
        bench.add(f"document, {name}", reference, text, key)

    plain = json.dumps(default(ACCEPT)).encode()
    for name, text in (("none", b""), ("a list", b"[]"), ("behind", plain + b"{}"), ("white space behind", plain + b"\n "),
                       ("a mark before", b"\xef\xbb\xbf" + plain), ("a comment", b"// x\n" + plain),
                       ("twice", plain[:-1] + b"," + plain[1:]), ("escaped", plain.replace(b"type", b"\\u0074ype"))):
        bad(name, text)
    for name, document in (("no default", {}), ("no requirement", default()), ("unknown member", {
            **default(ACCEPT), "note": ""}), ("capitals", {"Default": [ACCEPT]}), ("null", {"default": None})):
        bad(name, document)
    odd = scoped({"other.example.com": []}, [ACCEPT])
    bad("an empty scope", odd)
    for number, one in enumerate((
            {}, {"type": "Reject"}, {**REJECT, "note": ""}, {"type": None}, "reject",
            {"type": "signedBy", "keyType": "GPGKeys"}, {"type": "signedBy", "keyPath": "/a"},
            {**bench.signed_by("a"), "keyData": "YQ=="}, {**bench.signed_by("a"), "keyType": "gpg"},
            {**bench.signed_by("a"), "keyPaths": ["/a"]}, {**bench.signed_by("a"), "signedIdentity": {}},
            bench.signed_by("a", signedIdentity=None), bench.signed_by("a", signedIdentity={"type": "any"}),
            bench.signed_by("a", signedIdentity={"type": "exactReference", "dockerReference": "a.b/c"}),
            bench.signed_by("a", signedIdentity={"type": "exactRepository", "dockerRepository": "A b"}),
            bench.signed_by("a", signedIdentity={"type": "matchExact", "note": ""}),
            bench.signed_by("a", signedIdentity={"type": "remapIdentity", "prefix": "a.b"}),
            {**bench.sigstore("a"), "keyData": "YQ=="}, {"type": "sigstoreSigned", "keyPaths": []},
            {"type": "sigstoreSigned", "keyDatas": ["!"]}, bench.sigstore("a", keyType="GPGKeys"),
            bench.sigstore("a", rekorPublicKeyPath="/a", rekorPublicKeyData="YQ=="),
            {"type": "sigstoreSigned", "fulcio": {"caPath": "/a", "oidcIssuer": "i", "subjectEmail": "e"}},
            {"type": "sigstoreSigned", "rekorPublicKeyPath": "/a", "fulcio": {"caPath": "/a", "oidcIssuer": "i"}},
            {"type": "sigstoreSigned", "pki": {"caRootsPath": "/a"}},
            {"type": "sigstoreSigned", "rekorPublicKeyPath": "/a", "pki": {"caRootsPath": "/a", "subjectEmail": "e"}},
            {"type": "signedBaseLayer"})):
        bad(f"requirement {number}", scoped({"other.example.com": [one]}, [ACCEPT]))
    bad("a null elsewhere", scoped({"other.example.com": [bench.sigstore("a", rekorPublicKeyPath=None)]}, [ACCEPT]),
        key="null")


def node(root, bench, signer):
    """The files of a node whose one rule asks for the signer `n`."""
    (root / "etc/assay/policy.d").mkdir(parents=True)
    (root / "etc/assay/policy.d/p.toml").write_text(
        f'version = 1\n[[rule]]\nscope = "{bench.host}/**"\nrequire = "n"\n{signer}')
    hosts = root / "certs.d" / bench.host
    hosts.mkdir(parents=True)
    (hosts / "hosts.toml").write_text(f'server = "http://{bench.host}"\n')
    (root / "etc/assay/assayd.toml").write_text(f'[registry]\nhosts_dirs = ["{root}/certs.d"]\n')


def assay_verifies(bench, trial, home):
    """Whether it does under the document that skopeo reads, and its reason."""
    root = home / "root"
    node(root, bench, f'[signers.n]\ntype = "containers-policy"\npolicy = "{home}/policy.json"\n'
                      f'registries_d = "{bench.work}/{trial.registries}"\n')
    done = subprocess.run([ASSAY, "verify", "--root", root, "--json", trial.reference], capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def judge(bench, number, trial):
    """What is wrong with the two verdicts, or None."""
    home = bench.work / f"home-{number}"
    home.mkdir()
    (home / "policy.json").write_bytes(trial.text)
    copied = bench.skopeo("--policy", home / "policy.json", "--registries.d", bench.work / trial.registries, "copy",
                          "--src-tls-verify=false", f"docker://{trial.reference}", f"dir:{home}/copy")
    theirs, they_say = copied.returncode == 0, copied.stderr.decode()
    ours, we_say = assay_verifies(bench, trial, home)
    if ours == theirs:
        return f"{trial.name}: no longer stricter" if trial.key else None
    if trial.key and theirs and any(f'"{one}"' in we_say for one in NOT_TAKEN):
        return None
    return f"{trial.name}: skopeo {theirs}, {they_say}\n  Assay {ours}, {we_say}"


def differences(bench, good):
    """`assay policy diff` between a policy.json and a policy of ours."""
    home = bench.work / "diff"
    node(home / "root", bench, f'[signers.n]\ntype = "sigstore-key"\nkeys = "{bench.work}/a.pub"\n')
    (home / "images").write_text(f"# those that both know\n{bench.host}/none:1\n")
    problems = []
    for name, document, images, code in (
            ("same", default(bench.sigstore("a")), [good], 0),
            ("other", scoped({f"{bench.host}/none": [ACCEPT]}, [bench.sigstore("a")]), [good], 1),
            ("undetermined", default(bench.sigstore("a")), [good, f"{bench.host}/absent:1"], 3),
            ("malformed", {}, [good], 2), ("no images", default(REJECT), None, 2)):
        (home / "policy.json").write_text(json.dumps(document))
        done = subprocess.run(
            [ASSAY, "policy", "diff", "--root", home / "root", "--json", "--containers-policy", home / "policy.json",
             "--registries-d", bench.work / "on", *([*images, "--images", home / "images"] if images else [])],
            capture_output=True, text=True)
        if done.returncode != code:
            problems.append(f"diff, {name}: {done.returncode}, {done.stdout} {done.stderr}")
        elif code == 1:
            told = {one["image"]: (one["containers"]["verdict"], one["policy"]["verdict"])
                    for one in json.loads(done.stdout)["images"]}
            wanted = {good: ("accepted",) * 2, f"{bench.host}/none:1": ("accepted", "rejected")}
            problems += [f"diff: {told}"] if told != wanted else []
    return problems


def main():
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(pathlib.Path(folder))
        try:
            good, _ = requirements(bench)
            identities(bench)
            scopes(bench, good)
            documents(bench, good)
            certificates(bench)
            indexes(bench)
            signed_by_podman(bench)
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                found = pool.map(lambda one: judge(bench, *one), enumerate(bench.all))
                problems = [one for one in found if one] + differences(bench, good)
        finally:
            bench.registry.close()
            subprocess.run(["gpgconf", "--kill", "all"], env=bench.env)
    keys = {trial.key for trial in bench.all if trial.key}
    problems += [f"{key}: no trial shows it" for key in CONTAINERS.keys() ^ keys]
    print("\n".join(problems))
    print(f"{len(bench.all)} trials, {len(keys)} ways in which Assay is stricter")
    sys.exit(1 if problems else 0)


main()
