#!/usr/bin/env python3
"""Writes the corpora's seeds that are parts of test vectors, or that revocation/
holds, so that a fuzz target starts from what its signer accepts. `seeds.py`
writes them, `seeds.py --check` names those that differ: what they are from was
made anew since."""

import base64
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent / "vectors"
BUNDLES = {
    "recorded-v1": "keyless-cosign31-v1-allow",
    "recorded-v2": "keyless-cosign31-v2-allow",
    "recorded-key": "cosign31-bundle-p256-allow",
}
LEGACY = "keyless-cosign25-allow"


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def encoded(data):
    return base64.b64encode(data).decode()


def of_bundle(name, vector):
    """The seeds of one bundle: (target, file, bytes)."""
    (blob,) = [
        path for path in (VECTORS / vector / "artifacts").glob("*/*")
        if path.name != "manifest.json"]  # fmt: skip
    text = blob.read_bytes()
    bundle = json.loads(text)
    material, envelope = bundle["verificationMaterial"], bundle["dsseEnvelope"]
    yield "bundle_fuzz", name, text
    yield "dsse_fuzz", name, compact(envelope)
    yield "statement_fuzz", name, base64.b64decode(envelope["payload"])
    if "certificate" not in material:
        return
    leaf = base64.b64decode(material["certificate"]["rawBytes"])
    yield "certificate_fuzz", name, leaf
    yield "certificate_extensions_fuzz", name, extensions_of(leaf)
    yield "log_entry_fuzz", name, compact(material["tlogEntries"])
    for stamp in material["timestampVerificationData"]["rfc3161Timestamps"]:
        yield "timestamp_fuzz", name, base64.b64decode(stamp["signedTimestamp"])
    for entry in material["tlogEntries"]:
        note = entry["inclusionProof"]["checkpoint"]["envelope"]
        yield "checkpoint_fuzz", name, note.encode()
        body = base64.b64decode(entry["canonicalizedBody"])
        yield "log_body_fuzz", name, body
        if json.loads(body)["kind"] == "dsse":
            yield "log_body_fuzz", name + "-intoto", as_intoto(json.loads(body), envelope)
        yield "proof_fuzz", name, proof_of(entry)


def as_intoto(body, envelope):
    """The same record as Rekor's older kind keeps it."""
    (signature,) = body["spec"]["signatures"]
    return compact({
        "apiVersion": "0.0.2",
        "kind": "intoto",
        "spec": {
            "content": {
                "envelope": {
                    "payloadType": envelope["payloadType"],
                    "signatures": [{
                        "publicKey": signature["verifier"],
                        "sig": encoded(signature["signature"].encode()),
                    }],
                },
                "payloadHash": body["spec"]["payloadHash"],
            }
        },
    })  # fmt: skip


def proof_of(entry):
    proof = entry["inclusionProof"]
    numbers = [int(proof.get(key, 0)) for key in ("logIndex", "treeSize")]
    hashes = [base64.b64decode(one) for one in proof.get("hashes", [])]
    return b"".join(number.to_bytes(8, "big") for number in numbers) + b"".join(hashes)


def children(der):
    """The DER elements in `der`: (tag, content)."""
    while der:
        tag, length, at = der[0], der[1], 2
        if length >= 0x80:
            at += length - 0x80
            length = int.from_bytes(der[2:at], "big")
        yield tag, der[at : at + length]
        der = der[at + length :]


def extensions_of(leaf):
    """The leaf's extensions as certificate_extensions_fuzz.cc reads them."""
    fulcio = bytes.fromhex("2b0601040183bf3001")
    others = ("551d11", "551d0f", "551d25", "551d13", "2b06010401d679020402")
    kinds = {bytes.fromhex(oid): 25 + i for i, oid in enumerate(others)}
    kinds |= {fulcio + bytes([number]): number for number in range(1, 25)}
    ((_, certificate),) = children(leaf)
    _, body = next(children(certificate))
    ((_, extensions),) = [list(children(c))[0] for tag, c in children(body) if tag == 0xA3]
    seed = b""
    for _, extension in children(extensions):
        fields = list(children(extension))
        kind, value = kinds.get(fields[0][1]), fields[-1][1]
        if kind is not None:
            seed += bytes([kind]) + len(value).to_bytes(2, "big") + value
    return seed


def of_legacy(name, vector):
    (path,) = (VECTORS / vector / "artifacts").glob("*/manifest.json")
    (layer,) = json.loads(path.read_bytes())["layers"]
    entry = layer["annotations"]["dev.sigstore.cosign/bundle"]
    yield "log_entry_fuzz", name, entry.encode()
    yield "log_body_fuzz", name, base64.b64decode(json.loads(entry)["Payload"]["body"])


def seeds():
    for name, vector in BUNDLES.items():
        yield from of_bundle(name, vector)
    yield from of_legacy("recorded-legacy", LEGACY)
    root = VECTORS / LEGACY / "trusted_root.json"
    yield "trusted_root_fuzz", "recorded", root.read_bytes()
    for target, said in ("revocation_list_fuzz", "lists"), ("ocsp_response_fuzz", "answers"):
        for path in (HERE / "revocation" / said).iterdir():
            yield target, path.name, path.read_bytes()


def main():
    check = sys.argv[1:] == ["--check"]
    differ = 0
    for target, name, data in seeds():
        path = HERE / "corpus" / target / name
        if path.is_file() and path.read_bytes() == data:
            continue
        differ += 1
        if check:
            print(f"{path}: differs from what it is from; run tests/fuzz/seeds.py")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
    sys.exit(1 if check and differ else 0)


if __name__ == "__main__":
    main()
