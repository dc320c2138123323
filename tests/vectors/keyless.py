"""Signatures by identities, and by keys with transparency logs."""

import copy
import json
import os
import subprocess

from minter import (CLAIMS, ISSUER, MINUTE, SUBJECT, Signed, attached, legacy_signed, seconds)
from vector_tools import NAME, PEERS, Artifact, b64, compact, digest_of

import stack
from authority import DAY, Fulcio, authority, der, new_key, now, rfc3339, sign, spki
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from identity_token import token
from logs import RekorV1, witness_line
from timestamps import TimestampAuthority

IDENTITY = f'identities = [{{ issuer = "{ISSUER}", subject = "{SUBJECT}" }}]\n'
ROOT = 'trusted_root = "trusted_root.json"\n'


class Bench:
    """One deployment, one image, and the case folders."""

    def __init__(self, shop, cases):
        self.shop, self.cases = shop, cases
        self.folder = shop.work / "sigstore"
        self.folder.mkdir()
        self.deployment, self.url, self.stop = stack.serve(self.folder)
        self.image, self.digest = shop.image, shop.digest

    def signed(self, **how):
        return Signed(self.deployment, self.digest, **how)

    def add(self, name, why, artifacts, reason="signed", signer=IDENTITY, root=None, kind="sigstore-keyless",
            key=None, later=MINUTE):
        if isinstance(artifacts, dict):
            artifacts = [attached(self.image, artifacts)]
        files = {"trusted_root.json": json.dumps(root or self.deployment.trusted_root(), indent=1).encode()}
        self.cases.add(f"keyless-{name}", why, key, artifacts, reason, signer=signer, kind=kind,
                       now=rfc3339(now() + later), files=files)

    # --- by real cosign -------------------------------------------------------

    def cosign(self, version, *options, verb="sign"):
        """Signs a fresh copy of the image, or attests it; where it is."""
        repository = self.shop.repository()
        environment = {"SIGSTORE_ROOT_FILE": self.folder / "fulcio.pem", "COSIGN_PASSWORD": "",
                       "SIGSTORE_CT_LOG_PUBLIC_KEY_FILE": self.folder / "ctlog.pub",
                       "SIGSTORE_REKOR_PUBLIC_KEY": self.folder / "rekor.pub", "HOME": self.shop.work}
        program = PEERS / f"cosign{version}/usr/bin/cosign"
        done = subprocess.run(
            [program, verb, "-y", "--allow-http-registry", *options,
             f"{self.shop.registry.host}/{repository}@{self.digest}"],
            capture_output=True, env={**os.environ, **{key: str(one) for key, one in environment.items()}})
        if done.returncode != 0:
            raise SystemExit(done.stderr.decode())
        return repository

    def identity(self, subject=SUBJECT, issuer=ISSUER):
        claims = {"12": CLAIMS["12"], "14": CLAIMS["14"]}
        return ["--identity-token", token(subject, issuer, claims)]

    def cosign25(self, *who, stamped=True):
        tsa = ["--timestamp-server-url", self.url + "/tsa/api/v1/timestamp"] if stamped else []
        repository = self.cosign("25", *who, "--fulcio-url", self.url + "/fulcio", "--rekor-url",
                                 self.url + "/rekor", "--sign-container-identity", NAME, *tsa)
        return Artifact.fetch(self.shop.registry, repository, self.digest.replace(":", "-") + ".sig", "tag")

    def cosign31(self, config, *who):
        repository = self.cosign("31", *who, "--signing-config", self.folder / f"signing_config.{config}.json",
                                 "--trusted-root", self.folder / "trusted_root.json")
        return self.shop.bundle_of(repository, self.digest)


