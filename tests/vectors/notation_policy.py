"""Imported trust policies of the Notary Project, and signatures of AWS Signer."""

import json

from notation import MINUTE, Bench  # first: it knows where the others are

import envelopes
from chains import DAY, Authority, now, pem
from envelopes import PLUGIN, SCHEME
from vector_tools import NAME, OCI_MANIFEST, descriptor

ACME = "x509.subject: C=US, ST=WA, O=Acme"
OTHER = "registry.example.com/other/app"
AWS = "com.amazonaws.signer.notation.plugin"
AWS_PROFILE = "com.amazonaws.signer.signingProfileVersion"
AWS_JOB = "com.amazonaws.signer.signingJob"
PLUGIN_VERSION = "io.cncf.notary.verificationPluginMinVersion"
PROFILE = "arn:aws:signer:us-west-2:111122223333:/signing-profiles/release"
VERSION = PROFILE + "/abcdef1234"
JOB = "arn:aws:signer:us-west-2:111122223333:/signing-jobs/00000000-0000-0000-0000-000000000000"


def statement(level="strict", name="test", scopes=("*",), stores=("ca:acme",), identities=(ACME,), override=None,
              when=None):
    """One statement of a trust policy; `level` "skip" trusts nobody."""
    verification = {"level": level}
    if override:
        verification["override"] = override
    if when:
        verification["verifyTimestamp"] = when
    made = {"name": name, "registryScopes": list(scopes), "signatureVerification": verification}
    if level != "skip":
        made |= {"trustStores": list(stores), "trustedIdentities": list(identities)}
    return made


def document(*statements):
    return json.dumps({"version": "1.0", "trustPolicies": list(statements)}, indent=1).encode()


class PolicyBench(Bench):
    """Cases of one authority under trust policies."""

    def judge(self, name, why, artifacts, reason="signed", statements=None, stores=None, later=MINUTE, folder="",
              **how):
        """A case whose signer is a trust policy of `statements`, or of one that
        is made of `how`."""
        root = [self.authority.root.certificate]
        files = {"trustpolicy.json": document(*(statements or [statement(**how)]))}
        for store, certificates in {"ca/acme": root, **(stores or {})}.items():
            files[f"truststore/x509/{store}/root.pem"] = b"".join(pem(one) for one in certificates)
        if folder:
            files = {f"{folder}/{path}": data for path, data in files.items()}
        self.cases.add(f"imported-{name}", why, None, artifacts, reason, kind="notation-policy", files=files,
                       signer=f'policy = "{folder or "trustpolicy.json"}"\n',
                       now=(now() + later).strftime("%Y-%m-%dT%H:%M:%SZ"))


def levels(bench):
    judge, good = bench.judge, bench.jws()
    judge("strict", "All is as the strict level asks for.", [good])
    judge("folder", "The policy names notation's own folder.", [good], folder="notation")
    judge("by-notation", "Signed by notation 1.3.", [bench.notation(bench.leaf, "cose")])
    stranger = bench.cose(by=Authority().leaf())
    judge("strict-stranger", "Another authority's.", [stranger], "certificate-untrusted")
    judge("audit-stranger", "The same, which the audit level only notes.", [stranger], level="audit")
    judge("permissive-stranger", "The permissive level does not.", [stranger], "certificate-untrusted",
          level="permissive")
    judge("override-stranger", "An override does.", [stranger], override={"authenticity": "log"})
    judge("audit-override-stranger", "An override of the audit level enforces it again.", [stranger],
          "certificate-untrusted", level="audit", override={"authenticity": "enforce"})
    other = ("x509.subject: C=US, ST=WA, O=Other",)
    judge("strict-identity", "Another subject.", [good], "identity-mismatch", identities=other)
    judge("audit-identity", "The same, which the audit level only notes.", [good], level="audit", identities=other)
    judge("plugin-identity", "The only identity is one that a plugin would know.", [good], "identity-mismatch",
          identities=("example.key: release",))
    judge("plugin-identity-beside", "The same beside one that is known here.", [good],
          identities=("example.key: release", ACME))
    over = bench.jws(time=now() - DAY, expiry=now())
    judge("strict-expired", "The signature's time is over.", [over], "signature-expired")
    judge("permissive-expired", "The same, which the permissive level only notes.", [over], level="permissive")
    judge("override-expired", "An override of the permissive level enforces it again.", [over], "signature-expired",
          level="permissive", override={"expiry": "enforce"})
    old = bench.jws(by=bench.authority.leaf(end=now() - MINUTE))
    judge("strict-old", "The leaf is over.", [old], "certificate-expired")
    judge("permissive-old", "The same, which the permissive level only notes.", [old], level="permissive")
    judge("override-old", "An override of the audit level enforces it again.", [old], "certificate-expired",
          level="audit", override={"authenticTimestamp": "enforce"})
    judge("audit-unsigned", "The audit level asks for a signature.", [], "no-signature", level="audit")
    forged = bench.jws(key=Authority().leaf().key)
    judge("audit-forged", "The audit level does not let a forged signature pass.", [forged], "signature-invalid",
          level="audit")
    swapped = bench.jws(payload=envelopes.target(descriptor(OCI_MANIFEST, b"{}")))
    judge("audit-other-image", "Nor one of another image.", [swapped], "signature-other-image", level="audit")
    unknown = bench.jws(extra={"com.example.rule": "x"}, critical=[SCHEME, "com.example.rule"])
    judge("audit-unknown-critical", "Nor one with a critical header that nobody knows.", [unknown],
          "envelope-critical", level="audit")


