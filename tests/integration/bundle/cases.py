"""The cases of verify_bundle.py, by what they are about."""

import hashlib
import json

from case_tools import DATA, OTHER, Case, Cases, copy, entry_of
from file_signatures import ISSUER, OLD, SUBJECT, KeySignedFile, KeySignedStatement, public_pem
from witness_cases import first_generation, one_stamp_too_late, second_generation, stamps

from authority import DAY, Fulcio, authority, b64, der, new_key, now, rfc3339, sign
from minter import MINUTE
from vector_tools import statement


def happy(all_of):
    one = all_of.file()
    good = one.bundle([one.entry()])
    all_of.add("happy-path", good)
    all_of.add("happy-path-v0.3", {**good, "mediaType": OLD + "0.3"})
    chain = {"certificate": None, "x509CertificateChain": {"certificates": [
        {"rawBytes": b64(der(each))} for each in (one.leaf, all_of.deployment.fulcio.intermediate)]}}
    all_of.add("happy-path-v0.2", one.bundle([one.entry()], media_type=OLD + "0.2", **chain))
    promised = one.entry()
    del promised["inclusionProof"]
    all_of.add("happy-path-v0.1", one.bundle([promised], media_type=OLD + "0.1", **chain))
    dsse = all_of.statement()
    all_of.add("happy-path-intoto-in-dsse", dsse.bundle([dsse.entry()]))
    all_of.add("intoto-entry", dsse.bundle([dsse.in_toto_entry()]))
    all_of.add("dsse-with-hashedrekord-happy-path", dsse.bundle([dsse.hashed_entry()]))
    large = all_of.file(kind="p384")
    all_of.add("p384", large.bundle([large.second_entry()], [large.stamp()]), digest_reason="artifact-needed")
    two = all_of.statement(body=statement([{"digest": {"sha256": "0" * 64}}, {"digest": {
        "sha512": hashlib.sha512(DATA).hexdigest()}}]))
    all_of.add("dsse-second-subject-by-sha512", two.bundle([two.entry()]), digest_reason="artifact-needed")


def bundles(all_of):
    """What is wrong with the bundle itself."""
    one = all_of.file()
    good = one.bundle([one.entry()])

    def material(change):
        return copy(good, lambda bundle: change(bundle["verificationMaterial"]))

    all_of.add("bundle-malformed-json_fail", json.dumps(good)[:-1], "json-malformed")
    all_of.add("bundle-duplicate-member_fail", '{"mediaType":"x",' + json.dumps(good)[1:], "json-duplicate")
    all_of.add("bundle-unknown-version_fail", {**good, "mediaType": OLD + "99.9"}, "bundle-version")
    all_of.add("bundle-unknown-member_fail", {**good, "more": 1}, "bundle-malformed")
    all_of.add("bundle-negative-log-index_fail", copy(good, lambda b: entry_of(b).update(logIndex="-1")),
               "bundle-malformed")
    all_of.add("bundle-empty-certificate-chain_fail", {**one.bundle(
        [one.entry()], media_type=OLD + "0.2", certificate=None, x509CertificateChain={"certificates": []})},
        "bundle-malformed")
    with_root = [{"rawBytes": b64(der(each))} for each in (one.leaf, *all_of.deployment.fulcio.chain)]
    all_of.add("bundle-with-root-cert_fail", one.bundle(
        [one.entry()], media_type=OLD + "0.2", certificate=None, x509CertificateChain={"certificates": with_root}),
        "bundle-material")
    all_of.add("bundle-chain-in-v0.3_fail", one.bundle(
        [one.entry()], certificate=None, x509CertificateChain={"certificates": with_root[:2]}), "bundle-material")
    all_of.add("bundle-invalid-base64-signature_fail",
               copy(good, lambda b: b["messageSignature"].update(signature="+" + b["messageSignature"]["signature"])),
               "bundle-malformed")
    all_of.add("bundle-no-content_fail", copy(good, lambda b: b.pop("messageSignature")), "bundle-content")
    all_of.add("bundle-no-signer_fail", material(lambda m: m.pop("certificate")), "bundle-material")
    all_of.add("bundle-key-and-certificate_fail", material(lambda m: m.update(publicKey={"hint": "x"})),
               "bundle-material")
    all_of.add("bundle-many-entries_fail", material(lambda m: m.update(tlogEntries=m["tlogEntries"] * 33)),
               "bundle-malformed")
    all_of.add("bundle-certificate-tail_fail", material(
        lambda m: m["certificate"].update(rawBytes=b64(der(one.leaf) + b"\0"))), "certificate-malformed")