def real(bench):
    workflow = bench.identity()
    bench.add("cosign25", "cosign 2.5, legacy form, log and time stamp.", [bench.cosign25(*workflow)])
    bench.add("cosign25-unstamped", "cosign 2.5, legacy form, log alone.",
              [bench.cosign25(*workflow, stamped=False)])
    bench.add("cosign31-v1", "cosign 3.1, a log of the first generation and a time stamp.",
              [bench.cosign31("v1", *workflow)], signer=IDENTITY + "transparency = { logs = 1, timestamps = 1 }\n")
    bench.add("cosign31-v1-unstamped", "cosign 3.1, a log of the first generation alone.",
              [bench.cosign31("v1-unstamped", *workflow)])
    bench.add("cosign31-v2", "cosign 3.1, a log of the second generation and a time stamp.",
              [bench.cosign31("v2", *workflow)])
    person = 'identities = [{ issuer = "https://accounts.example.test", subject = { glob = "*@example.test" } }]\n'
    somebody = bench.identity("dev@example.test", "https://accounts.example.test")
    bench.add("cosign31-email", "A person's certificate, matched by a glob.", [bench.cosign31("v1", *somebody)],
              signer=person)
    claims = (f'[[identities]]\nissuer = "{ISSUER}"\nsubject = {{ regexp = "https://github.com/org/.*" }}\n'
              'source_repository_uri = "https://github.com/org/app"\nsource_repository_ref = { glob = "refs/tags/*" }\n')
    bench.add("cosign31-claims", "Issuer, subject and claims of the certificate all match.",
              [bench.cosign31("v1", *workflow)], signer=claims)
    stranger = bench.cosign31("v1", *somebody)
    bench.add("cosign31-other-identity", "Signed by somebody else.", [stranger], "identity-mismatch")
    forged = json.loads(stranger.content)
    entry = forged["verificationMaterial"]["tlogEntries"][0]
    entry["integratedTime"] = str(int(entry["integratedTime"]) - 60)
    bench.add("stranger-forged-entry", "Somebody else's certificate: what he puts beside it is not looked at.",
              [stranger.with_content(compact(forged))], "identity-mismatch")


def keys(bench):
    """Key signers that ask for logs."""
    p256, p384 = bench.shop.key(), bench.shop.key("p384")
    logged = bench.cosign31("v1", "--key", p256.cosign)

    def add(name, why, artifacts, reason="signed", signer=ROOT, key=p256, **more):
        bench.add(f"key-{name}", why, artifacts, reason, signer, kind="sigstore-key", key=key, **more)

    add("v1", "A key's bundle with a log entry of the first generation.", [logged])
    add("v2", "A key's bundle with a log entry of the second generation.",
        [bench.cosign31("v2", "--key", p256.cosign)])
    add("v2-p384", "The log records the hash of the key's size.", [bench.cosign31("v2", "--key", p384.cosign)],
        key=p384)
    add("unlogged", "A good signature that no log recorded.", [bench.shop.sign_bundle(p256)], "log-threshold")
    add("unstamped", "The policy asks for a time stamp, too.", [bench.cosign31("v1-unstamped", "--key", p256.cosign)],
        "timestamp-threshold", ROOT + "transparency = { logs = 1, timestamps = 1 }\n")
    add("before-window", "The log proves that it was signed before the key counted.", [logged],
        "key-not-yet-valid", ROOT + f"valid_from = {rfc3339(now() + MINUTE)}\n", later=3 * MINUTE)
    other = bench.cosign31("v1", "--key", bench.shop.other_key().cosign)
    mixed = json.loads(logged.content)
    mixed["verificationMaterial"]["tlogEntries"] = json.loads(other.content)["verificationMaterial"]["tlogEntries"]
    add("foreign-entry", "The log entry of another key's signature.", [logged.with_content(compact(mixed))],
        "log-entry-mismatch")


