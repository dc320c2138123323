"""Refused cases of cosign's bundle form."""

import json

from vector_tools import (BUNDLE, SIGN_PREDICATE, b64, bundle, compact, dsse, referrer, statement)


def statements(shop, cases):
    """Signed statements that are not a signature of this image."""
    key = shop.key()

    def add(name, why, body, reason, signer=""):
        data = compact(bundle(dsse(key, body)))
        cases.add(f"bundle-{name}", why, key, [referrer(data, shop.image)], reason, signer=signer)

    hex_digest = shop.digest[7:]
    image = {"digest": {"sha256": hex_digest}}
    other = {"digest": {"sha256": "0" * 64}}
    add("null-subject", "A null among the subjects.", statement([image, None]), "statement-malformed")
    add("no-subject", "A statement about nothing.", statement([]), "statement-malformed")
    add("empty-digest", "A subject without digests.", statement([{"digest": {}}]), "statement-malformed")
    add("upper-case-digest", "A digest in upper case.", statement([{"digest": {"sha256": hex_digest.upper()}}]),
        "statement-malformed")
    add("sha512-only", "The image is asked for by sha256, the subject names sha512 alone.",
        statement([{"digest": {"sha512": "0" * 128}}]), "signature-other-image")
    add("digest-of-other-name", "The right hex under another algorithm's name.",
        statement([{"digest": {"sha3_256": hex_digest}}]), "signature-other-image")
    add("annotation-on-other-subject", "The required annotation stands on another subject.",
        statement([image, {**other, "annotations": {"env": "prod"}}]), "signature-annotation",
        'annotations = { env = "prod" }\n')
    add("predicate-type", "Signed by the right key, but an attestation of another type.",
        statement([image], "https://slsa.dev/provenance/v1"), "predicate-type")
    add("predicate-type-prefix", "A predicate type that merely begins like the signature's.",
        statement([image], SIGN_PREDICATE + ".1"), "predicate-type")
    add("statement-type", "Another statement version.",
        {**statement([image]), "_type": "https://in-toto.io/Statement/v2"}, "statement-malformed")
    add("many-subjects", "More subjects than any build has.", statement([other] * 1024 + [image]),
        "statement-malformed")
    twice = compact(statement([image])).decode().replace('"predicateType":', '"predicateType":"x","predicateType":')
    add("duplicate-predicate-type", "One key twice inside the signed statement.", twice.encode(), "json-duplicate")


def envelopes(shop, cases):
    """A good bundle by cosign 3.1, bent in one place."""
    key = shop.key()
    good = shop.sign_bundle(key)
    parsed = json.loads(good.content)

    def add(name, why, reason, change):
        body = json.loads(good.content)
        change(body)
        cases.add(f"bundle-{name}", why, key, [good.with_content(compact(body))], reason)

    add("two-signatures", "Two DSSE signatures, the good one among them.", "bundle-malformed",
        lambda body: body["dsseEnvelope"]["signatures"].append({"sig": "AAAA"}))
    add("no-signatures", "No signature at all.", "bundle-malformed",
        lambda body: body["dsseEnvelope"].update(signatures=[]))
    add("certificate", "A certificate beside the key under a key policy.", "bundle-material",
        lambda body: body["verificationMaterial"].update(certificate={"rawBytes": "AAAA"}))
    add("certificate-only", "A certificate instead of the key under a key policy.", "bundle-material",
        lambda body: body["verificationMaterial"].update(publicKey=None, certificate={"rawBytes": "AAAA"}))
    add("unknown-version", "A version that does not exist yet.", "bundle-version",
        lambda body: body.update(mediaType=BUNDLE.replace("0.3", "0.4")))
    add("changed-payload-type", "The payload's type was changed after signing.", "payload-type",
        lambda body: body["dsseEnvelope"].update(payloadType="text/plain"))
    add("overpadded-payload", "Base64 with more padding than it takes.", "bundle-malformed",
        lambda body: body["dsseEnvelope"].update(payload=body["dsseEnvelope"]["payload"] + "="))
    add("unknown-member", "A member the message does not have.", "bundle-malformed",
        lambda body: body.update(more=1))
    add("no-proof", "A log entry of version 0.3 without inclusion proof.", "bundle-malformed",
        lambda body: body["verificationMaterial"].update(tlogEntries=[{
            "logIndex": "1", "logId": {"keyId": "AAAA"}, "integratedTime": "1", "canonicalizedBody": "AAAA",
            "kindVersion": {"kind": "dsse", "version": "0.0.1"}}]))
    add("many-timestamps", "Thirty-three timestamps.", "bundle-malformed",
        lambda body: body["verificationMaterial"].update(timestampVerificationData={
            "rfc3161Timestamps": [{"signedTimestamp": "AAAA"}] * 33}))
    cases.add("bundle-duplicate-key", "One key twice in the bundle.", key,
              [good.with_content(good.content.replace(b"{", b'{"mediaType":"x",', 1))], "json-duplicate")
    layers = good.copy()
    layers.manifest["layers"].append(layers.layer)
    cases.add("bundle-two-layers", "An artifact of two bundles.", key, [layers], "bundle-malformed")
    subject = good.copy()
    subject.manifest["subject"]["digest"] = "sha256:" + "0" * 64
    cases.add("bundle-other-subject", "A good bundle, attached to another image.", key, [subject],
              "artifact-subject")
    none = good.copy()
    del none.manifest["subject"]
    cases.add("bundle-no-subject-field", "Found by the fallback tag, but it names no subject.", key, [none],
              "artifact-subject")
    text = compact({**parsed, "dsseEnvelope": dsse(key, b"plain text", "text/plain")})
    cases.add("bundle-plain-text", "The key signed text, not a statement.", key, [good.with_content(text)],
              "payload-type")


def real(shop, cases):
    key = shop.key()
    cases.add("bundle-attestation-only", "cosign attest by the same key: an attestation is no signature.", key,
              [shop.attest(key)], "predicate-type")
    other = shop.sign_bundle(key, image="another image")
    cases.add("bundle-other-image", "Another image's bundle.", key, [other], "artifact-subject")
    moved = other.copy()
    moved.manifest["subject"] = referrer(b"", shop.image).manifest["subject"]
    cases.add("bundle-reattached", "Another image's bundle, attached to this one.", key, [moved],
              "signature-other-image")
    cases.add("bundle-other-key", "Signed by a key the signer does not have; the bundle names it.", key,
              [shop.sign_bundle(shop.other_key())], "signature-foreign-key")
    blob = shop.sign_blob(key, shop.image)
    cases.add("bundle-message-signature", "cosign sign-blob over the manifest is not an image signature.", key,
              [referrer(blob, shop.image)], "bundle-content")
    signed = shop.attest(key)
    signed.manifest["annotations"]["dev.sigstore.bundle.predicateType"] = SIGN_PREDICATE
    cases.add("bundle-claimed-type", "The manifest claims the signing type, the statement has another.", key,
              [signed], "predicate-type")
    hint = json.loads(shop.sign_bundle(shop.other_key()).content)
    hint["verificationMaterial"]["publicKey"]["hint"] = b64(b"\0" * 32)
    cases.add("bundle-lying-hint", "A foreign key's bundle with a made-up hint.", key,
              [referrer(compact(hint), shop.image)], "signature-foreign-key")


def deny_bundle(shop, cases):
    real(shop, cases)
    statements(shop, cases)
    envelopes(shop, cases)
