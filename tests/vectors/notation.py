"""Signatures of the Notary Project, by real notation and made by hand."""

import datetime
import json
import os
import pathlib
import subprocess
import sys

for part in ("sigstore", "notation"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support" / part))

import cbor  # noqa: E402
import envelopes  # noqa: E402
import stack  # noqa: E402
from chains import (DAY, Authority, Issuer, der, key_pem, leaf, make, new_key, now, pem, self_signed)  # noqa: E402
from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives import hashes  # noqa: E402
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier  # noqa: E402
from envelopes import AUTHENTIC_AT, COSE, EXPIRY, JWS, PLUGIN, SCHEME, SIGNED_AT  # noqa: E402
from timestamps import TimestampAuthority  # noqa: E402
from vector_tools import OCI_MANIFEST, PEERS, Artifact, b64, compact, descriptor, digest_of  # noqa: E402

MINUTE = datetime.timedelta(minutes=1)
SIGNER = 'trust_store = "root.pem"\nidentities = "C=US, ST=WA, O=Acme"\n'
ANYBODY = 'trust_store = "root.pem"\nidentities = "*"\n'
STAMPED = SIGNER + 'timestamp_authorities = "tsa.pem"\n'
AFTER = STAMPED + 'verify_timestamp = "after-expiry"\n'
VOUCHED = 'signing_authorities = "root.pem"\nidentities = "*"\n'
KINDS = ("rsa2048", "rsa3072", "rsa4096", "p256", "p384", "p521")


def artifact(envelope, image, media_type, generation="old", **change):
    """One signature artifact of either generation."""
    layer = descriptor(media_type, envelope)
    config = descriptor(envelopes.SIGNATURE_TYPE if generation == "old" else
                        "application/vnd.oci.empty.v1+json", b"{}")
    manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": [layer],
                "subject": descriptor(OCI_MANIFEST, image)}
    if generation == "new":
        manifest["artifactType"] = envelopes.SIGNATURE_TYPE
    return Artifact("referrer", {**manifest, **change}, {layer["digest"]: envelope})


class Bench:
    """One authority, one image, and the case folders."""

    def __init__(self, shop, cases):
        self.shop, self.cases = shop, cases
        self.image, self.digest = shop.image, shop.digest
        self.authority = Authority()
        self.leaf = self.authority.leaf()
        self.payload = envelopes.target(descriptor(OCI_MANIFEST, self.image))

        folder = shop.work / "notation-stack"
        folder.mkdir()
        deployment, self.url, self.stop = stack.serve(folder)
        self.tsa = deployment.tsa

    def add(self, name, why, artifacts, reason="signed", signer=SIGNER, root=None, later=MINUTE, tsa=None, **more):
        root = root or [self.authority.root.certificate]
        files = {"root.pem": b"".join(pem(one) for one in root)}
        if "tsa.pem" in signer:
            files["tsa.pem"] = pem((tsa or self.tsa).root)
        self.cases.add(f"notation-{name}", why, None, artifacts, reason, signer=signer, kind="notation",
                       now=(now() + later).strftime("%Y-%m-%dT%H:%M:%SZ"), files=files, **more)

    def jws(self, by=None, payload=None, **how):
        return artifact(envelopes.jws(by or self.leaf, payload or self.payload, **how), self.image, JWS)

    def cose(self, by=None, payload=None, **how):
        return artifact(envelopes.cose(by or self.leaf, payload or self.payload, **how), self.image, COSE)

    def both(self, name, why, reason="signed", signer=SIGNER, root=None, later=MINUTE, **how):
        """The same in both envelope forms."""
        self.add(f"jws-{name}", why, [self.jws(**how)], reason, signer, root, later)
        self.add(f"cose-{name}", why, [self.cose(**how)], reason, signer, root, later)

    def notation(self, by, form, *options):
        """Signed by the real tool, in a repository of its own."""
        repository = self.shop.repository()
        home = self.shop.work / f"notation-{repository.replace('/', '-')}"
        config = home / "notation"
        config.mkdir(parents=True)
        (config / "key.pem").write_bytes(key_pem(by.key))
        (config / "chain.pem").write_bytes(b"".join(pem(one) for one in by.chain))
        (config / "signingkeys.json").write_text(json.dumps({"default": "k", "keys": [
            {"name": "k", "keyPath": str(config / "key.pem"), "certPath": str(config / "chain.pem")}]}))
        done = subprocess.run(
            [PEERS / "notation/usr/bin/notation", "sign", "--insecure-registry", "--signature-format", form,
             *options, f"{self.shop.registry.host}/{repository}@{self.digest}"],
            capture_output=True, env={**os.environ, "XDG_CONFIG_HOME": str(home), "HOME": str(home)})
        if done.returncode != 0:
            raise SystemExit(done.stderr.decode())
        return self.shop.bundle_of(repository, self.digest)