def signatures(all_of):
    """What is wrong with the signature or what it is over."""
    one, other = all_of.file(), all_of.file()
    good = one.bundle([one.entry()])
    all_of.add("signature-mismatch_fail", copy(
        good, lambda b: b["messageSignature"].update(signature=b64(other.signature))), "signature-invalid")
    all_of.add("message-digest-mismatch_fail", copy(good, lambda b: b["messageSignature"]["messageDigest"].update(
        digest=b64(hashlib.sha256(OTHER).digest()))), "signature-other-image")
    all_of.add("wrong-material_fail", good, "signature-other-image", artifact=OTHER)
    all_of.add("wrong-material-digest-adapted_fail", copy(
        good, lambda b: b["messageSignature"]["messageDigest"].update(digest=b64(hashlib.sha256(OTHER).digest()))),
        "signature-invalid", artifact=OTHER)
    dsse, second = all_of.statement(), all_of.statement()
    whole = dsse.bundle([dsse.entry()])

    def envelope(change):
        return copy(whole, lambda bundle: change(bundle["dsseEnvelope"]))

    foreign = b64(sign(new_key(), dsse.encoded))
    all_of.add("dsse-invalid-sig_fail", envelope(lambda e: e["signatures"][0].update(sig=foreign)),
               "signature-invalid")
    all_of.add("dsse-mismatch-sig_fail", dsse.bundle([second.entry()]), "log-entry-mismatch")
    all_of.add("dsse-mismatch-envelope_fail", envelope(lambda e: e.update(payload=b64(second.body + b" "))),
               "signature-invalid")
    all_of.add("dsse-two-signatures_fail", envelope(lambda e: e.update(signatures=e["signatures"] * 2)),
               "bundle-malformed")
    all_of.add("dsse-payload-type_fail", envelope(lambda e: e.update(payloadType="text/plain")), "payload-type")
    all_of.add("dsse-other-artifact_fail", whole, "signature-other-image", artifact=OTHER)
    all_of.add("dsse-with-hashedrekord-invalid-sig_fail", copy(
        dsse.bundle([dsse.hashed_entry()]), lambda b: b["dsseEnvelope"]["signatures"][0].update(sig=foreign)),
        "signature-invalid")
    all_of.add("dsse-with-hashedrekord-mismatch-envelope_fail", dsse.bundle([dsse.hashed_entry(OTHER)]),
               "log-entry-mismatch")
    all_of.add("dsse-with-hashedrekord-mismatch-sig_fail", dsse.bundle([second.hashed_entry(dsse.encoded)]),
               "log-entry-mismatch")
    subject = [{"digest": {"sha256": hashlib.sha256(DATA).hexdigest()}}]
    for name, body in {
            "missing-type": {**statement(subject), "_type": None},
            "unknown-type": {**statement(subject), "_type": "https://in-toto.io/Statement/v2"},
            "no-subject": statement([]),
            "null-subject": statement([None]),
            "upper-case-digest": statement([{"digest": {"sha256": hashlib.sha256(DATA).hexdigest().upper()}}]),
            "many-subjects": statement(subject * 1025)}.items():
        bad = all_of.statement(body=body)
        all_of.add(f"dsse-statement-{name}_fail", bad.bundle([bad.entry()]), "statement-malformed")


def identities(all_of):
    one = all_of.file()
    good = one.bundle([one.entry()])
    all_of.add("identity-mismatch_fail", good, "identity-mismatch", identity=SUBJECT + "x")
    all_of.add("identity-prefix_fail", good, "identity-mismatch", identity=SUBJECT[:-1])
    all_of.add("issuer-mismatch_fail", good, "identity-mismatch", issuer="https://accounts.example.test")
    stranger = all_of.file(issuer="https://evil.test/?" + ISSUER)
    all_of.add("issuer-suffix_fail", stranger.bundle([stranger.entry()]), "identity-mismatch")
    nobody = all_of.file(extra={"1": None, "8": None})
    all_of.add("no-issuer_fail", nobody.bundle([nobody.entry()]), "identity-mismatch")
    all_of.add("managed-key-no-key_fail", key_signed(all_of, KeySignedFile)[0], "bundle-material")


def key_signed(all_of, kind, second=False, **how):
    one = kind(all_of.deployment, DATA, **how)
    return one.bundle([one.second_entry() if second else one.entry()]), public_pem(one.key)


