"""Statements about images that rules ask for, by real cosign and by hand."""

import json

from keyless import IDENTITY, Bench
from minter import MINUTE
from vector_tools import (IN_TOTO, NAME, SIGN_PREDICATE, Artifact, b64, bundle, compact, cosign, digest_of,
                          dsse, legacy, legacy_attestation, payload, referrer, statement)

from authority import now, rfc3339

SLSA1 = "https://slsa.dev/provenance/v1"
SLSA02 = "https://slsa.dev/provenance/v0.2"
SPDX = "https://spdx.dev/Document"
CYCLONEDX = "https://cyclonedx.org/bom"
VULN = "https://cosign.sigstore.dev/attestation/vuln/v1"
VEX = "https://openvex.dev/ns"
CUSTOM = "https://cosign.sigstore.dev/attestation/v1"
BUILDER = "https://builder.example.com/v1"
REQUIRE = 'require = { all_of = ["release", { attestation = "said" }] }'
KEYS = ('[signers.release]\ntype = "sigstore-key"\nkeys = ["release.pub"]\n\n'
        '[signers.ci]\ntype = "sigstore-key"\nkeys = ["ci.pub"]\n\n')
VOUCHED = 'signed_by = "ci"\n'


def asks(path, operator, value=None, more=""):
    told = "" if value is None else f", value = {value}"
    return f"{{ path = '{path}', operator = \"{operator}\"{told}{more} }}"


BUILT = asks("runDetails.builder.id", "equals", f'"{BUILDER}"')
TAGGED = asks("buildDefinition.externalParameters.workflow.ref", "glob", '"refs/tags/v*"')
FRESH = asks("metadata.scanFinishedOn", "not_older_than", '"7d"')
VEXED = asks("statements[*].status", "in", '["not_affected", "fixed"]')
SCORED = asks("scanner.result.worst", "at_most", "6.9")


def provenance(builder=BUILDER, ref="refs/tags/v1"):
    return {"buildDefinition": {
        "buildType": "https://builder.example.com/container/v1",
        "externalParameters": {"workflow": {"repository": "https://git.example.com/app", "ref": ref}},
        "resolvedDependencies": [{"uri": "git+https://git.example.com/app"}]},
        "runDetails": {"builder": {"id": builder}, "metadata": {"invocationId": "1"}}}


def old_provenance():
    return {"builder": {"id": BUILDER}, "buildType": "https://builder.example.com/container/v1",
            "invocation": {"configSource": {"uri": "git+https://git.example.com/app", "entryPoint": "release"}},
            "materials": [{"uri": "git+https://git.example.com/app", "digest": {"sha1": "0" * 40}}]}


def scan(when="2026-05-30T10:00:00+02:00", worst=5.5):
    return {"invocation": {"parameters": None, "uri": "", "event_id": "", "builder.id": ""},
            "scanner": {"uri": "pkg:generic/scanner", "version": "1",
                        "db": {"uri": "", "version": ""}, "result": {"worst": worst}},
            "metadata": {"scanStartedOn": when, "scanFinishedOn": when}}


def vex(*statuses):
    return {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://vex.example.com/1", "author": "us",
            "timestamp": "2026-05-30T10:00:00Z", "version": 1,
            "statements": [{"vulnerability": {"name": f"CVE-2026-{n}"}, "status": status,
                            "products": [{"@id": "pkg:oci/app"}]} for n, status in enumerate(statuses, 1)]}