def real(bench):
    for kind in KINDS:
        authority = Authority(kind=kind if kind.startswith("p") else "p256")
        signed_by = authority.leaf(kind=kind)
        for form in ("jws", "cose"):
            bench.add(f"real-{form}-{kind}", f"notation 1.3, {form}, {kind}.", [bench.notation(signed_by, form)],
                      root=[authority.root.certificate])
    bench.add("real-expiry", "notation 1.3 with an expiry that is still to come.",
              [bench.notation(bench.leaf, "jws", "--expiry", "24h")])
    bench.add("real-expired", "The same a day later.", [bench.notation(bench.leaf, "cose", "--expiry", "24h")],
              "signature-expired", later=DAY + MINUTE)
    bench.add("real-metadata", "notation 1.3 with metadata of the user.",
              [bench.notation(bench.leaf, "cose", "--user-metadata", "build=7")])
    alone = self_signed()
    bench.add("real-self-signed", "One self-signed certificate, which is the root.",
              [bench.notation(alone, "jws")], root=[alone.certificate])


def forms(bench):
    bench.both("by-hand", "An envelope made by hand, so that the broken ones differ in one place.")
    new = artifact(envelopes.jws(bench.leaf, bench.payload), bench.image, JWS, "new")
    bench.add("jws-new-generation", "The artifact type says that it is a signature.", [new])
    bench.both("signing-authority", "A signing authority vouches for the time.", signer=VOUCHED,
               scheme=envelopes.AUTHORITY)
    bench.both("pinned-leaf", "The leaf itself is in the trust store.", root=[bench.authority.intermediate.certificate])
    junk = artifact(b"junk", bench.image, JWS)
    bench.add("bad-beside-good", "A bad candidate never hides a good one.", [junk, bench.cose()])
    bench.add("two-signers-one-image", "Another's signature first, then the wanted one's.",
              [bench.jws(by=Authority().leaf()), bench.jws()])
    bench.add("junk", "No JSON.", [junk], "json-malformed")
    bench.add("cose-as-jws", "The media type says JWS, the bytes are COSE.",
              [artifact(envelopes.cose(bench.leaf, bench.payload), bench.image, JWS)], "json-malformed")
    bench.add("jws-as-cose", "The media type says COSE, the bytes are JWS.",
              [artifact(envelopes.jws(bench.leaf, bench.payload), bench.image, COSE)], "cbor-malformed")
    bench.add("unknown-type", "A media type that is no envelope's.",
              [artifact(envelopes.jws(bench.leaf, bench.payload), bench.image, "application/json")],
              "envelope-malformed")
    two = bench.jws()
    more = envelopes.cose(bench.leaf, bench.payload)
    two.manifest["layers"].append(descriptor(COSE, more))
    two.blobs[digest_of(more)] = more
    bench.add("two-envelopes", "Two envelopes in one artifact.", [two], "envelope-malformed")