def scopes(bench):
    judge, good = bench.judge, bench.jws()
    judge("no-statement", "No statement is about the repository.", [good], "no-statement", scopes=(OTHER,))
    strict, audit = statement(scopes=(NAME,)), statement("audit", "rest")
    stranger = bench.jws(by=Authority().leaf())
    judge("exact-first", "The statement that names the repository judges, not that of all.", [stranger],
          "certificate-untrusted", [audit, strict])
    judge("others-rest", "The repository is not named, so that of all judges.", [stranger],
          statements=[statement(scopes=(OTHER,)), audit])
    judge("scope-prefix", "A repository is not below another one.", [good], "no-statement",
          scopes=(NAME.rsplit("/", 1)[0],))
    skip = statement("skip", "open", (NAME,))
    judge("skip", "The repository is let pass unsigned.", [], "allowed-by-rule", [skip, statement()])
    judge("skip-signed", "The same where there is a stranger's signature.", [stranger], "allowed-by-rule",
          [skip, statement()])
    judge("skip-elsewhere", "Only another repository is let pass unsigned.", [], "no-signature",
          [statement("skip", "open", (OTHER,)), statement()])


def stores(bench):
    judge = bench.judge
    vouched = bench.cose(scheme=envelopes.AUTHORITY)
    root = [bench.authority.root.certificate]
    judge("authority", "A signing authority vouches for the time.", [vouched],
          stores={"signingAuthority/acme": root}, statements=[statement(stores=("signingAuthority:acme",))])
    judge("authority-masquerade", "Its authority is trusted for the other scheme alone.", [vouched],
          "certificate-untrusted", stores={"signingAuthority/acme": root})
    judge("authority-masquerade-back", "And the other way round.", [bench.jws()], "certificate-untrusted",
          stores={"signingAuthority/acme": root}, statements=[statement(stores=("signingAuthority:acme",))])
    tsa = {"tsa/stamps": [bench.tsa.root]}
    judge("stamps-are-no-signers", "A root of time stamps vouches for no signature.", [bench.jws()],
          "certificate-untrusted", stores={"tsa/stamps": root, "ca/acme": [Authority().root.certificate]},
          statements=[statement(stores=("ca:acme", "tsa:stamps"))])
    both = ("ca:acme", "tsa:stamps")
    stamped = bench.jws(stamp=bench.tsa.token)
    judge("stamped", "A time stamp over the signature.", [stamped], stores=tsa, statements=[statement(stores=both)])
    judge("unstamped", "Time stamps are asked for always.", [bench.jws()], "time-unproven", stores=tsa,
          statements=[statement(stores=both)])
    judge("unstamped-after", "They are asked for when certificates are over.", [bench.jws()], stores=tsa,
          statements=[statement(stores=both, when="afterCertExpiry")])
    judge("unstamped-noted", "The audit level only notes it.", [bench.jws()], stores=tsa,
          statements=[statement("audit", stores=both)])
    month = 30 * DAY
    passing = bench.authority.leaf(start=now() - DAY, end=now() + 5 * MINUTE)
    judge("outlives", "The leaf is over, the time stamp proves that it was not.",
          [bench.jws(by=passing, stamp=bench.tsa.token)], stores=tsa,
          statements=[statement(stores=both, when="afterCertExpiry")], later=month)
    judge("two-stores", "The second of two stores holds the root.", [bench.jws()],
          stores={"ca/other": [Authority().root.certificate]},
          statements=[statement(stores=("ca:other", "ca:acme"))])


def imported(shop, cases):
    bench = PolicyBench(shop, cases)
    for part in (levels, scopes, stores):
        part(bench)
    bench.stop()


NATIVE = 'signing_authorities = "root.pem"\nidentities = "' + PROFILE + '"\n'


def aws_headers(version=VERSION, job=JOB, plugin=AWS, least="1.0.0", without=(), **more):
    """What AWS Signer says in the protected header, all of it critical."""
    extra = {PLUGIN: plugin, PLUGIN_VERSION: least, AWS_PROFILE: version, AWS_JOB: job, **more}
    extra = {key: value for key, value in extra.items() if value}
    critical = [SCHEME, envelopes.AUTHENTIC_AT, *(key for key in extra if key not in without)]
    return {"scheme": envelopes.AUTHORITY, "extra": extra, "critical": critical}