def certificates(bench):
    """Leaves and paths that are wrong in one place."""
    def add(name, why, reason, root=None, **how):
        signed = bench.signed(**how)
        bench.add(name, why, signed.bundle([signed.entry()]), reason, root=root)

    hour_ago = now() - 60 * MINUTE
    add("expired-leaf", "The certificate was over when the log recorded it.", "certificate-expired", start=hour_ago)
    add("early-leaf", "The certificate was not valid yet.", "certificate-expired", start=now() + 30 * MINUTE,
        promises=None)
    add("other-authority", "Another authority issued the certificate.", "certificate-untrusted", fulcio=Fulcio())
    twin = Fulcio()
    add("same-name-authority", "An authority of the same name, with another key.", "certificate-untrusted",
        fulcio=twin)
    add("no-purpose", "The certificate is for nothing.", "certificate-profile", purposes=())
    add("other-purpose", "The certificate is for servers.", "certificate-profile",
        purposes=(ExtendedKeyUsageOID.SERVER_AUTH,))
    add("no-signatures", "The key may not make signatures.", "certificate-profile", signatures=False)
    add("authority-leaf", "The certificate is an authority's.", "certificate-untrusted", ca=True)
    add("two-subjects", "Two alternative names.", "certificate-profile",
        alternative=[x509.UniformResourceIdentifier(SUBJECT), x509.UniformResourceIdentifier("https://x.test")])
    add("host-subject", "A host's name identifies no signer.", "certificate-profile",
        alternative=[x509.DNSName("github.com")])
    add("two-issuers", "The old and the new extension name different issuers.", "certificate-profile",
        extra={"1": b"https://evil.example.test"})
    add("issuer-tail", "Bytes behind the issuer's text.", "certificate-profile",
        extra={"8": b"\x0c\x01ab"})
    add("no-issuer", "The certificate names no issuer.", "identity-mismatch", extra={"1": None, "8": None})
    add("issuer-prefix", "An issuer that merely contains the wanted one.", "identity-mismatch",
        issuer="https://evil.test/?" + ISSUER)
    add("no-promise", "No certificate log promised to record it.", "sct-threshold", promises=[])
    add("foreign-promise", "The promise is signed by another key than the log's.", "sct-threshold",
        log_key=new_key())
    add("foreign-certificate-log", "The promise of a log that is not trusted.", "sct-threshold",
        fulcio=bench_with_log(bench))

    ended = bench.deployment.trusted_root()
    ended["certificateAuthorities"][0]["validFor"]["end"] = rfc3339(now() - DAY)
    add("retired-authority", "The authority was retired before.", "certificate-expired", root=ended)
    both = bench.deployment.trusted_root()
    both["certificateAuthorities"].insert(0, {**both["certificateAuthorities"][0], "certChain": {
        "certificates": [{"rawBytes": b64(der(one))} for one in twin.chain]}})
    add("two-authorities", "Of two authorities of one name the second issued it.", "signed", root=both)

    signed = bench.signed(subject="", alternative=[x509.OtherName(
        ObjectIdentifier("1.3.6.1.4.1.57264.1.7"), b"\x0c\x10dev!example.test")])
    bench.add("user-name", "A user name as another name.", signed.bundle([signed.entry()]),
              signer=IDENTITY.replace(SUBJECT, "dev!example.test"))
    signed = bench.signed(kind="p384")
    bench.add("p384", "A P-384 key hashes with SHA-384.", signed.bundle([signed.entry()]))


def bench_with_log(bench):
    """The bench's Fulcio, with another certificate log."""
    other = Fulcio()
    mine = bench.deployment.fulcio
    other.root, other.root_key, other.intermediate, other.key = mine.root, mine.root_key, mine.intermediate, mine.key
    return other


def expired_intermediate(bench):
    """Valid when the leaf began, over when it was used."""
    fulcio = Fulcio()
    fulcio.intermediate = authority("fulcio intermediate", fulcio.key, fulcio.root, fulcio.root_key,
                                    start=now() - DAY, end=now() - 2 * MINUTE, path_length=0)
    fulcio.log = bench.deployment.fulcio.log
    root = bench.deployment.trusted_root()
    root["certificateAuthorities"][0]["certChain"] = {
        "certificates": [{"rawBytes": b64(der(one))} for one in fulcio.chain]}
    signed = bench.signed(fulcio=fulcio, start=now() - 5 * MINUTE)
    bench.add("expired-intermediate", "The intermediate was over when the leaf was used.",
              signed.bundle([signed.entry()]), "certificate-expired", root=root)