def headers(bench):
    both = bench.both
    both("unknown-critical", "A critical header that nobody knows.", "envelope-critical",
         extra={"com.example.rule": "x"}, critical=[SCHEME, "com.example.rule"])
    both("absent-critical", "A critical header that is not there.", "envelope-critical",
         critical=[SCHEME, EXPIRY])
    both("no-critical", "No header is critical.", "envelope-critical", crit=False)
    both("empty-critical", "The list of critical headers is empty.", "envelope-critical", critical=[])
    both("scheme-uncritical", "The scheme is not critical.", "envelope-critical", critical=[SIGNED_AT])
    both("expiry-uncritical", "The expiry is not critical.", "envelope-critical", critical=[SCHEME],
         expiry=now() + DAY)
    both("critical-twice", "A critical header listed twice.", "envelope-malformed", critical=[SCHEME, SCHEME])
    both("uncritical-extra", "A header that is neither known nor critical.", extra={"com.example.note": "x"})
    both("no-time", "No signing time.", "envelope-malformed", drop=[SIGNED_AT])
    both("two-times", "Both kinds of signing time.", "envelope-malformed", extra={AUTHENTIC_AT: now()},
         critical=[SCHEME, AUTHENTIC_AT])
    both("unknown-scheme", "A scheme that is not one of the two.", "envelope-malformed", signer=VOUCHED,
         scheme="notary.x509.other", extra={SIGNED_AT: now()})
    both("no-scheme", "No signing scheme.", "envelope-malformed", drop=[SCHEME], critical=[SIGNED_AT])
    both("expired", "Its time is over.", "signature-expired", time=now() - DAY, expiry=now())
    both("expiry-before-time", "It expired before it was made.", "envelope-malformed", expiry=now() - DAY)
    both("content-type", "Another kind of payload.", "payload-type", content_type="application/json")
    both("plugin", "A plugin must verify it.", "plugin-unsupported",
         extra={PLUGIN: "com.example.plugin"}, critical=[SCHEME, PLUGIN])
    both("plugin-uncritical", "A plugin must verify it, not marked as critical.", "envelope-critical",
         extra={PLUGIN: "com.example.plugin"}, critical=[SCHEME])
    both("other-algorithm", "The header names another algorithm than the key's.", "envelope-algorithm", algorithm="ES384")
    both("authentic-future", "A signing authority's time is still to come.", "time-unproven", signer=VOUCHED,
         scheme=envelopes.AUTHORITY, time=now() + DAY)
    both("scheme-masquerade", "A signing authority's scheme by an authority that is trusted for the other.",
         "certificate-untrusted", scheme=envelopes.AUTHORITY)
    both("scheme-masquerade-back", "The plain scheme where only signing authorities are trusted.",
         "certificate-untrusted", signer=VOUCHED)


