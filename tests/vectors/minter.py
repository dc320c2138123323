"""Signatures by identities, made whole or wrong in one place: what real cosign
never writes. The deployment is that of tests/support/sigstore."""

import datetime
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support/sigstore"))

from authority import b64, der, new_key, now, pem, sign  # noqa: E402
from cryptography.hazmat.primitives import hashes  # noqa: E402
from logs import RekorV1, RekorV2  # noqa: E402
from vector_tools import BUNDLE, IN_TOTO, compact, legacy, payload, referrer, statement  # noqa: E402

SUBJECT = "https://github.com/org/app/.github/workflows/release.yml@refs/tags/v1"
ISSUER = "https://token.actions.githubusercontent.com"
CLAIMS = {"12": "https://github.com/org/app", "14": "refs/tags/v1", "5": b"org/app"}
MINUTE = datetime.timedelta(minutes=1)
HASHES = {"p256": (hashes.SHA256(), "SHA2_256", "PKIX_ECDSA_P256_SHA_256"),
          "p384": (hashes.SHA384(), "SHA2_384", "PKIX_ECDSA_P384_SHA_384")}


def hashed(data, algorithm):
    context = hashes.Hash(algorithm)
    context.update(data)
    return context.finalize()


class Signed:
    """One signature with its certificate, not yet witnessed by anybody."""

    def __init__(self, deployment, digest, kind="p256", body=None, fulcio=None, subject=SUBJECT, issuer=ISSUER,
                 claims=None, **leaf):
        self.deployment, self.kind = deployment, kind
        self.key = new_key(kind)
        self.leaf = (fulcio or deployment.fulcio).leaf(
            self.key.public_key(), subject, issuer, CLAIMS if claims is None else claims, **leaf)
        self.body = compact(body or statement([{"digest": {"sha256": digest[7:]}}]))
        self.encoded = f"DSSEv1 {len(IN_TOTO)} {IN_TOTO} {len(self.body)} ".encode() + self.body
        self.signature = sign(self.key, self.encoded, HASHES[kind][0])

    @property
    def envelope(self):
        return {"payload": b64(self.body), "payloadType": IN_TOTO, "signatures": [{"sig": b64(self.signature)}]}

    def entry(self, time=None, **checkpoint):
        """A log entry of the first generation about it."""
        body = RekorV1.dsse(self.envelope, pem(self.leaf))
        return self.deployment.rekor.record(body, time, **checkpoint)

    def second_entry(self, **checkpoint):
        """The same of the second generation."""
        algorithm, name, details = HASHES[self.kind]
        verifier = {"keyDetails": details, "x509Certificate": {"rawBytes": b64(der(self.leaf))}}
        body = RekorV2.body(hashed(self.encoded, algorithm), name, self.signature, verifier)
        return self.deployment.rekor2.record(body, **checkpoint)

    def stamp(self, authority=None, **query):
        return (authority or self.deployment.tsa).stamp(self.signature, **query)

    def bundle(self, entries=(), stamps=(), **material):
        timestamps = {"rfc3161Timestamps": [{"signedTimestamp": b64(one)} for one in stamps]}
        return {"mediaType": BUNDLE, "dsseEnvelope": self.envelope, "verificationMaterial": {
            "certificate": {"rawBytes": b64(der(self.leaf))}, "tlogEntries": list(entries),
            "timestampVerificationData": timestamps, **material}}


def attached(image, bundle):
    return referrer(compact(bundle), image)


def seconds(time):
    return int(time.timestamp())


def legacy_signed(deployment, digest, name, change=lambda annotations: None, entry_of=None):
    """The legacy form: payload, certificate and a promised log entry."""
    key = new_key()
    leaf = deployment.fulcio.leaf(key.public_key(), SUBJECT, ISSUER, CLAIMS)
    data = compact(payload(digest, name))
    signature = sign(key, data)
    rekor = deployment.rekor
    body = RekorV1.hashedrekord(*(entry_of or (data, signature)), pem(leaf))
    index, time = rekor.add(body), seconds(now())
    bundle = {"SignedEntryTimestamp": b64(rekor.promise(body, time, index)),
              "Payload": {"body": b64(body), "integratedTime": time, "logIndex": index, "logID": rekor.id.hex()}}
    annotations = {"dev.sigstore.cosign/certificate": pem(leaf), "dev.sigstore.cosign/chain": "",
                   "dev.sigstore.cosign/bundle": json.dumps(bundle)}
    change(annotations)
    return legacy(data, signature, annotations)
