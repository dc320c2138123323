"""Signatures of sigstore that skopeo does not make without a deployment: by
holders of certificates, and recorded by a log."""

import datetime
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support/sigstore"))

from authority import Fulcio, b64, new_key, now, pem, sign  # noqa: E402
from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: E402
from logs import RekorV1  # noqa: E402
from vector_tools import compact, digest_of, legacy, payload  # noqa: E402

ISSUER, ALICE, BOB = "https://issuer.example.com", "alice@example.com", "bob@example.com"
HOUR = datetime.timedelta(hours=1)


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Deployment:
    """An authority and a log, and another of each."""

    def __init__(self, bench):
        self.bench, self.made = bench, 0
        self.fulcio, self.rekor = Fulcio(), RekorV1()
        other, other_rekor = Fulcio(), RekorV1()
        self.files = {
            "root": pem(self.fulcio.root), "all": pem(self.fulcio.root) + pem(self.fulcio.intermediate),
            "between": pem(self.fulcio.intermediate), "other": pem(other.root) + pem(other.intermediate),
            "rekor": public_pem(self.rekor.key), "rekors": public_pem(other_rekor.key)}
        for name, text in self.files.items():
            (bench.work / f"{name}.pem").write_text(text)

    def path(self, name):
        return f"{self.bench.work}/{name}.pem"

    def leaf(self, key, subject=ALICE, issuer=ISSUER, **how):
        return self.fulcio.leaf(key.public_key(), subject, issuer, **how)

    def sign(self, key, leaf=None, chain=None, recorded=True, time=None, entry_of=None):
        """An image that the key signed, with what else is beside it."""
        self.made += 1
        bench, repository = self.bench, f"certified-{self.made}"
        digest = digest_of(bench.registry.push_image(repository, "the image"))
        data = compact(payload(digest, f"{bench.host}/{repository}:1"))
        signature = sign(key, data)
        annotations = {}
        if leaf is not None:
            annotations["dev.sigstore.cosign/certificate"] = pem(leaf)
        if chain is not None:
            annotations["dev.sigstore.cosign/chain"] = chain
        if recorded:
            body = RekorV1.hashedrekord(data, entry_of or signature, pem(leaf) if leaf else public_pem(key))
            index, time = self.rekor.add(body), int((time or now()).timestamp())
            annotations["dev.sigstore.cosign/bundle"] = json.dumps({
                "SignedEntryTimestamp": b64(self.rekor.promise(body, time, index)),
                "Payload": {"body": b64(body), "integratedTime": time, "logIndex": index,
                            "logID": self.rekor.id.hex()}})
        made = legacy(data, signature, annotations)
        bench.registry.push_blob(repository, b"{}")
        bench.registry.push_blob(repository, data)
        bench.registry.push_manifest(repository, digest.replace(":", "-") + ".sig", compact(made.manifest))
        return f"{bench.host}/{repository}:1"


def fulcio(deployment):
    path, sign, leaf, key = deployment.path, deployment.sign, deployment.leaf, new_key()
    whole, old = deployment.files["between"] + deployment.files["root"], leaf(key, start=now() - HOUR)

    def policy(ca="root", issuer=ISSUER, email=ALICE, log="rekor"):
        return {"default": [{"type": "sigstoreSigned", "rekorPublicKeyPath": path(log), "fulcio": {
            "caPath": path(ca), "oidcIssuer": issuer, "subjectEmail": email}}]}

    good = sign(key, leaf(key), whole)
    for name, document in (("right", policy()), ("all authorities", policy("all")), ("other authority", policy("other")),
                           ("other issuer", policy(issuer=ISSUER + "/")), ("other e-mail", policy(email=BOB)),
                           ("other log", policy(log="rekors"))):
        deployment.bench.add(f"fulcio, {name}", good, document)
    for name, image in (
            ("no chain", sign(key, leaf(key), "")), ("a chain without its end", sign(
                key, leaf(key), deployment.files["between"])),
            ("not recorded", sign(key, leaf(key), whole, recorded=False)), ("no certificate", sign(key)),
            ("another's record", sign(key, leaf(key), whole, entry_of=b"x")),
            ("a certificate of before", sign(key, old, whole)),
            ("in time", sign(key, old, whole, time=now() - HOUR + HOUR / 60)),
            ("an address that is none", sign(key, leaf(key, alternative=[x509.UniformResourceIdentifier(ALICE)]), whole)),
            ("no issuer", sign(key, leaf(key, issuer=None), whole)),
            ("another key's certificate", sign(key, leaf(new_key()), whole)),
            ("other purpose", sign(key, leaf(key, purposes=(x509.ExtendedKeyUsageOID.SERVER_AUTH,)), whole)),
            ("two addresses", sign(key, leaf(key, alternative=[x509.RFC822Name(ALICE), x509.RFC822Name(BOB)]), whole))):
        key_of = "two-names" if name == "two addresses" else None
        deployment.bench.add(f"fulcio, {name}", image, policy(), key_of)
        if name.endswith("chain") or name.startswith("a chain"):
            deployment.bench.add(f"fulcio, {name}, all authorities", image, policy("all"))


