"""Signatures of files by identities and keys, made whole or wrong in one place."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "vectors"), str(HERE.parents[1] / "support/sigstore")]

from authority import b64, der, new_key, pem, sign, spki  # noqa: E402
from cryptography.hazmat.primitives import serialization  # noqa: E402
from logs import RekorV1, RekorV2  # noqa: E402
from minter import CLAIMS, HASHES, ISSUER, SUBJECT, Signed, hashed  # noqa: E402
from vector_tools import BUNDLE, IN_TOTO, compact, statement  # noqa: E402

OLD = "application/vnd.dev.sigstore.bundle+json;version="
PROVENANCE = "https://slsa.dev/provenance/v1"
NAMES = {"SHA2_256": "sha256", "SHA2_384": "sha384"}


def public_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM,
                                         serialization.PublicFormat.SubjectPublicKeyInfo).decode()


class SignedFile(Signed):
    """A signature over the file itself (messageSignature)."""

    def __init__(self, deployment, data, kind="p256", fulcio=None, subject=SUBJECT, issuer=ISSUER, **leaf):
        self.deployment, self.kind, self.encoded = deployment, kind, data
        self.key = new_key(kind)
        self.leaf = (fulcio or deployment.fulcio).leaf(self.key.public_key(), subject, issuer, CLAIMS, **leaf)
        self.signature = sign(self.key, data, HASHES[kind][0])

    @property
    def pem(self):
        return pem(self.leaf)

    @property
    def signer(self):
        return {"certificate": {"rawBytes": b64(der(self.leaf))}}

    @property
    def verifier(self):
        return {"keyDetails": HASHES[self.kind][2], "x509Certificate": {"rawBytes": b64(der(self.leaf))}}

    @property
    def content(self):
        algorithm, name, _ = HASHES[self.kind]
        return {"messageSignature": {"messageDigest": {"algorithm": name, "digest": b64(
            hashed(self.encoded, algorithm))}, "signature": b64(self.signature)}}

    def entry(self, time=None, **checkpoint):
        body = RekorV1.hashedrekord(self.encoded, self.signature, self.pem)
        return self.deployment.rekor.record(body, time, **checkpoint)

    def second_entry(self, **checkpoint):
        algorithm, name, _ = HASHES[self.kind]
        body = RekorV2.body(hashed(self.encoded, algorithm), name, self.signature, self.verifier)
        return self.deployment.rekor2.record(body, **checkpoint)

    def bundle(self, entries=(), stamps=(), media_type=BUNDLE, **material):
        timestamps = {"rfc3161Timestamps": [{"signedTimestamp": b64(one)} for one in stamps]}
        return {"mediaType": media_type, **self.content, "verificationMaterial": {
            **self.signer, "tlogEntries": list(entries), "timestampVerificationData": timestamps, **material}}


class SignedStatement(SignedFile):
    """A signature over a statement about the file (dsseEnvelope)."""

    def __init__(self, deployment, data, body=None, **how):
        digest = hashed(data, HASHES["p256"][0]).hex()
        self.body = compact(body or statement([{"name": "file", "digest": {"sha256": digest}}], PROVENANCE))
        encoded = f"DSSEv1 {len(IN_TOTO)} {IN_TOTO} {len(self.body)} ".encode() + self.body
        super().__init__(deployment, encoded, **how)

    @property
    def content(self):
        return {"dsseEnvelope": self.envelope}

    def entry(self, time=None, **checkpoint):
        return self.deployment.rekor.record(RekorV1.dsse(self.envelope, self.pem), time, **checkpoint)

    def in_toto_entry(self, **checkpoint):
        body = RekorV1.in_toto(self.envelope, self.pem)
        return self.deployment.rekor.record(body, None, **checkpoint)

    def hashed_entry(self, data=None, **checkpoint):
        """hashedrekord 0.0.1 about the envelope's encoding."""
        body = RekorV1.hashedrekord(data or self.encoded, self.signature, self.pem)
        return self.deployment.rekor.record(body, None, **checkpoint)


class ByKey:
    """Mixed in before: a key pair signs, no certificate."""

    @property
    def pem(self):
        return public_pem(self.key)

    @property
    def signer(self):
        return {"publicKey": {"hint": b64(hashed(spki(self.key.public_key()), HASHES["p256"][0]))}}

    @property
    def verifier(self):
        return {"keyDetails": HASHES[self.kind][2], "publicKey": {"rawBytes": b64(spki(self.key.public_key()))}}


class KeySignedFile(ByKey, SignedFile):
    pass


class KeySignedStatement(ByKey, SignedStatement):
    pass
