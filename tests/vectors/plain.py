"""Plain signatures by openssl over the manifest's bytes."""

import base64

from vector_tools import ASSAY_SIGNATURE, Artifact, b64, digest_of, referrer

PSS = ("-sigopt", "rsa_padding_mode:pss")


def file(signature):
    return Artifact("file", signature=signature)


def attached(shop, signature, subject=None, hint=None):
    annotations = {"vnd.assay.signature.key": hint} if hint else None
    return referrer(signature, subject or shop.image, media_type="application/octet-stream",
                    artifact_type=ASSAY_SIGNATURE, annotations=annotations)


def allow(shop, add):
    for kind in ("p256", "p384", "p521", "rsa2048", "rsa4096", "ed25519"):
        key = shop.key(kind)
        add(f"file-{kind}", f"openssl signs the manifest with a {kind} key.", key, [file(key.sign(shop.image))])
    key, rsa = shop.key(), shop.key("rsa3072")
    add("file-pss", "openssl's PSS takes the largest salt.", rsa, [file(rsa.sign(shop.image, *PSS))],
        signer='padding = "pss"\n')
    add("file-pss-digest-salt", "PSS with the digest's salt length.", rsa,
        [file(rsa.sign(shop.image, *PSS, "-sigopt", "rsa_pss_saltlen:digest"))], signer='padding = "pss"\n')
    add("file-sha512", "Another hash, which needs the manifest's bytes.", key,
        [file(key.sign(shop.image, digest="-sha512"))], signer='hash = "sha512"\n')
    add("file-base64", "A signature in one line of base64.", key, [file(b64(key.sign(shop.image)).encode())])
    add("file-wrapped-base64", "A signature as `openssl base64` wraps it.", rsa,
        [file(base64.encodebytes(rsa.sign(shop.image)))])
    add("referrer", "The signature attached to the image.", key, [attached(shop, key.sign(shop.image))])
    add("junk-beside-good", "Junk before the good signature.", key,
        [file(b"junk"), attached(shop, b"junk"), file(key.sign(shop.image))])


def deny(shop, add):
    key, rsa, edwards = shop.key(), shop.key("rsa3072"), shop.key("ed25519")
    good = key.sign(shop.image)
    other = shop.other_key()
    add("other-key", "Signed by a key the signer does not have.", key, [file(other.sign(shop.image))],
        "signature-invalid")
    add("hinted-key", "A foreign key's signature that names its key.", key,
        [attached(shop, other.sign(shop.image),
                  hint=digest_of(base64.b64decode(b"".join(other.public.split(b"\n")[1:-2]))))],
        "signature-foreign-key")
    add("other-manifest", "Another manifest's signature under this one's name.", key,
        [file(key.sign(shop.image + b"\n"))], "signature-invalid")
    add("ed25519-other-manifest", "The same with Ed25519.", edwards, [file(edwards.sign(shop.image + b"\n"))],
        "signature-invalid")
    add("unasked-sha512", "Another hash than the policy's.", key, [file(key.sign(shop.image, digest="-sha512"))],
        "signature-invalid")
    add("sha1", "SHA-1.", rsa, [file(rsa.sign(shop.image, digest="-sha1"))], "signature-invalid")
    add("unasked-pss", "PSS where the policy says PKCS#1.", rsa, [file(rsa.sign(shop.image, *PSS))],
        "signature-invalid")
    add("unasked-pkcs1", "PKCS#1 where the policy says PSS.", rsa, [file(rsa.sign(shop.image))],
        "signature-invalid", signer='padding = "pss"\n')
    add("hex", "A signature as hex text.", key, [file(good.hex().encode())], "signature-invalid")
    add("empty", "An empty file.", key, [file(b"")], "signature-invalid")
    add("trailing-byte", "A byte after the signature.", key, [file(good + b"\n")], "signature-invalid")
    add("huge", "A file far larger than any signature.", key, [file(good + b"\0" * 8192)], "too-large")
    add("digest-text", "What was signed is the digest's text, not the manifest.", key,
        [file(key.sign(digest_of(shop.image).encode()))], "signature-invalid")
    add("referrer-other-subject", "Attached to another image.", key,
        [attached(shop, good, subject=shop.image + b"\n")], "artifact-subject")
    add("expired-key", "The key's time is over.", key, [file(good)], "key-expired",
        signer="valid_until = 2026-01-01\n")


def plain(shop, cases):
    def add(name, *arguments, **options):
        cases.add(f"openssl-{name}", *arguments, kind="openssl", **options)

    allow(shop, add)
    deny(shop, add)