class Desk:
    """One image that `release` has signed, and what `ci` says about it."""

    def __init__(self, shop, cases):
        self.shop, self.cases = shop, cases
        self.release, self.ci, self.stranger = shop.key(), shop.other_key(), shop.other_key()
        data = compact(payload(shop.digest))
        self.signature = legacy(data, self.release.sign(data))

    def add(self, name, why, artifacts, reason="signed", where=(), predicate_type=SLSA1, require=REQUIRE,
            signed=True, vouched=VOUCHED, more="", more_files=None, **options):
        rows = "".join(f"  {row},\n" for row in where)
        policy = (f'version = 1\n\n[[rule]]\nscope = "{NAME}"\n{require}\n\n{KEYS}'
                  f'[attestations.said]\npredicate_type = "{predicate_type}"\n{vouched}'
                  + (f"where = [\n{rows}]\n" if where else "") + more)
        files = {"release.pub": self.release.public, "ci.pub": self.ci.public,
                 "other.pub": self.stranger.public, **(more_files or {})}
        self.cases.add(f"attest-{name}", why, None, [*([self.signature] if signed else []), *artifacts], reason,
                       policy=policy, files=files, **options)

    # --- by hand --------------------------------------------------------------

    def about(self, predicate, predicate_type=SLSA1, version="v1", digest=None):
        said = statement([{"name": NAME, "digest": {"sha256": (digest or self.shop.digest)[7:]}}], predicate_type)
        return {**said, "_type": f"https://in-toto.io/Statement/{version}", "predicate": predicate}

    def legacy(self, body, key=None, claim=None):
        claim = claim or (SLSA1 if isinstance(body, bytes) else body["predicateType"])
        return legacy_attestation(compact(dsse(key or self.ci, body)), claim)

    def bundle(self, body, key=None, claim=None):
        claim = claim or (SLSA1 if isinstance(body, bytes) else body["predicateType"])
        return referrer(compact(bundle(dsse(key or self.ci, body))), self.shop.image,
                        manifest_annotations={"dev.sigstore.bundle.predicateType": claim})

    def both(self, name, why, body, reason, key=None, claim=None, **options):
        """The same in either form."""
        for form in (self.legacy, self.bundle):
            self.add(f"{form.__name__}-{name}", why, [form(body, key, claim)], reason, **options)

    # --- by real cosign -------------------------------------------------------

    def cosign(self, version, kind, predicate):
        repository = self.shop.repository()
        file = self.shop.work / "predicate.json"
        file.write_text(predicate if isinstance(predicate, str) else json.dumps(predicate))
        new = ["--use-signing-config=false"] if version == "31" else []
        cosign(version, "attest", "-y", "--key", self.ci.cosign, "--tlog-upload=false", "--allow-http-registry",
               *new, "--type", kind, "--predicate", file,
               f"{self.shop.registry.host}/{repository}@{self.shop.digest}")
        if version == "31":
            return self.shop.bundle_of(repository, self.shop.digest)
        return Artifact.fetch(self.shop.registry, repository, self.shop.digest.replace(":", "-") + ".att",
                              "attestation")


SPDX_TEXT = {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "app",
             "packages": [{"name": "libc"}, {"name": "app"}]}
