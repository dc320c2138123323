"""Refused cases of cosign's legacy form."""

from vector_tools import NAME, SIGNATURE, b64, compact, legacy, payload


def payloads(shop, cases):
    """Signed content that is not what it should be: the signature itself holds."""
    key = shop.key()

    def add(name, why, data, reason):
        data = data if isinstance(data, bytes) else compact(data)
        cases.add(f"legacy-{name}", why, key, [legacy(data, key.sign(data))], reason)

    good = payload(shop.digest)
    text = compact(good).decode()
    changed = payload(shop.digest)
    changed["critical"]["type"] = "atomic container signature"
    add("payload-type", "The payload's type is another system's.", changed, "payload-type")
    add("duplicate-key", "One key twice: readers could disagree on which digest was signed.",
        text.replace('"image":{', '"image":{"docker-manifest-digest":"sha256:' + "0" * 64 + '",').encode(),
        "json-duplicate")
    add("extra-member", "A member the format does not have.", {**good, "more": 1}, "payload-malformed")
    extra = payload(shop.digest)
    extra["critical"]["more"] = 1
    add("extra-critical", "An unknown critical member must not be ignored.", extra, "payload-malformed")
    add("optional-absent", "The member `optional` is missing.", {"critical": good["critical"]}, "payload-malformed")
    add("trailing-json", "Bytes after the payload's object.", text.encode() + b" {}", "json-malformed")
    add("config-digest", "What is signed is the configuration's digest, not the manifest's.",
        payload("sha256:" + cases_config(shop)), "signature-other-image")
    add("upper-case-digest", "A digest in upper case has no meaning.",
        payload("sha256:" + shop.digest[7:].upper()), "digest-malformed")
    add("path-digest", "A digest that is a path.", payload("sha256:../../../etc/passwd"), "digest-malformed")
    add("short-digest", "A digest cut short.", payload(shop.digest[:-1]), "digest-malformed")
    add("deep-json", "JSON nested a hundred thousand deep.", b"[" * 100_000, "json-too-deep")
    add("huge-payload", "A payload beyond every real one.", text.encode() + b" " * (200 << 10), "too-large")


def cases_config(shop):
    import json
    return json.loads(shop.image)["config"]["digest"][7:]


def material(shop, cases):
    """What stands beside the payload in the layer's annotations."""
    key = shop.key()
    good = shop.sign_legacy("25", key)

    def add(name, why, reason, **annotations):
        artifact = good.copy()
        for annotation, value in annotations.items():
            annotation = {"signature": SIGNATURE}.get(annotation, f"dev.sigstore.cosign/{annotation}")
            artifact.annotations[annotation] = value
        cases.add(f"legacy-{name}", why, key, [artifact], reason)

    text = good.annotations[SIGNATURE]
    while "+" not in text and "/" not in text or not text.endswith("="):
        text = b64(key.sign(good.content))
    add("urlsafe-base64", "The URL-safe alphabet is another encoding.", "base64-malformed",
        signature=text.replace("+", "-").replace("/", "_"))
    add("unpadded-base64", "Base64 without its padding.", "base64-malformed", signature=text.rstrip("="))
    add("wrapped-base64", "White space inside the base64.", "base64-malformed", signature=text[:40] + "\n" + text[40:])
    add("empty-signature", "An empty signature.", "base64-malformed", signature="")
    add("trailing-der", "A byte after the signature's DER.", "signature-invalid",
        signature=b64(key.sign(good.content) + b"\0"))
    add("zero-signature", "r = s = 0 satisfies a careless equation.", "signature-invalid",
        signature=b64(bytes.fromhex("3006020100020100")))
    other = shop.other_key()
    add("foreign-certificate", "The certificate beside the signature holds another key.", "signature-foreign-key",
        certificate=other.certificate())
    add("two-certificates", "Two certificates in the annotation of one.", "certificate-malformed",
        certificate=key.certificate() + other.certificate())
    add("bad-pem", "No PEM where the certificate should be.", "certificate-malformed", certificate="-----BEGIN CERT")
    add("log-entry", "A log entry that is none, though nobody asked for it.", "bundle-malformed",
        bundle='{"SignedEntryTimestamp":"AAAA","Payload":null}')
    add("timestamp", "A timestamp that is none.", "bundle-malformed",
        rfc3161timestamp='{"SignedRFC3161Timestamp":"?"}')
    unsigned = good.copy()
    unsigned.annotations["env"] = "prod"
    cases.add("legacy-unsigned-annotation", "The required annotation stands on the layer, unsigned.", key,
              [unsigned], "signature-annotation", signer='annotations = { env = "prod" }\n')
    size = good.copy()
    size.layer["size"] += 1
    cases.add("legacy-size-lie", "The descriptor's size is not the payload's.", key, [size], "evidence-tampered")
    swapped = good.copy()
    swapped.blobs[swapped.layer["digest"]] = compact(payload("sha256:" + "0" * 64))
    cases.add("legacy-swapped-blob", "The blob is not the one its descriptor names.", key, [swapped],
              "evidence-tampered")


