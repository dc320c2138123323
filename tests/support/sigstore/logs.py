"""Transparency logs of Rekor's two generations, as far as clients see them."""

import base64
import hashlib
import json
import struct

from authority import b64, new_key, now, sign, spki


def canonical(value):
    """RFC 8785, for what logs write: no floats, ASCII keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaf_hash(body):
    return hashlib.sha256(b"\0" + body).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(size):
    """The largest power of two below size (RFC 6962 section 2.1)."""
    return 1 << (size - 1).bit_length() - 1


def root_of(leaves):
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    at = split(len(leaves))
    return node_hash(root_of(leaves[:at]), root_of(leaves[at:]))


def path_of(index, leaves):
    if len(leaves) <= 1:
        return []
    at = split(len(leaves))
    if index < at:
        return path_of(index, leaves[:at]) + [root_of(leaves[at:])]
    return path_of(index - at, leaves[at:]) + [root_of(leaves[:at])]


class Log:
    """Leaves, a key, and the signed note over them."""

    def __init__(self, url, kind, origin):
        self.url, self.origin = url, origin
        self.key = new_key(kind)
        self.leaves = [leaf_hash(b"an entry before"), leaf_hash(b"another one")]
        self.note_name = origin.split(" ")[0]

    def public(self):
        return spki(self.key.public_key())

    def add(self, body):
        self.leaves.append(leaf_hash(body))
        return len(self.leaves) - 1

    def checkpoint(self, origin=None, size=None, root=None, lines=(), key=None, note_name=None, hint=None):
        body = (f"{origin or self.origin}\n{len(self.leaves) if size is None else size}\n"
                f"{b64(root or root_of(self.leaves))}\n")
        signature = (hint or self.id[:4]) + sign(key or self.key, body.encode())
        own = f"\u2014 {note_name or self.note_name} {b64(signature)}\n"
        return body + "\n" + "".join(lines) + own

    def inclusion(self, index, **checkpoint):
        return {"logIndex": index, "treeSize": len(self.leaves), "rootHash": root_of(self.leaves),
                "hashes": path_of(index, self.leaves), "checkpoint": self.checkpoint(**checkpoint)}

    def trusted(self, start, end=None):
        details = {"EllipticCurvePublicKey": "PKIX_ECDSA_P256_SHA_256"}
        kind = "PKIX_ED25519" if "Ed25519" in type(self.key).__name__ else details["EllipticCurvePublicKey"]
        valid = {"start": start, **({"end": end} if end else {})}
        return {"baseUrl": self.url, "hashAlgorithm": "SHA2_256", "logId": {"keyId": b64(self.id)},
                "publicKey": {"rawBytes": b64(self.public()), "keyDetails": kind, "validFor": valid}}


class RekorV1(Log):
    """hashedrekord 0.0.1 and dsse 0.0.1, with promise and proof."""

    def __init__(self):
        super().__init__("https://rekor.example.test", "p256", "rekor.example.test - 1193050959916656506")
        self.id = hashlib.sha256(self.public()).digest()

    def record(self, body, time=None, **checkpoint):
        """A log entry in the words of the bundle's message."""
        index = self.add(body)
        time = int(now().timestamp()) if time is None else time
        return {"logIndex": str(index), "logId": {"keyId": b64(self.id)},
                "kindVersion": {"kind": json.loads(body)["kind"], "version": json.loads(body)["apiVersion"]},
                "integratedTime": str(time),
                "inclusionPromise": {"signedEntryTimestamp": b64(self.promise(body, time, index))},
                "inclusionProof": self.proof(index, **checkpoint), "canonicalizedBody": b64(body)}

    def promise(self, body, time, index, key=None):
        return sign(key or self.key, canonical({"body": b64(body), "integratedTime": time,
                                                "logID": self.id.hex(), "logIndex": index}))

    def proof(self, index, **checkpoint):
        found = self.inclusion(index, **checkpoint)
        return {"logIndex": str(index), "treeSize": str(found["treeSize"]), "rootHash": b64(found["rootHash"]),
                "hashes": [b64(one) for one in found["hashes"]],
                "checkpoint": {"envelope": found["checkpoint"]}}

    @staticmethod
    def hashedrekord(data, signature, signer_pem):
        return canonical({"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": {
            "data": {"hash": {"algorithm": "sha256", "value": hashlib.sha256(data).hexdigest()}},
            "signature": {"content": b64(signature), "publicKey": {"content": b64(signer_pem.encode())}}}})

    @staticmethod
    def dsse(envelope, signer_pem):
        payload = base64.b64decode(envelope["payload"])
        return canonical({"apiVersion": "0.0.1", "kind": "dsse", "spec": {
            "envelopeHash": {"algorithm": "sha256", "value": hashlib.sha256(canonical(envelope)).hexdigest()},
            "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()},
            "signatures": [{"signature": envelope["signatures"][0]["sig"],
                            "verifier": b64(signer_pem.encode())}]}})

    @staticmethod
    def in_toto(envelope, signer_pem):
        """intoto 0.0.2: signature and signer are base64 twice over."""
        payload = base64.b64decode(envelope["payload"])
        one = {"publicKey": b64(signer_pem.encode()), "sig": b64(envelope["signatures"][0]["sig"].encode())}
        return canonical({"apiVersion": "0.0.2", "kind": "intoto", "spec": {"content": {
            "envelope": {"payloadType": envelope["payloadType"], "signatures": [one]},
            "hash": {"algorithm": "sha256", "value": hashlib.sha256(canonical(envelope)).hexdigest()},
            "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()}}}})

    def accept(self, proposed):
        """What the API does with a proposed entry: the body it records."""
        if proposed["kind"] == "hashedrekord":
            return canonical(proposed)
        content = proposed["spec"]["proposedContent"]
        verifier = base64.b64decode(content["verifiers"][0]).decode()
        return self.dsse(json.loads(content["envelope"]), verifier)

    def api_entry(self, body):
        """The answer of POST /api/v1/log/entries."""
        index, time = self.add(body), int(now().timestamp())
        found = self.inclusion(index)
        uuid = "108e9186e8c5677a" + leaf_hash(body).hex()
        return {uuid: {
            "body": b64(body), "integratedTime": time, "logID": self.id.hex(), "logIndex": index,
            "verification": {
                "signedEntryTimestamp": b64(self.promise(body, time, index)),
                "inclusionProof": {"logIndex": index, "treeSize": found["treeSize"],
                                   "rootHash": found["rootHash"].hex(),
                                   "hashes": [one.hex() for one in found["hashes"]],
                                   "checkpoint": found["checkpoint"]}}}}


class RekorV2(Log):
    """hashedrekord 0.0.2: a proof, no promise, no time."""

    def __init__(self):
        super().__init__("https://rekor2.example.test", "ed25519", "rekor2.example.test")
        raw = self.public()[-32:]
        self.id = hashlib.sha256(self.origin.encode() + b"\n\x01" + raw).digest()

    @staticmethod
    def body(digest, algorithm, signature, verifier):
        return canonical({"apiVersion": "0.0.2", "kind": "hashedrekord", "spec": {"hashedRekordV002": {
            "data": {"algorithm": algorithm, "digest": b64(digest)},
            "signature": {"content": b64(signature), "verifier": verifier}}}})

    def record(self, body, **checkpoint):
        index = self.add(body)
        found = self.inclusion(index, **checkpoint)
        return {"logIndex": str(index), "logId": {"keyId": b64(self.id)},
                "kindVersion": {"kind": "hashedrekord", "version": "0.0.2"},
                "inclusionProof": {"logIndex": str(index), "treeSize": str(found["treeSize"]),
                                   "rootHash": b64(found["rootHash"]),
                                   "hashes": [b64(one) for one in found["hashes"]],
                                   "checkpoint": {"envelope": found["checkpoint"]}},
                "canonicalizedBody": b64(body)}

    def accept(self, request):
        """The answer of POST /api/v2/log/entries."""
        asked = request["hashedRekordRequestV002"]
        signature = asked["signature"]
        hashed = {"P256": "SHA2_256", "P384": "SHA2_384", "P521": "SHA2_512", "ED25519": "SHA2_512"}
        details = signature["verifier"]["keyDetails"]
        algorithm = next((hashed[key] for key in hashed if key in details), "SHA2_256")
        return self.record(self.body(base64.b64decode(asked["digest"]), algorithm,
                                     base64.b64decode(signature["content"]), signature["verifier"]))


def witness_line(label="witness.example.test"):
    """A signature line of somebody the log does not know."""
    return f"\u2014 {label} {b64(struct.pack('>I', 7) + bytes(64))}\n"