REAL = [
    ("slsaprovenance1", SLSA1, provenance(), [BUILT, TAGGED]),
    ("slsaprovenance02", SLSA02, old_provenance(),
     [asks("builder.id", "equals", f'"{BUILDER}"'), asks("materials[0].uri", "glob", '"git+https://git.example.com/*"')]),
    ("spdxjson", SPDX, SPDX_TEXT, []),
    ("cyclonedx", CYCLONEDX, {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": []},
     [asks("specVersion", "in", '["1.4", "1.5"]')]),
    ("vuln", VULN, scan(), [FRESH, SCORED]),
    ("openvex", VEX, vex("not_affected", "fixed"), [VEXED]),
    ("https://example.com/review/v1", "https://example.com/review/v1", {"approved": True, "by": "us"},
     [asks("approved", "equals", "true")]),
]


def real(desk):
    for kind, predicate_type, predicate, where in REAL:
        word = kind.split("/")[-2] if "/" in kind else kind
        for version in ("25", "31"):
            desk.add(f"cosign{version}-{word}", f"cosign {version[0]}.{version[1]} attest --type {kind}.",
                     [desk.cosign(version, kind, predicate)], where=where, predicate_type=predicate_type)
    for version in ("25", "31"):
        desk.add(f"cosign{version}-spdx-text", "With --type spdx cosign makes the document one text.",
                 [desk.cosign(version, "spdx", SPDX_TEXT)], predicate_type=SPDX,
                 where=[asks("(json).packages[*].name", "exists")])
        desk.add(f"cosign{version}-custom-text", "With --type custom cosign puts the text into Data.",
                 [desk.cosign(version, "custom", '{"approved": true}')], predicate_type=CUSTOM,
                 where=[asks("Data(json).approved", "equals", "true"), asks("Timestamp", "exists")])
        desk.add(f"cosign{version}-wrong-builder", "Real provenance, of another builder.",
                 [desk.cosign(version, "slsaprovenance1", provenance("https://evil.example.com"))],
                 "attestation-constraint-failed", where=[BUILT])


def forged(desk):
    good = desk.about(provenance())
    desk.both("other-image", "The right predicate about another image.",
              desk.about(provenance(), digest="sha256:" + "0" * 64), "attestation-unsigned", where=[BUILT])
    desk.both("stranger", "Signed by a key that no signer has.", good, "attestation-unsigned", desk.stranger,
              where=[BUILT])
    desk.both("image-signer", "Signed by who signs images, not by who must vouch.", good, "attestation-unsigned",
              desk.release, where=[BUILT])
    body = dsse(desk.ci, good)
    body["signatures"][0]["sig"] = b64(b"\0" * 64)
    desk.add("unsigned", "A signature of zeros.", [legacy_attestation(compact(body), SLSA1)],
             "attestation-unsigned", where=[BUILT])
    body["signatures"] = []
    desk.add("no-signatures", "No signature at all.", [legacy_attestation(compact(body), SLSA1)],
             "attestation-unsigned", where=[BUILT])
    body["signatures"] = [*dsse(desk.ci, good)["signatures"], *dsse(desk.stranger, good)["signatures"]]
    desk.add("two-signatures", "Two signatures in one envelope.", [legacy_attestation(compact(body), SLSA1)],
             "attestation-unsigned", where=[BUILT])
    desk.both("lying-claim", "It claims the type beside the statement only.",
              desk.about(provenance(), SLSA02), "attestation-unsigned", claim=SLSA1, where=[BUILT])
    desk.both("type-prefix", "A type that merely begins like the wanted one.",
              desk.about(provenance(), SLSA1 + ".1"), "attestation-missing", where=[BUILT])
    twice = compact(good).decode().replace('"id":', f'"id":"{BUILDER}","id":').encode()
    desk.both("duplicate-key", "One key twice in the predicate.", twice, "attestation-unsigned", where=[BUILT])
    desk.both("deep", "A predicate nested deeper than any is.",
              desk.about(json.loads('{"a":' * 33 + "1" + "}" * 33)), "attestation-unsigned")
    desk.both("other-statement-version", "A statement of an unknown version.",
              desk.about(provenance(), version="v2"), "attestation-unsigned", where=[BUILT])
    desk.add("payload-type", "The envelope is of another payload type.",
             [legacy_attestation(compact(dsse(desk.ci, good, "text/plain")), SLSA1)], "attestation-unsigned")
    desk.add("none", "Signed, but nobody said anything about it.", [], "attestation-missing", where=[BUILT])
    desk.add("image-unsigned", "Attested, but not signed.", [desk.legacy(good)], "no-signature", signed=False)
    wrong = desk.about(provenance("https://evil.example.com"))
    branch = desk.about(provenance(ref="refs/heads/main"))
    desk.add("mixed", "Each constraint holds in one of two statements, both in none.",
             [desk.legacy(branch), desk.legacy(wrong)], "attestation-constraint-failed", where=[BUILT, TAGGED])
    desk.add("mixed-signer", "The statement that fits is a stranger's; the signer's own does not fit.",
             [desk.legacy(good, desk.stranger), desk.bundle(wrong)], "attestation-constraint-failed",
             where=[BUILT])
    moved = desk.bundle(good)
    moved.manifest["subject"]["digest"] = "sha256:" + "0" * 64
    desk.add("bundle-other-subject", "The bundle is attached to another image.", [moved], "attestation-unsigned")


def exchanged(desk):
    """Signatures and attestations do not stand in for each other."""
    only = 'require = "ci"'
    good = desk.about(provenance())
    data = compact(good)
    desk.add("as-signature-bundle", "A bundle's attestation where a signature is asked for.", [desk.bundle(good)],
             "predicate-type", require=only, signed=False)
    at_tag = desk.legacy(good)
    at_tag.origin = "tag"
    desk.add("as-signature-tag", "An attestation at the tag of signatures.", [at_tag], "no-signature",
             require=only, signed=False)
    desk.add("as-signature-layer", "A statement, signed as it is, where a payload belongs.",
             [legacy(data, desk.ci.sign(data))], "payload-malformed", require=only, signed=False)
    encoded = f"DSSEv1 {len(IN_TOTO)} {IN_TOTO} {len(data)} ".encode() + data
    desk.add("as-signature-encoding", "An attestation's signature over what it signs, as a legacy signature.",
             [legacy(encoded, desk.ci.sign(encoded))], "json-malformed", require=only, signed=False)
    signs = desk.about({}, SIGN_PREDICATE)
    desk.both("signature-statement", "A signature's statement where an attestation is asked for.", signs,
              "attestation-missing")
    simple = compact(payload(desk.shop.digest))
    desk.add("signature-layer", "A legacy signature's payload where an envelope belongs.",
             [legacy_attestation(simple, SLSA1, {"dev.cosignproject.cosign/signature": b64(desk.ci.sign(simple))})],
             "attestation-unsigned")


def said(desk):
    """What a statement says, held against constraints."""
    failed = "attestation-constraint-failed"

    def scans(name, why, predicate, reason=failed, where=(FRESH,)):
        desk.both(name, why, desk.about(predicate, VULN), reason, predicate_type=VULN, where=where)

    scans("stale-scan", "A scan of eight days ago.", scan("2026-05-23T23:59:59Z"))
    scans("future-scan", "A scan of tomorrow.", scan("2026-06-02T00:00:00Z"))
    scans("timeless-scan", "A scan whose time is a number.", scan(1780000000))
    scans("worst-text", "A number as text is no number.", scan(worst="5.5"), where=[SCORED])
    scans("worst-high", "A score over the limit.", scan(worst=7), where=[SCORED])
    scans("worst-absent", "A scan without the score.", {**scan(), "scanner": {"result": {}}}, where=[SCORED])
    scans("fresh-scan", "A scan of yesterday, its time with an offset.", scan("2026-05-31T23:00:00.5+01:00"), "signed")

    def vexes(name, why, predicate, reason=failed):
        desk.both(name, why, desk.about(predicate, VEX), reason, predicate_type=VEX, where=[VEXED])

    vexes("vex-empty", "No statement of VEX is not a good one.", vex())
    vexes("vex-one-bad", "One of three is affected.", vex("fixed", "affected", "not_affected"))
    vexes("vex-no-array", "The statements are no array.", {**vex(), "statements": {"status": "fixed"}})
    vexes("vex-null", "A null among the statements.", {**vex("fixed"), "statements": [*vex("fixed")["statements"], None]})
    for version in ("v0.1", "v1"):
        desk.both(f"statement-{version}", f"A statement of version {version}.",
                  desk.about(provenance(), version=version), "signed", where=[BUILT, TAGGED])
    desk.both("no-predicate", "A statement without predicate.",
              {key: value for key, value in desk.about({}).items() if key != "predicate"}, failed, where=[BUILT])
    desk.both("path-over-text", "A path that leads through a text.", desk.about({"runDetails": "x"}), failed,
              where=[BUILT])
    desk.add("junk-beside", "Bad ones before and behind a good one hide nothing.",
             [desk.legacy(desk.about(provenance("x"))), legacy_attestation(b"junk", SLSA1),
              desk.bundle(desk.about(provenance())), desk.legacy(desk.about(provenance()), desk.stranger)],
             where=[BUILT])
    two = 'signed_by = { all_of = ["ci", "other"] }\n'
    other = '\n[signers.other]\ntype = "sigstore-key"\nkeys = ["other.pub"]\n'
    good = desk.about(provenance())
    desk.add("two-vouch", "Two signers vouch for one statement, in two envelopes.",
             [desk.legacy(good), desk.bundle(good, desk.stranger)], vouched=two, more=other, where=[BUILT])
    desk.add("two-vouch-apart", "Two signers vouch for statements that differ.",
             [desk.legacy(good), desk.bundle(desk.about(provenance(ref="x")), desk.stranger)],
             "attestation-unsigned", vouched=two, more=other, where=[BUILT])
    desk.add("alone", "Provenance that stands alone, without any signature.", [desk.bundle(good)], "attested",
             require='require = { attestation = "said" }', vouched=VOUCHED + "stands_alone = true\n",
             where=[BUILT], signed=False)
    image = desk.shop.image
    index = compact({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest_of(image), "size": len(image),
         "platform": {"os": "linux", "architecture": "amd64"}}]})
    desk.add("index", "The statement is about the index that lists the image.",
             [desk.legacy(desk.about(provenance(), digest=digest_of(index)))], where=[BUILT], index=index)
    desk.add("other-index", "The statement is about an index that nobody holds.",
             [desk.legacy(desk.about(provenance(), digest=digest_of(index)))], "attestation-unsigned",
             where=[BUILT])


