"""What `generate` works with: a registry, keys, signed artifacts, case folders."""

import base64
import contextlib
import copy
import hashlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PEERS = pathlib.Path(os.environ.get("ASSAY_PEERS_DIR", HERE.parents[1] / "build/peers"))
NAME = "registry.example.com/payments/api"
NOW = "2026-06-01T00:00:00Z"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SIGNATURE = "dev.cosignproject.cosign/signature"
ASSAY_SIGNATURE = "application/vnd.assay.signature.v1"
SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1"
IN_TOTO = "application/vnd.in-toto+json"
ENVELOPE = "application/vnd.dsse.envelope.v1+json"


def run(*command, stdin=None, env=None, cwd=None):
    done = subprocess.run(
        command, input=stdin, capture_output=True, cwd=cwd, env={**os.environ, **(env or {})})
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: {done.stderr.decode()}")
    return done.stdout


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def b64(data):
    return base64.b64encode(data).decode()


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def descriptor(media_type, data, **more):
    return {"mediaType": media_type, "digest": digest_of(data), "size": len(data), **more}


class Registry:
    """Debian's docker-registry on a free loopback port."""

    def __init__(self, work):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.host = f"127.0.0.1:{probe.getsockname()[1]}"
        config = work / "registry.yml"
        config.write_text(
            "version: 0.1\nlog: {level: error}\n"
            f"storage: {{filesystem: {{rootdirectory: {work}/registry}}}}\n"
            f"http: {{addr: '{self.host}'}}\n")
        program = PEERS / "registry/usr/bin/docker-registry"
        self.process = subprocess.Popen(
            [program, "serve", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with contextlib.suppress(urllib.error.URLError):
                self.ask("GET", "/v2/")
                return
            time.sleep(0.05)
        raise SystemExit("the registry does not answer")

    def close(self):
        self.process.terminate()
        self.process.wait()

    def ask(self, method, path, data=None, **headers):
        url = path if path.startswith("http") else f"http://{self.host}{path}"
        request = urllib.request.Request(url, data=data, method=method, headers=headers)
        return urllib.request.urlopen(request, timeout=10)

    def push_blob(self, repository, data):
        where = self.ask("POST", f"/v2/{repository}/blobs/uploads/", b"").headers["Location"]
        joint = "&" if "?" in where else "?"
        self.ask("PUT", f"{where}{joint}digest={digest_of(data)}", data,
                 **{"Content-Type": "application/octet-stream"})

    def push_manifest(self, repository, tag, data, media_type=OCI_MANIFEST):
        self.ask("PUT", f"/v2/{repository}/manifests/{tag}", data, **{"Content-Type": media_type})

    def manifest(self, repository, tag):
        return self.ask("GET", f"/v2/{repository}/manifests/{tag}",
                        Accept=f"{OCI_MANIFEST}, {OCI_INDEX}").read()

    def blob(self, repository, digest):
        return self.ask("GET", f"/v2/{repository}/blobs/{digest}").read()

    def push_image(self, repository, text):
        """An image of one layer; answers the manifest's bytes."""
        layer = text.encode()
        config = compact({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {
            "type": "layers", "diff_ids": [digest_of(layer)]}})
        for data in (layer, config):
            self.push_blob(repository, data)
        manifest = json.dumps({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST,
            "config": descriptor("application/vnd.oci.image.config.v1+json", config),
            "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", layer)]}, indent=2).encode()
        self.push_manifest(repository, "1", manifest)
        return manifest


class Artifact:
    """One artifact as it will lie in a case's folder."""

    def __init__(self, origin, manifest=None, blobs=None, signature=None):
        self.origin = origin
        self.manifest = manifest
        self.blobs = blobs or {}
        self.signature = signature

    @staticmethod
    def fetch(registry, repository, tag, origin):
        manifest = json.loads(registry.manifest(repository, tag))
        blobs = {layer["digest"]: registry.blob(repository, layer["digest"])
                 for layer in manifest["layers"]}
        return Artifact(origin, manifest, blobs)

    def copy(self):
        return copy.deepcopy(self)

    @property
    def layer(self):
        return self.manifest["layers"][0]

    @property
    def annotations(self):
        return self.layer.setdefault("annotations", {})

    @property
    def content(self):
        return self.blobs[self.layer["digest"]]

    def with_content(self, data):
        """The same artifact around other bytes, consistent again."""
        other = self.copy()
        del other.blobs[other.layer["digest"]]
        other.layer.update(digest=digest_of(data), size=len(data))
        other.blobs[digest_of(data)] = data
        return other

    def write(self, folder):
        folder.mkdir(parents=True)
        if self.signature is not None:
            (folder / "signature").write_bytes(self.signature)
            return
        (folder / "manifest.json").write_text(json.dumps(self.manifest, indent=1) + "\n")
        for digest, data in self.blobs.items():
            (folder / digest.removeprefix("sha256:")).write_bytes(data)