def entries(bench):
    """Log entries of the first generation."""
    rekor = bench.deployment.rekor
    signed, other = bench.signed(), bench.signed()
    good = signed.entry()

    def add(name, why, reason, entry, of=signed, **more):
        bench.add(name, why, of.bundle([entry] if isinstance(entry, dict) else entry), reason, **more)

    def bent(**changes):
        entry = json.loads(json.dumps(good))
        for key, value in changes.items():
            if isinstance(entry.get(key), dict) and value is not None:
                entry[key].update(value)
            else:
                entry[key] = value
        return entry

    add("entry-of-another", "A valid entry about another signature.", "log-entry-mismatch", other.entry())
    swapped = copy.copy(signed)
    swapped.leaf = bench.signed().leaf
    add("entry-of-another-key", "The entry names another certificate.", "log-entry-mismatch", swapped.entry(),
        of=signed)
    text = rekor.hashedrekord(signed.encoded, signed.signature, "x")
    add("entry-hashedrekord", "hashedrekord 0.0.1 about the envelope, without its certificate.", "log-entry-mismatch", rekor.record(text))
    add("entry-kind", "A kind that says nothing about this.", "log-entry-kind",
        rekor.record(compact({"apiVersion": "0.0.1", "kind": "rekord", "spec": {}})))
    add("entry-kind-lie", "The body is of another kind than the entry says.", "log-entry-mismatch",
        bent(kindVersion={"kind": "intoto", "version": "0.0.2"}))
    add("forged-promise", "The promise is signed by another key.", "log-promise-invalid",
        bent(inclusionPromise={"signedEntryTimestamp": b64(new_promise(rekor, good))}))
    add("moved-time", "The time was changed after the log signed it.", "log-promise-invalid",
        bent(integratedTime=str(int(good["integratedTime"]) - 60)))
    add("moved-index", "The index was changed after the log signed it.", "log-promise-invalid", bent(logIndex="77"))
    add("future-entry", "The log recorded it an hour from now.", "log-time",
        signed.entry(seconds(now() + 60 * MINUTE)))
    add("proof-only", "A proof without promise proves no time.", "time-unproven", bent(inclusionPromise=None))
    proof = good["inclusionProof"]
    wrong = [b64(bytes(32))] + proof["hashes"][1:]
    add("wrong-path", "A hash of the proof was changed.", "log-proof-invalid", bent(inclusionProof={"hashes": wrong}))
    add("long-path", "A hash too many.", "log-proof-invalid",
        bent(inclusionProof={"hashes": proof["hashes"] + [b64(bytes(32))]}))
    add("short-path", "A hash too few.", "log-proof-invalid",
        bent(inclusionProof={"hashes": proof["hashes"][:-1]}))
    add("index-at-size", "The index is beyond the tree.", "bundle-malformed",
        bent(inclusionProof={"logIndex": proof["treeSize"]}))
    add("other-root", "The checkpoint is of another tree.", "log-proof-invalid",
        signed.entry(root=bytes(32)))
    add("foreign-checkpoint", "The checkpoint is signed by another key.", "checkpoint-invalid",
        signed.entry(key=new_key()))
    note = proof["checkpoint"]["envelope"]
    for name, text in {"crlf": note.replace("\n", "\r\n"), "leading-zero": note.replace("\n3", "\n03", 1),
                       "unsigned": note.split("\n\n")[0] + "\n", "no-newline": note[:-1]}.items():
        add(f"checkpoint-{name}", f"A malformed checkpoint: {name}.", "checkpoint-malformed",
            bent(inclusionProof={"checkpoint": {"envelope": text}}))
    add("same-entry-twice", "One entry twice.", "log-entry-twice", [good, good])
    add("unlogged", "No log recorded it.", "log-threshold", [], of=stamped_only(bench))
    unknown = json.loads(json.dumps(good))
    unknown["logId"]["keyId"] = b64(bytes(32))
    add("unknown-log", "A log that is not trusted does not count.", "log-threshold", unknown)
    retired = bench.deployment.trusted_root()
    retired["tlogs"][0]["publicKey"]["validFor"]["end"] = rfc3339(now() - DAY)
    add("retired-log", "The log was retired before.", "log-time", good, root=retired)
    add("witnessed", "Witnesses signed the checkpoint, too.", "signed",
        signed.entry(lines=[witness_line(), witness_line("b.test")]))
    add("two-thresholds", "Two logs are asked for, one recorded it.", "log-threshold", good,
        signer=IDENTITY + "transparency = { logs = 2 }\n")
    thirty_three = [signed.entry() for _ in range(33)]
    add("many-entries", "Thirty-three log entries.", "bundle-malformed", thirty_three)