def pki(deployment):
    path, sign, key = deployment.path, deployment.sign, new_key()
    names = [x509.RFC822Name(ALICE), x509.DNSName("sign.example.com"), x509.DNSName("*.ci.example.com")]

    def leaf(**how):
        return deployment.leaf(key, issuer=None, **{"alternative": names, "promises": [], **how})

    def policy(**pki):
        return {"default": [{"type": "sigstoreSigned", "pki": {"caRootsPath": path("root"), **pki}}]}

    good = sign(key, leaf(), recorded=False)
    between = {"caIntermediatesPath": path("between")}
    for asked in ({"subjectEmail": ALICE}, {"subjectEmail": BOB}, {"subjectHostname": "sign.example.com"},
                  {"subjectHostname": "SIGN.example.com"}, {"subjectHostname": "a.ci.example.com"},
                  {"subjectHostname": "a.b.ci.example.com"}, {"subjectHostname": "ci.example.com"},
                  {"subjectEmail": ALICE, "subjectHostname": "sign.example.com"},
                  {"subjectEmail": ALICE, "subjectHostname": "other.example.com"},
                  {"subjectEmail": ALICE, "caRootsPath": path("other")}):
        deployment.bench.add(f"pki, {asked}", good, policy(**between, **asked))
    deployment.bench.add("pki, no intermediate", good, policy(subjectEmail=ALICE))
    for name, image in (
            ("a chain", sign(key, leaf(), deployment.files["between"] + deployment.files["root"], recorded=False)),
            ("other purpose", sign(key, leaf(purposes=(x509.ExtendedKeyUsageOID.SERVER_AUTH,)), deployment.files["all"],
                                   recorded=False)),
            ("no purpose", sign(key, leaf(purposes=()), recorded=False)),
            ("expired", sign(key, leaf(start=now() - HOUR), recorded=False)),
            ("another key's", sign(new_key(), leaf(), recorded=False)), ("no certificate", sign(key, recorded=False))):
        key_of = "no-purpose" if name == "no purpose" else None
        deployment.bench.add(f"pki, {name}", image, policy(**between, subjectEmail=ALICE), key_of)
        deployment.bench.add(f"pki, {name}, no intermediate", image, policy(subjectEmail=ALICE))


def logged(deployment):
    """By a key, and recorded by a log."""
    sign, key, other = deployment.sign, new_key(), new_key()
    data = b64(public_pem(key).encode())

    def policy(log):
        return {"default": [{"type": "sigstoreSigned", "keyData": data, "rekorPublicKeyPath": deployment.path(log)}]}

    good = sign(key)
    deployment.bench.add("logged", good, policy("rekor"))
    deployment.bench.add("logged by another", good, policy("rekors"))
    deployment.bench.add("logged by one of two", good, {"default": [{
        "type": "sigstoreSigned", "keyData": data,
        "rekorPublicKeyPaths": [deployment.path("rekors"), deployment.path("rekor")]}]})
    deployment.bench.add("not logged", sign(key, recorded=False), policy("rekor"))
    deployment.bench.add("another is logged", sign(key, entry_of=b"x"), policy("rekor"))
    deployment.bench.add("logged, of another key", sign(other), policy("rekor"))
    deployment.bench.add("a certificate beside", sign(key, deployment.leaf(other), recorded=False), {
        "default": [{"type": "sigstoreSigned", "keyData": data}]}, key="certificate")


def certificates(bench):
    deployment = Deployment(bench)
    fulcio(deployment)
    pki(deployment)
    logged(deployment)