def real(shop, cases):
    """Good signatures by real cosign that are not good for this question."""
    key = shop.key()
    good = shop.sign_legacy("25", key)
    cases.add("unsigned", "Nothing is signed.", key, [], "no-signature")
    cases.add("legacy-other-key", "Signed by a key the signer does not have.", key,
              [shop.sign_legacy("25", shop.other_key())], "signature-invalid")
    cases.add("legacy-other-image", "Another image's signature, pushed under this one's tag.", key,
              [shop.sign_legacy("25", key, image="another image")], "signature-other-image")
    cases.add("legacy-replayed", "The same bytes signed for another repository.", key,
              [shop.sign_legacy("25", key, reference="registry.example.com/sandbox/api")],
              "signature-other-repository")
    cases.add("legacy-repository-prefix", "A repository whose name merely begins alike.", key,
              [shop.sign_legacy("25", key, reference=NAME + "-evil")], "signature-other-repository")
    cases.add("legacy-moved-repository", "The image's own name where the policy names another.", key, [good],
              "signature-other-repository", signer='signed_repository = "origin.example.com/api"\n')
    cases.add("legacy-other-annotation", "The required annotation has another value.", key,
              [shop.sign_legacy("25", key, "-a", "env=test")], "signature-annotation",
              signer='annotations = { env = "prod" }\n')
    cases.add("legacy-expired-key", "The key's time is over.", key, [good], "key-expired",
              signer="valid_until = 2026-06-01T00:00:00Z\n")
    cases.add("legacy-future-key", "The key's time has not come.", key, [good], "key-not-yet-valid",
              signer="valid_from = 2026-06-02\n")
    p384 = shop.key("p384")
    cases.add("legacy-pinned-hash", "cosign 2.5 hashes P-384 with SHA-256; the policy pins SHA-384.", p384,
              [shop.sign_legacy("25", p384)], "signature-invalid", signer='hash = "sha384"\n')
    edwards = shop.key("ed25519")
    cases.add("legacy-pinned-ed25519ph", "A pure Ed25519 signature where the policy pins the prehashed one.",
              edwards, [shop.sign_legacy("25", edwards)], "signature-invalid", signer='hash = "sha512"\n')
    rsa = shop.key("rsa2048")
    pss = rsa.sign(good.content, "-sigopt", "rsa_padding_mode:pss")
    cases.add("legacy-unasked-pss", "RSA-PSS counts only where the policy asks for it.", rsa,
              [legacy(good.content, pss)], "signature-invalid")
    weak = key.sign(good.content, digest="-sha1")
    cases.add("legacy-sha1", "A signature over SHA-1.", key, [legacy(good.content, weak)], "signature-invalid")
    attached = good.copy()
    attached.origin = "referrer"
    attached.manifest["artifactType"] = "application/vnd.dev.cosign.artifact.sig.v1+json"
    attached.manifest["subject"] = {"mediaType": attached.manifest["mediaType"],
                                    "digest": "sha256:" + "0" * 64, "size": 1}
    cases.add("legacy-referrer-other-subject", "The OCI 1.1 form, attached to another image.", key, [attached],
              "artifact-subject")


def deny_legacy(shop, cases):
    real(shop, cases)
    payloads(shop, cases)
    material(shop, cases)