def jws_only(bench):
    def add(name, why, reason="signed", **how):
        bench.add(f"jws-{name}", why, [bench.jws(**how)], reason)

    add("duplicate-header", "A member twice in the protected header.", "json-duplicate",
        text=lambda data: data[:-1] + b',"alg":"ES256"}')
    add("alg-none", "No algorithm.", "envelope-algorithm", change=lambda one: one.update(alg="none"))
    add("alg-capitals", "The algorithm's member in capitals.", "envelope-malformed",
        change=lambda one: one.update(ALG=one.pop("alg")))
    add("alg-rs256", "PKCS#1 signatures are none of the six.", "envelope-algorithm",
        change=lambda one: one.update(alg="RS256"))
    add("extra-member", "A member at the top that nobody signed.", "envelope-malformed", top={"note": "x"})
    add("signatures", "The general serialization.", "envelope-malformed", top={"signatures": []})
    add("header-extra", "A member of the unprotected header that is not known.", "envelope-malformed",
        unprotected={"kid": "x"})
    add("crit-number", "A critical header that is no text.", "envelope-malformed", critical=[1])
    add("der-signature", "An ECDSA signature in DER.", "signature-invalid", raw=False)
    add("offset-time", "A signing time with an offset and a fraction.",
        change=lambda one: one.update({SIGNED_AT: (now() - MINUTE).strftime("%Y-%m-%dT%H:%M:%S.25+00:00")}))
    add("date-alone", "A signing time that is a date.", "envelope-malformed",
        change=lambda one: one.update({SIGNED_AT: "2026-01-01"}))
    good = json.loads(envelopes.jws(bench.leaf, bench.payload))
    def changed(name, why, reason, edit):
        other = json.loads(json.dumps(good))
        edit(other)
        bench.add(f"jws-{name}", why, [artifact(compact(other), bench.image, JWS)], reason)
    changed("padded", "Base64 with padding.", "base64-malformed", lambda one: one.update(signature=one["signature"] + "=="))
    changed("no-chain", "No certificate.", "envelope-malformed", lambda one: one["header"].pop("x5c"))
    changed("empty-chain", "An empty list of certificates.", "envelope-malformed",
            lambda one: one["header"].update(x5c=[]))
    changed("swapped-payload", "Another payload under the signature.", "signature-invalid",
            lambda one: one.update(payload=envelopes.url64(compact(
                {"targetArtifact": {**bench.payload["targetArtifact"], "annotations": {"a": "b"}}}))))
    changed("url-chain", "Certificates in the other alphabet.", "base64-malformed",
            lambda one: one["header"].update(x5c=[text.replace("+", "-").replace("/", "_").rstrip("=") + "-_"
                                                  for text in one["header"]["x5c"]]))
    rsa = bench.authority.leaf(kind="rsa2048")
    for salt, why in ((20, "A salt of 20 bytes."), (222, "The longest salt.")):
        bench.add(f"jws-salt-{salt}", why, [bench.jws(by=rsa, salt=salt)], "signature-invalid")


def cose_only(bench):
    def add(name, why, reason, **how):
        bench.add(f"cose-{name}", why, [bench.cose(**how)], reason)

    good = envelopes.cose(bench.leaf, bench.payload)
    def raw(name, why, reason, data):
        bench.add(f"cose-{name}", why, [artifact(data, bench.image, COSE)], reason)
    add("untagged", "No tag.", "envelope-malformed", tag=None)
    add("other-tag", "The tag of an encrypted message.", "envelope-malformed", tag=16)
    raw("trailing", "A byte behind it.", "cbor-malformed", good + b"\0")
    raw("indefinite", "An array of indefinite length.", "cbor-malformed", good[:1] + b"\x9f" + good[2:] + b"\xff")
    raw("truncated", "The last byte is missing.", "cbor-malformed", good[:-1])
    raw("long-head", "A length that is not the shortest.", "cbor-malformed", good[:1] + b"\x98\x04" + good[2:])
    add("duplicate-label", "A label twice.", "cbor-malformed",
        encode_head=lambda one: cbor.head(5, len(one) + 1) + cbor.encode(one)[1:] + cbor.encode(1) + cbor.encode(-7))
    add("critical-number", "A label of COSE's own is listed as critical.", "envelope-critical", critical=[1, SCHEME])
    add("untagged-time", "A time without its tag.", "envelope-malformed",
        change=lambda one: one.update({SIGNED_AT: int(now().timestamp())}))
    add("text-time", "A time as text.", "envelope-malformed",
        change=lambda one: one.update({SIGNED_AT: cbor.Tag(0, now().strftime("%Y-%m-%dT%H:%M:%SZ"))}))
    add("float-time", "A time as floating point.", "envelope-malformed",
        change=lambda one: one.update({SIGNED_AT: cbor.Tag(1, now().timestamp())}))
    add("content-number", "The content type as a number.", "envelope-malformed", content_type=50)
    add("unprotected-algorithm", "The algorithm is not protected.", "envelope-algorithm",
        change=lambda one: one.pop(1), unprotected=lambda one: one.update({1: -7}))
    add("protected-chain", "The certificates are protected.", "envelope-malformed",
        change=lambda one: one.update({33: [der(c) for c in bench.leaf.chain]}))
    add("single-chain", "One certificate without a list.", "envelope-malformed",
        unprotected=lambda one: one.update({33: one[33][0]}))
    add("der-signature", "An ECDSA signature in DER.", "signature-invalid", raw=False)
    rsa = bench.authority.leaf(kind="rsa2048")
    bench.add("cose-salt-20", "A salt of 20 bytes.", [bench.cose(by=rsa, salt=20)], "signature-invalid")