class Key:
    """A key pair by openssl, also in the form cosign signs with."""

    KINDS = {
        "p256": ("EC", "ec_paramgen_curve:P-256"), "p384": ("EC", "ec_paramgen_curve:P-384"),
        "p521": ("EC", "ec_paramgen_curve:P-521"), "rsa2048": ("RSA", "rsa_keygen_bits:2048"),
        "rsa3072": ("RSA", "rsa_keygen_bits:3072"), "rsa4096": ("RSA", "rsa_keygen_bits:4096"),
        "ed25519": ("ED25519", None)}

    def __init__(self, work, kind):
        algorithm, option = self.KINDS[kind]
        self.kind = kind
        self.folder = work / f"key-{kind}-{os.urandom(4).hex()}"
        self.folder.mkdir()
        self.pem = self.folder / "key.pem"
        run("openssl", "genpkey", "-algorithm", algorithm, "-out", self.pem,
            *(["-pkeyopt", option] if option else []))
        self.public = run("openssl", "pkey", "-in", self.pem, "-pubout")
        run(PEERS / "cosign31/usr/bin/cosign", "import-key-pair", "--key", self.pem,
            "--output-key-prefix", "cosign", "-y", cwd=self.folder, env={"COSIGN_PASSWORD": ""})
        self.cosign = self.folder / "cosign.key"

    def sign(self, data, *options, digest="-sha256"):
        source = self.folder / "to-sign"
        source.write_bytes(data)
        if self.kind == "ed25519":
            return run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.pem, "-in", source)
        return run("openssl", "dgst", digest, *options, "-sign", self.pem, source)

    def certificate(self):
        return run("openssl", "req", "-x509", "-key", self.pem, "-subj", "/CN=test", "-days", "3650").decode()


def cosign(version, *arguments):
    program = PEERS / f"cosign{version}/usr/bin/cosign"
    return run(program, *arguments, env={"COSIGN_PASSWORD": ""})


def payload(digest, reference=NAME, optional=None):
    return {"critical": {"identity": {"docker-reference": reference},
                         "image": {"docker-manifest-digest": digest},
                         "type": "cosign container image signature"}, "optional": optional}


def legacy(data, signature, annotations=None):
    """A `.sig` manifest as cosign writes it, around any payload."""
    layer = descriptor(SIMPLE_SIGNING, data, annotations={SIGNATURE: b64(signature), **(annotations or {})})
    return Artifact("tag", {
        "schemaVersion": 2, "mediaType": OCI_MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", b"{}"),
        "layers": [layer]}, {layer["digest"]: data})


def legacy_attestation(data, predicate_type=None, annotations=None):
    """A `.att` manifest as cosign writes it, around any envelope."""
    claim = {"predicateType": predicate_type} if predicate_type else {}
    layer = descriptor(ENVELOPE, data, annotations={SIGNATURE: "", **claim, **(annotations or {})})
    return Artifact("attestation", {
        "schemaVersion": 2, "mediaType": OCI_MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", b"{}"),
        "layers": [layer]}, {layer["digest"]: data})


def referrer(data, subject, media_type=BUNDLE, artifact_type=None, annotations=None, manifest_annotations=None):
    layer = descriptor(media_type, data, **({"annotations": annotations} if annotations else {}))
    return Artifact("referrer", {
        "schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": artifact_type or media_type,
        "config": descriptor("application/vnd.oci.empty.v1+json", b"{}"),
        "layers": [layer], "subject": descriptor(OCI_MANIFEST, subject),
        **({"annotations": manifest_annotations} if manifest_annotations else {})}, {layer["digest"]: data})


def statement(subjects, predicate=SIGN_PREDICATE):
    return {"_type": "https://in-toto.io/Statement/v1", "subject": subjects,
            "predicateType": predicate, "predicate": {}}


def dsse(key, body, payload_type=IN_TOTO):
    data = body if isinstance(body, bytes) else compact(body)
    encoded = f"DSSEv1 {len(payload_type)} {payload_type} {len(data)} ".encode() + data
    return {"payload": b64(data), "payloadType": payload_type, "signatures": [{"sig": b64(key.sign(encoded))}]}


def bundle(envelope, material=None, media_type=BUNDLE):
    return {"mediaType": media_type, "verificationMaterial": material or {"publicKey": {"hint": ""}},
            "dsseEnvelope": envelope}


class Cases:
    """Writes case folders; those of the same beginning are replaced as a whole."""

    def __init__(self, image, beginning="", folder=HERE):
        self.image, self.folder = image, folder
        self.count = {"allow": 0, "deny": 0}
        for old in [*folder.glob(f"{beginning}*-allow"), *folder.glob(f"{beginning}*-deny")]:
            shutil.rmtree(old)

    def add(self, name, why, key, artifacts, reason="signed", signer="", kind="sigstore-key",
            reference=NAME, image=None, index=None, now=NOW, files=None, policy=None):
        ending = "allow" if reason in ("signed", "attested", "allowed-by-rule") else "deny"
        self.count[ending] += 1
        folder = self.folder / f"{name}-{ending}"
        folder.mkdir()
        (folder / "README").write_text(why + "\n")
        (folder / "expect.toml").write_text(
            f'name   = "{reference}:1"\nreason = "{reason}"\nnow    = {now}\n')
        keys = 'keys = ["key.pub"]\n' if key else ""
        if policy:
            (folder / "policy.toml").write_text(policy)
        else:
            (folder / "signer.toml").write_text(f'type = "{kind}"\n{keys}{signer}')
        if key:
            (folder / "key.pub").write_bytes(key.public)
        for file, data in (files or {}).items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
        (folder / "image.json").write_bytes(image or self.image)
        if index:
            (folder / "index.json").write_bytes(index)
        for number, artifact in enumerate(artifacts, 1):
            artifact.write(folder / "artifacts" / f"{number}-{artifact.origin}")