def keys(all_of):
    for name, kind in {"": KeySignedFile, "dsse-": KeySignedStatement}.items():
        for generation in (False, True):
            bundle, key = key_signed(all_of, kind, generation)
            label = f"managed-key-{name}{'rekor2-' if generation else ''}"
            all_of.add(label + "and-trusted-root", bundle, key=key)
            all_of.add(label + "happy-path", bundle, key=key, root=None)
            all_of.add(label + "wrong-key_fail", bundle, "signature-foreign-key", key=public_pem(new_key()))
            bare = copy(bundle, lambda b: b["verificationMaterial"].update(tlogEntries=[]))
            all_of.add(label + "unlogged", bare, key=key, root=None)
            all_of.add(label + "unlogged-with-trusted-root_fail", bare, "log-threshold", key=key)
    one = KeySignedStatement(all_of.deployment, DATA)
    all_of.add("intoto-canonical-log-entry", one.bundle([one.in_toto_entry()]), key=public_pem(one.key))
    for name, reason in {"missing": None, "unknown": "https://in-toto.io/Statement/v2"}.items():
        subject = [{"digest": {"sha256": hashlib.sha256(DATA).hexdigest()}}]
        bad = KeySignedStatement(all_of.deployment, DATA, {**statement(subject), "_type": reason})
        all_of.add(f"managed-key-dsse-statement-{name}-type_fail", bad.bundle([bad.second_entry()]), "statement-malformed",
                   key=public_pem(bad.key))
    bundle, key = key_signed(all_of, KeySignedFile)
    all_of.add("managed-key-and-client-identity_fail", bundle, "usage", key=key, identity=SUBJECT + " ")
    foreign, _ = key_signed(all_of, KeySignedFile)
    mixed = copy(bundle, lambda b: b["verificationMaterial"].update(tlogEntries=[entry_of(foreign)]))
    all_of.add("managed-key-foreign-entry_fail", mixed, "log-entry-mismatch", key=key)
    keyless = all_of.file()
    all_of.add("managed-key-keyless-bundle_fail", keyless.bundle([keyless.entry()]), "bundle-material",
               key=public_pem(keyless.key))
    all_of.add("managed-key-malformed_fail", bundle, "key-malformed", key="no key")


def certificates(all_of):
    fulcio = all_of.deployment.fulcio

    def add(name, reason, root=None, **how):
        one = all_of.file(**how)
        all_of.add(name, one.bundle([one.entry()]), reason, root=root or all_of.root)

    add("bundle-from-wrong-instance_fail", "certificate-untrusted", fulcio=Fulcio())
    add("intoto-expired-certificate_fail", "certificate-expired", start=now() - 60 * MINUTE)
    add("integrated-time-before-cert_fail", "certificate-expired", start=now() + 30 * MINUTE)
    add("invalid-ct-key_fail", "sct-threshold", log_key=new_key())
    add("no-sct_fail", "sct-threshold", promises=[])
    add("authority-leaf_fail", "certificate-untrusted", ca=True)
    add("no-code-signing_fail", "certificate-profile", purposes=())
    add("retired-authority_fail", "certificate-expired", all_of.changed_root(
        lambda root: root["certificateAuthorities"][0]["validFor"].update(end=rfc3339(now() - DAY))))
    fulcio.log.extensions = b"\0\0\5\1\2\3\4\5"
    add("bundle-with-sct-with-extensions", "signed")
    fulcio.log.extensions = b""
    twin = Fulcio()
    twin.log = fulcio.log
    both = all_of.changed_root(lambda root: root["certificateAuthorities"].insert(
        0, {**root["certificateAuthorities"][0], "certChain": {
            "certificates": [{"rawBytes": b64(der(each))} for each in twin.chain]}}))
    add("sct-duplicate-intermediate-name", "signed", both)
    late = Fulcio()
    late.log = fulcio.log
    late.intermediate = authority("fulcio intermediate", late.key, late.root, late.root_key,
                                  start=now() - DAY, end=now() - 2 * MINUTE, path_length=0)
    add("expired-intermediate_fail", "certificate-expired", all_of.changed_root(
        lambda root: root["certificateAuthorities"][0].update(certChain={
            "certificates": [{"rawBytes": b64(der(each))} for each in late.chain]})),
        fulcio=late, start=now() - 5 * MINUTE)


def all_cases(folder):
    all_of = Cases(folder)
    for part in (happy, bundles, signatures, identities, keys, certificates, first_generation, second_generation,
                 stamps, one_stamp_too_late):
        part(all_of)
    return all_of.cases


def without_bundles(shop):
    """What is wrong before any bundle is looked at, and where defaults come from."""
    all_of = Cases(shop.folder / "defaults")
    one = all_of.file()
    case = Case("default-trusted-root", one.bundle([one.entry()]), artifact=DATA)
    arguments = shop.arguments(case)
    file = shop.file("artifact", DATA)
    shop.try_one("no trusted root anywhere", arguments, file, "policy-key-unreadable")
    trust = shop.folder / "etc/assay/trust"
    trust.mkdir(parents=True)
    (trust / "trusted_root.json").write_text(json.dumps(all_of.root))
    shop.try_one("the node's trusted root", arguments, file, "signed")
    shop.try_one("a digest that is too short names a file", arguments, case.digest[:-1], "not-found")
    (shop.folder / case.digest).write_bytes(OTHER)
    shop.try_one("a file named as a digest is a file", arguments, case.digest, "signature-other-image")
    shop.try_one("no file", arguments, shop.folder / "none", "not-found")
    shop.try_one("no bundle", ["--bundle", shop.folder / "none", *arguments[2:]], file, "not-found")
    shop.try_one("no signer", arguments[:2], file, "usage")
    shop.try_one("no issuer", arguments[:4], file, "usage")
    shop.try_one("no identity", arguments[:2] + arguments[4:6], file, "usage")