def new_promise(rekor, entry):
    import base64
    return rekor.promise(base64.b64decode(entry["canonicalizedBody"]), int(entry["integratedTime"]),
                         int(entry["logIndex"]), new_key())


def stamped_only(bench):
    signed = bench.signed()
    plain = signed.bundle
    signed.bundle = lambda entries: plain(entries, [signed.stamp()])
    return signed


def second_generation(bench):
    signed, other = bench.signed(), bench.signed()
    stamp = signed.stamp()

    def add(name, why, reason, entry, stamps=(stamp,), **more):
        bench.add(f"v2-{name}", why, signed.bundle([entry], stamps), reason, **more)

    add("p384", "The log records SHA-384 of a P-384 signature.", "signed", signed.second_entry())
    add("unstamped", "Such a log knows no time.", "time-unproven", signed.second_entry(), ())
    add("other-entry", "The entry of another signature.", "log-proof-invalid", other.second_entry())
    add("other-origin", "The checkpoint names another log.", "checkpoint-invalid",
        signed.second_entry(origin="log.example.test"))
    add("other-name", "The signature line names another log.", "checkpoint-invalid",
        signed.second_entry(note_name="log.example.test"))
    add("other-hint", "The signature line hints at another key.", "checkpoint-invalid",
        signed.second_entry(hint=b"\1\2\3\4"))
    moved = signed.second_entry()
    moved["logIndex"] = "0"
    add("moved-index", "Another index than the entry's.", "log-proof-invalid", moved)
    lied = signed.second_entry()
    lied["inclusionProof"].update(rootHash=b64(bytes(32)))
    lied["canonicalizedBody"] = b64(b"{}")
    add("lying-proof", "Root and body are not taken from the entry.", "signed", lied)
    timed = signed.second_entry()
    timed["integratedTime"] = str(seconds(now()))
    add("claimed-time", "A time that the log did not sign counts for nothing.", "time-unproven", timed, ())
    add("witnessed", "Witnesses signed the checkpoint, too.", "signed",
        signed.second_entry(lines=[witness_line()]))


def stamps(bench):
    """Time stamps, asked for alone."""
    alone = IDENTITY + "transparency = { logs = 0, timestamps = 1 }\n"
    signed = bench.signed()
    foreign = TimestampAuthority(bench.folder / "foreign")

    def add(name, why, reason, stamps, of=signed, signer=alone, **more):
        bench.add(f"stamp-{name}", why, of.bundle([], stamps), reason, signer=signer, **more)

    add("alone", "A time stamp is all that is asked.", "signed", [signed.stamp()])
    add("sha512", "The token hashes with SHA-512.", "signed", [signed.stamp(digest="sha512")])
    add("bare", "The token holds no certificate; the pinned one serves.", "signed",
        [signed.stamp(certificates=False)])
    add("sha1", "The token hashes with SHA-1.", "timestamp-threshold", [signed.stamp(digest="sha1")])
    add("absent", "No time stamp.", "timestamp-threshold", [])
    add("of-another", "A time stamp over another signature.", "timestamp-threshold", [bench.signed().stamp()])
    add("foreign", "The time stamp of an authority that is not trusted.", "timestamp-threshold",
        [signed.stamp(foreign)])
    add("foreign-beside", "A foreign one beside a good one.", "signed", [signed.stamp(foreign), signed.stamp()])
    add("junk", "No time stamp response at all.", "timestamp-threshold", [b"junk"])
    add("tail", "A byte behind the response.", "timestamp-threshold", [signed.stamp() + b"\0"])
    add("twice", "Two of one authority count once.", "timestamp-threshold", [signed.stamp(), signed.stamp()],
        signer=IDENTITY + "transparency = { logs = 0, timestamps = 2 }\n")
    retired = bench.deployment.trusted_root()
    retired["timestampAuthorities"][0]["validFor"]["end"] = rfc3339(now() - DAY)
    add("retired", "The authority was retired before.", "timestamp-threshold", [signed.stamp()], root=retired)
    late = bench.signed(start=now() - 60 * MINUTE)
    add("late", "Stamped after the certificate was over.", "certificate-expired", [late.stamp()], of=late)
    entry = signed.entry()
    bench.add("stamp-beside-promise", "Both times count: one of them is out of the certificate's validity.",
              late.bundle([late.entry(seconds(now() - 55 * MINUTE))], [late.stamp()]), "certificate-expired")
    bench.add("stamp-and-log", "A log entry and a time stamp.", signed.bundle([entry], [signed.stamp()]))