class AwsBench(PolicyBench):
    """A root, an intermediate and a leaf of P-384, as AWS Signer's are."""

    def __init__(self, shop, cases):
        super().__init__(shop, cases)
        self.authority = Authority("C=US,ST=WA,O=Amazon", "p384")
        self.leaf = self.authority.leaf("C=US,ST=WA,O=Amazon,CN=AWS Signer", "p384")

    def imports(self, name, why, artifacts, reason="signed", level="strict", identities=(PROFILE,), override=None):
        root = [self.authority.root.certificate]
        made = statement(level, stores=("signingAuthority:aws",), identities=identities, override=override)
        self.cases.add(f"aws-imported-{name}", why, None, artifacts, reason, kind="notation-policy",
                       files={"trustpolicy.json": document(made),
                              "truststore/x509/signingAuthority/aws/root.pem": pem(root[0])},
                       signer='policy = "trustpolicy.json"\n',
                       now=(now() + MINUTE).strftime("%Y-%m-%dT%H:%M:%SZ"))


def aws(shop, cases):
    bench = AwsBench(shop, cases)
    good = bench.jws(**aws_headers())
    skip = {"override": {"revocation": "skip"}}
    add = bench.imports
    add("profile", "A signature of AWS Signer, by its profile.", [good], **skip)
    add("cose", "The same in COSE.", [bench.cose(**aws_headers())], **skip)
    add("noted", "Revocation is only noted.", [good], level="permissive")
    add("version", "By its profile's version, in other letters.", [good],
        identities=(VERSION.replace("release", "Release"),), **skip)
    add("revocation", "Only AWS could tell about revocation.", [good], "plugin-unsupported")
    add("anybody", "The plugin wants a profile by name.", [good], "plugin-unsupported", identities=("*",), **skip)
    add("subject", "It is not the certificate's subject that counts.", [good], "plugin-unsupported",
        identities=("x509.subject: C=US, ST=WA, O=Amazon",), **skip)
    add("other-profile", "Another profile.", [good], "identity-mismatch", identities=(PROFILE + "2",), **skip)
    add("other-version", "Another version of the profile.", [good], "identity-mismatch",
        identities=(PROFILE + "/other",), **skip)
    add("audit-other", "The same, which the audit level only notes.", [good], level="audit",
        identities=(PROFILE + "/other",))
    add("no-plugin", "No plugin is asked for, so no profile counts.", [bench.jws(scheme=envelopes.AUTHORITY)],
        "identity-mismatch", **skip)

    def broken(name, why, reason, **how):
        add(name, why, [bench.jws(**aws_headers(**how))], reason, **skip)

    broken("uncritical", "The profile's header is not critical.", "envelope-critical", without=(AWS_PROFILE,))
    broken("no-job", "The job's header is not there.", "envelope-critical", job="")
    broken("profile-alone", "The header names a profile without version.", "envelope-malformed", version=PROFILE)
    broken("junk-profile", "The header names no profile.", "envelope-malformed", version="release")
    broken("newer-plugin", "It asks for a plugin to come.", "plugin-unsupported", least="2.0.0")
    broken("other-plugin", "Another plugin's.", "plugin-unsupported", plugin="com.example.plugin")
    broken("more-critical", "The plugin must understand what nobody here does.", "plugin-unsupported",
           **{"com.amazonaws.signer.signingProfileAlias": "x"})
    wrong = aws_headers()
    wrong["scheme"], wrong["critical"] = envelopes.X509, [one for one in wrong["critical"]
                                                          if one != envelopes.AUTHENTIC_AT]
    made = statement(stores=("ca:aws",), identities=(PROFILE,), override={"revocation": "skip"})
    bench.cases.add("aws-imported-plain-scheme", "AWS Signer signs as a signing authority.", None,
                    [bench.jws(**wrong)], "envelope-malformed", kind="notation-policy",
                    files={"trustpolicy.json": document(made),
                           "truststore/x509/ca/aws/root.pem": pem(bench.authority.root.certificate)},
                    signer='policy = "trustpolicy.json"\n', now=(now() + MINUTE).strftime("%Y-%m-%dT%H:%M:%SZ"))
    bench.cases.add("aws-native", "By its profile, where nobody asks about revocation.", None, [good], kind="notation",
                    signer=NATIVE + 'revocation = "off"\n',
                    files={"root.pem": pem(bench.authority.root.certificate)},
                    now=(now() + MINUTE).strftime("%Y-%m-%dT%H:%M:%SZ"))
    bench.cases.add("aws-native-revocation", "Only AWS could tell about revocation.", None, [good],
                    "plugin-unsupported", kind="notation", signer=NATIVE,
                    files={"root.pem": pem(bench.authority.root.certificate)},
                    now=(now() + MINUTE).strftime("%Y-%m-%dT%H:%M:%SZ"))
    bench.stop()