def identities(desk):
    bench = Bench(desk.shop, desk.cases)
    try:
        by_identities(desk, bench)
    finally:
        bench.stop()


def by_identities(desk, bench):
    """With logs and time stamps, by real cosign."""
    predicate = desk.shop.work / "provenance.json"
    predicate.write_text(json.dumps(provenance()))
    what = ["--type", "slsaprovenance1", "--predicate", predicate]
    told = bench.folder / "trusted_root.json"
    witnessed = ('\n[signers.workflow]\ntype = "sigstore-keyless"\n'
                 f"transparency = {{ logs = 1, timestamps = 1 }}\n{IDENTITY}")

    def legacy_of(*who, stamped=True):
        stamp = ["--timestamp-server-url", bench.url + "/tsa/api/v1/timestamp"] if stamped else []
        repository = bench.cosign("25", *who, "--fulcio-url", bench.url + "/fulcio", "--rekor-url",
                                  bench.url + "/rekor", *what, *stamp, verb="attest")
        return Artifact.fetch(desk.shop.registry, repository, desk.shop.digest.replace(":", "-") + ".att",
                              "attestation")

    def bundle_of(config, *who):
        repository = bench.cosign("31", *who, "--signing-config", bench.folder / f"signing_config.{config}.json",
                                  "--trusted-root", told, *what, verb="attest")
        return desk.shop.bundle_of(repository, desk.shop.digest)

    def add(name, why, artifact, reason="signed"):
        desk.add(f"keyless-{name}", why, [artifact], reason, where=[BUILT], vouched='signed_by = "workflow"\n',
                 more=witnessed, now=rfc3339(now() + MINUTE), more_files={"trusted_root.json": told.read_bytes()})

    workflow, stranger = bench.identity(), bench.identity("dev@example.test", "https://accounts.example.test")
    good = legacy_of(*workflow)
    add("cosign25", "cosign 2.5, legacy form, log and time stamp.", good)
    add("cosign31-v1", "cosign 3.1, a bundle, log of the first generation.", bundle_of("v1", *workflow))
    add("cosign31-v2", "cosign 3.1, a bundle, log of the second generation.", bundle_of("v2", *workflow))
    add("cosign25-stranger", "Somebody else's, legacy form.", legacy_of(*stranger), "attestation-unsigned")
    add("cosign31-stranger", "Somebody else's, a bundle.", bundle_of("v1", *stranger), "attestation-unsigned")
    add("cosign25-unstamped", "No time stamp where one is asked for.", legacy_of(*workflow, stamped=False),
        "attestation-unsigned")
    other = good.copy()
    for key in ("bundle", "rfc3161timestamp"):
        moved = good.copy()
        moved.annotations[f"dev.sigstore.cosign/{key}"] = legacy_of(*workflow).annotations[f"dev.sigstore.cosign/{key}"]
        add(f"{key}-of-another", f"The {key} of another statement's signature.", moved, "attestation-unsigned")
    for name in ("certificate", "chain"):
        del other.annotations[f"dev.sigstore.cosign/{name}"]
    add("no-certificate", "The certificate was taken away.", other, "attestation-unsigned")


def attest(shop, cases):
    desk = Desk(shop, cases)
    for part in (real, forged, exchanged, said, identities):
        part(desk)