def forms(bench):
    """What a candidate is, and the legacy form."""
    signed = bench.signed()
    entry = signed.entry()
    bench.add("key-bundle", "A key's bundle under an identity policy.", [bench.shop.sign_bundle(bench.shop.key())],
              "bundle-material")
    bent = signed.bundle([entry])
    bent["dsseEnvelope"]["signatures"][0]["sig"] = b64(sign(new_key(), signed.encoded))
    bench.add("bad-signature", "The signature is another key's.", bent, "signature-invalid")
    other = Signed(bench.deployment, "sha256:" + "0" * 64)
    bench.add("other-image", "A whole signature of another image.", other.bundle([other.entry()]),
              "signature-other-image")
    chain = {"x509CertificateChain": {"certificates": [
        {"rawBytes": b64(der(one))} for one in [signed.leaf, bench.deployment.fulcio.intermediate]]}}
    bench.add("chain-03", "A bundle of version 0.3 takes no chain.",
              signed.bundle([entry], certificate=None, **chain), "bundle-material")
    older = signed.bundle([entry], certificate=None, **chain)
    older["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.2"
    bench.add("chain-02", "One of version 0.2 does.", older)
    chain["x509CertificateChain"]["certificates"].append({"rawBytes": b64(der(bench.deployment.fulcio.root))})
    own = signed.bundle([entry], certificate=None, **chain)
    own["mediaType"] = older["mediaType"]
    bench.add("own-anchor", "A chain that brings its own anchor.", own, "bundle-material")

    def old(name, why, reason="signed", change=lambda annotations: None, entry_of=None):
        bench.add(f"legacy-{name}", why,
                  [legacy_signed(bench.deployment, bench.digest, NAME, change, entry_of)], reason)

    old("plain", "The legacy form with an empty chain, as cosign 3.1 writes it.")
    old("entry-of-another", "The entry of another payload.", "log-entry-mismatch", entry_of=(b"x", b"y"))
    old("unlogged", "No log entry.", "log-threshold", lambda one: one.pop("dev.sigstore.cosign/bundle"))
    old("no-certificate", "No certificate.", "bundle-material",
        lambda one: one.pop("dev.sigstore.cosign/certificate"))
    old("two-certificates", "Two certificates where one belongs.", "certificate-malformed",
        lambda one: one.update({"dev.sigstore.cosign/certificate": one["dev.sigstore.cosign/certificate"] * 2}))
    bench.add("junk-beside", "Junk and a good one.", [attached(bench.image, {"x": 1}),
                                                     attached(bench.image, signed.bundle([entry]))])


def keyless(shop, cases):
    bench = Bench(shop, cases)
    try:
        for part in (real, keys, certificates, expired_intermediate, entries, second_generation, stamps, forms):
            part(bench)
    finally:
        bench.stop()