def payloads(bench):
    other = b'{"schemaVersion":2}'
    wrong = descriptor(OCI_MANIFEST, bench.image)
    def add(name, why, payload, reason):
        bench.add(f"payload-{name}", why, [bench.jws(payload=payload)], reason)
    add("other-image", "It names another image.", envelopes.target(descriptor(OCI_MANIFEST, other)),
        "signature-other-image")
    add("other-size", "The size is another.", envelopes.target({**wrong, "size": wrong["size"] + 1}),
        "signature-other-image")
    add("other-media-type", "The media type is another.",
        envelopes.target({**wrong, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"}),
        "signature-other-image")
    add("no-target", "It names nothing.", {"artifact": wrong}, "payload-malformed")
    add("extra-member", "A member besides.", {"targetArtifact": wrong, "other": 1}, "payload-malformed")
    add("duplicate", "The target twice.", compact(bench.payload)[:-1] + b',"targetArtifact":{}}', "json-duplicate")


def certificates(bench):
    above = bench.authority.intermediate
    def add(name, why, reason, by=None, root=None, signer=SIGNER, **how):
        bench.add(f"chain-{name}", why, [bench.jws(by=by or bench.authority.leaf(**how))], reason, signer, root)

    add("expired", "The leaf is over.", "certificate-expired", end=now() - MINUTE)
    add("early", "The leaf is not valid yet.", "certificate-expired", start=now() + DAY)
    add("no-usage", "No key usage.", "certificate-profile", bits=None)
    add("usage-uncritical", "The key usage is not critical.", "certificate-profile", bits_critical=False)
    add("no-signing", "The key may not sign.", "certificate-profile", bits=("content_commitment",))
    add("non-repudiation", "Non-repudiation besides is fine.", "signed",
        bits=("digital_signature", "content_commitment"))
    add("encipherment", "The key may encipher keys, too.", "certificate-profile",
        bits=("digital_signature", "key_encipherment"))
    add("no-purpose", "A leaf without purposes is fine.", "signed", purposes=())
    for text, purpose in (("any", ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE),
                          ("server", ExtendedKeyUsageOID.SERVER_AUTH), ("mail", ExtendedKeyUsageOID.EMAIL_PROTECTION),
                          ("stamps", ExtendedKeyUsageOID.TIME_STAMPING)):
        add(f"purpose-{text}", f"The leaf has the purpose {text}.", "certificate-profile",
            purposes=(ExtendedKeyUsageOID.CODE_SIGNING, purpose))
    add("authority-leaf", "The leaf is an authority.", "certificate-profile", constraints=True, ca=True)
    add("not-authority-leaf", "The leaf says that it is none.", "signed", constraints=True, ca=False)
    unknown = x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\0")
    add("unknown-extension", "An unknown critical extension is fine.", "signed", extra=((unknown, True),))
    add("kind-ed25519", "A key of a kind that is not one of the six.", "envelope-algorithm", kind="ed25519")
    bench.add("chain-kind-claimed", "The same key, under a name that is one of the six.",
              [bench.jws(by=bench.authority.leaf(kind="ed25519"), change=lambda one: one.update(alg="ES256"))],
              "key-unsupported")
    add("kind-rsa1024", "A key that is too small.", "key-unsupported", kind="rsa1024")
    add("other-authority", "Another authority's.", "certificate-untrusted", by=Authority().leaf())
    sha1 = leaf(above, algorithm=hashes.SHA1())
    add("sha1", "The leaf is signed with SHA-1.", "certificate-untrusted", by=sha1)

    def chained(name, why, reason, chain, root=None):
        bench.add(f"chain-{name}", why, [bench.jws(chain=chain)], reason, root=root)

    full = bench.leaf.chain
    chained("no-root", "The root is missing.", "certificate-profile", full[:2], [above.certificate])
    chained("reversed", "The other way round.", "signature-invalid", full[::-1])
    chained("root-twice", "The root twice.", "certificate-profile", full + full[-1:])
    chained("unrelated", "Another root behind it.", "certificate-profile", full + [Authority().root.certificate])
    chained("swapped-leaf", "Another leaf of the same authority.", "signature-invalid",
            [bench.authority.leaf().certificate, *full[1:]])

    def issuer(name, why, reason="certificate-profile", **how):
        root = Issuer("C=US,ST=WA,O=Acme,CN=root")
        middle = Issuer("C=US,ST=WA,O=Acme,CN=middle", above=root, **how)
        add(name, why, reason, by=leaf(middle), root=[root.certificate])

    issuer("issuer-no-authority", "The issuer is no authority.", ca=False)
    issuer("issuer-uncritical", "The issuer's constraints are not critical.", ca_critical=False)
    issuer("issuer-no-constraints", "The issuer has no constraints.", constraints=False)
    issuer("issuer-no-usage", "The issuer may not sign certificates.", bits=("digital_signature",))
    issuer("issuer-usage-uncritical", "The issuer's key usage is not critical.", bits_critical=False)
    issuer("issuer-expired", "The issuer is over.", "certificate-expired", end=now() - MINUTE)
    root = Issuer("C=US,ST=WA,O=Acme,CN=root", path_length=0)
    middle = Issuer("C=US,ST=WA,O=Acme,CN=middle", above=root)
    add("path-length", "The root allows no authority below.", "certificate-profile", by=leaf(middle),
        root=[root.certificate])
    forged = Issuer("C=US,ST=WA,O=Acme,CN=release", above=above, signer=new_key(), constraints=False, ca=False,
                    bits=("digital_signature",))
    add("forged-leaf", "The leaf names the issuer, which did not sign it.", "certificate-untrusted", by=forged)
    alone = self_signed()
    add("self-signed-stranger", "A self-signed leaf that is not in the store.", "certificate-untrusted", by=alone)


def identities(bench):
    def add(name, why, reason, identity, **how):
        signer = f'trust_store = "root.pem"\nidentities = {json.dumps(identity)}\n'
        bench.add(f"identity-{name}", why, [bench.jws(by=bench.authority.leaf(**how))], reason, signer)

    add("exact", "All of the subject.", "signed", "C=US, ST=WA, O=Acme, CN=release")
    add("order", "In another order, S for ST.", "signed", "CN=release,O=Acme,S=WA,C=US")
    add("escaped", "An escaped character.", "signed", "C=US,ST=WA,O=Ac\\6de")
    add("second", "The second of two.", "signed", ["C=US,ST=WA,O=Other", "C=US,ST=WA,O=Acme,CN=release"])
    add("other", "Another organization.", "identity-mismatch", "C=US,ST=WA,O=Other")
    add("case", "Values differ in case.", "identity-mismatch", "C=US,ST=WA,O=acme")
    add("longer", "The identity asks for more than there is.", "identity-mismatch", "C=US,ST=WA,O=Acme,OU=x")
    add("two-units", "The subject has two units.", "identity-mismatch", "C=US,ST=WA,O=Acme",
        subject="C=US,ST=WA,O=Acme,OU=a,OU=b")
    add("no-state", "The subject has no state.", "identity-mismatch", "C=US,ST=WA,O=Acme",
        subject="C=US,O=Acme")
    add("domain", "The subject has a part that names do not know.", "identity-mismatch", "C=US,ST=WA,O=Acme",
        subject="C=US,ST=WA,O=Acme,DC=x")
    several = x509.Name([x509.RelativeDistinguishedName(
        [x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "US"),
         x509.NameAttribute(x509.NameOID.STATE_OR_PROVINCE_NAME, "WA")]),
        *x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Acme")]).rdns])
    add("several", "Two attributes in one part.", "identity-mismatch", "C=US,ST=WA,O=Acme", subject=several)
    add("anybody", "Whoever the store vouches for.", "signed", "*", subject="C=US,O=Acme,DC=x")


def stamps(bench):
    """Time stamps over the signature."""
    options = ("--timestamp-url", bench.url + "/tsa", "--timestamp-root-cert", str(bench.tsa.folder / "root.pem"))
    (bench.tsa.folder / "root.pem").write_bytes(pem(bench.tsa.root))
    for form in ("jws", "cose"):
        bench.add(f"real-{form}-stamped", f"notation 1.3, {form}, with a time stamp.",
                  [bench.notation(bench.leaf, form, *options)], signer=STAMPED)
    bench.both("stamped", "A time stamp over the signature.", signer=STAMPED, stamp=bench.tsa.token)
    bench.both("unstamped", "The policy asks for a time stamp.", "time-unproven", signer=STAMPED)
    bench.both("stamp-not-needed", "All certificates are valid, so none is asked for.", signer=AFTER)
    bench.both("stamp-not-asked", "Nobody asks about the time stamp.", stamp=lambda _: b"junk")
    month = datetime.timedelta(days=30)
    passing = {"start": now() - DAY, "end": now() + 5 * MINUTE}

    def later(name, why, reason="signed", signer=STAMPED, **how):
        bench.add(f"stamp-{name}", why, [bench.jws(by=bench.authority.leaf(**passing), **how)], reason, signer,
                  later=month)

    later("outlives", "The leaf is over, the time stamp proves that it was not.", stamp=bench.tsa.token)
    later("outlives-after", "The same where time stamps are asked for only then.", signer=AFTER,
          stamp=bench.tsa.token)
    later("over-without", "The leaf is over, and nothing proves when it signed.", "time-unproven", AFTER)
    later("over-unasked", "The leaf is over, and no time stamp counts.", "certificate-expired", SIGNER,
          stamp=bench.tsa.token)
    bench.add("stamp-too-late", "Stamped when the leaf was over.",
              [bench.jws(by=bench.authority.leaf(end=now() - MINUTE), stamp=bench.tsa.token)], "certificate-expired",
              STAMPED)
    bench.add("stamp-accuracy", "The leaf was over within the time stamp's accuracy.",
              [bench.jws(by=bench.authority.leaf(end=now()), stamp=bench.tsa.token)], "certificate-expired", STAMPED)

    def add(name, why, reason, stamp, signer=STAMPED, **more):
        bench.add(f"stamp-{name}", why, [bench.jws(stamp=stamp)], reason, signer, **more)

    add("junk", "No token.", "timestamp-malformed", lambda _: b"junk")
    add("trailing", "A byte behind the token.", "timestamp-malformed", lambda data: bench.tsa.token(data) + b"\0")
    add("response", "A whole response in place of the token.", "timestamp-malformed", bench.tsa.stamp)
    add("other-signature", "A time stamp of something else.", "timestamp-invalid",
        lambda _: bench.tsa.token(b"other"))
    add("sha1", "The imprint is SHA-1.", "timestamp-invalid", lambda data: bench.tsa.token(data, digest="sha1"))
    add("no-certificate", "The token does not hold its signer's certificate.", "timestamp-invalid",
        lambda data: bench.tsa.token(data, certificates=False))
    fresh = iter(range(100))

    def authority(**how):
        return TimestampAuthority(bench.shop.work / f"tsa-{next(fresh)}", **how)

    other = authority()
    add("other-authority", "Another authority's.", "timestamp-invalid", other.token)
    add("v1-attribute", "The signer is named by a SHA-1 hash.", "timestamp-invalid", other.old_token, tsa=other)


def notation(shop, cases):
    bench = Bench(shop, cases)
    for part in (real, forms, headers, jws_only, cose_only, payloads, certificates, identities, stamps):
        part(bench)
    bench.stop()
