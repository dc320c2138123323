#!/usr/bin/env python3
"""One trust policy, two judges: agree_policies.py ASSAY. Real `notation verify`
and `assay verify` read the same folder and end alike for every level, override
and kind of signature, except where assay-policy(5) says that Assay is stricter."""

import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from oracle import load_generate, notation_verifies, push  # first: it knows where the others are

import envelopes
from chains import DAY, Authority, der, now, pem
from envelopes import SCHEME
from notation import MINUTE
from notation_policy import ACME, PolicyBench, document, statement
from strictness import POLICIES
from vector_tools import Cases

ASSAY = sys.argv[1]
TYPES = ("authenticity", "authenticTimestamp", "expiry")
ACCEPTED = 0
# What Assay says of a policy that it does not take.
NOT_TAKEN = ("policy-malformed", "policy-unsupported", "policy-key-unreadable", "certificate-malformed",
             "certificate-profile")
Trial = collections.namedtuple("Trial", "name reference files key", defaults=(None,))


# The images that a check is about, and those it must not change.
ABOUT = {
    "authenticity": ("stranger", "other subject", "no subject", "forged"),
    "authenticTimestamp": ("old leaf", "old leaf, expired", "stamped, then old", "stamped too late", "junk stamp",
                           "vouched before the leaf"),
    "expiry": ("expired", "old leaf, expired", "none"),
}


def levels():
    """Each level, and each with one of its checks turned round, which is the
    second one yielded."""
    enforced = {"strict": TYPES, "permissive": TYPES[:1], "audit": ()}
    for level, strict in enforced.items():
        yield {"level": level}, None
        for one in TYPES:
            yield {"level": level, "override": {one: "log" if one in strict else "enforce"}}, one


class Trials:
    """Images in the registry, and what is judged about them."""

    def __init__(self, shop, work):
        self.shop, self.work, self.all = shop, work, []
        self.bench = PolicyBench(shop, Cases(shop.image, folder=work / "none"))
        acme = self.bench.authority.root.certificate
        self.stores = {"ca/acme": [acme], "signingAuthority/acme": [acme], "tsa/stamps": [self.bench.tsa.root]}

    def image(self, *artifacts):
        folder = self.work / f"image-{self.shop.fresh}"
        for number, artifact in enumerate(artifacts):
            artifact.write(folder / "artifacts" / f"{number}-referrer")
        return push(self.shop, folder)

    def add(self, name, reference, text, stores=None, key=None, **files):
        """`text` is the document; `files` stand beside it, dots for slashes."""
        found = {"trustpolicy.json": text}
        for store, certificates in (stores or self.stores).items():
            found[f"truststore/x509/{store}/root.pem"] = b"".join(pem(one) for one in certificates)
        self.all.append(Trial(name, reference, {**found, **files}, key))


def signatures(trials):
    """Images by what is right or wrong with their signature."""
    bench, month = trials.bench, 30 * DAY
    leaf, other = bench.authority.leaf, Authority()
    passing = leaf(start=now() - DAY, end=now() + DAY / 86400 * 4)
    made = {
        "good": bench.jws(),
        "cose": bench.cose(),
        "stranger": bench.jws(by=other.leaf()),
        "other subject": bench.cose(by=leaf("C=US,ST=WA,O=Other,CN=release")),
        "no subject": bench.jws(by=leaf("C=US,O=Acme")),
        "expired": bench.jws(time=now() - DAY, expiry=now()),
        "old leaf": bench.jws(by=leaf(end=now() - MINUTE)),
        "old leaf, expired": bench.cose(by=leaf(end=now() - MINUTE), time=now() - DAY, expiry=now()),
        "stamped": bench.jws(stamp=bench.tsa.token),
        "stamped, then old": bench.jws(by=passing, stamp=bench.tsa.token),
        "stamped too late": bench.jws(by=leaf(end=now() - MINUTE), stamp=bench.tsa.token),
        "junk stamp": bench.jws(stamp=lambda _: b"junk"),
        "vouched": bench.cose(scheme=envelopes.AUTHORITY),
        "vouched before the leaf": bench.jws(scheme=envelopes.AUTHORITY, time=now() - month),
        "forged": bench.jws(key=other.leaf().key),
        "unknown critical scheme": bench.jws(scheme="notary.other", extra={envelopes.SIGNED_AT: now()}),
        "plugin": bench.jws(extra={envelopes.PLUGIN: "com.example.plugin"}, critical=[SCHEME, envelopes.PLUGIN]),
    }
    images = {name: trials.image(one) for name, one in made.items()}
    images["none"] = trials.image()
    images["stranger and good"] = trials.image(made["stranger"], made["good"])
    return images


# What is trusted, and which images it matters for besides the good one.
TRUSTED = {
    "ca": ({"stores": ("ca:acme",)}, None),
    "always": ({"stores": ("ca:acme", "tsa:stamps")},
               ("good", "old leaf", "stamped", "stamped, then old", "stamped too late", "junk stamp")),
    "after": ({"stores": ("ca:acme", "tsa:stamps"), "when": "afterCertExpiry"},
              ("good", "old leaf", "stamped, then old", "stamped too late", "junk stamp")),
    "authority": ({"stores": ("signingAuthority:acme",)}, ("good", "vouched", "vouched before the leaf", "stranger")),
}


def matrix(trials, images):
    for level, turned in levels():
        for trusted, (how, names) in TRUSTED.items():
            for name in names or images:
                if turned and name not in ABOUT[turned]:
                    continue
                trials.add(f"{name} under {trusted}, {level}", images[name], document(statement(**level, **how)))
    for name in ("good", "stranger", "none", "forged"):
        reference = images[name]
        repository = reference.split("@")[0]
        trials.add(f"{name}, skipped", reference, document(statement("skip", scopes=(repository,))))
        named = statement(name="named", scopes=(repository,))
        trials.add(f"{name}, named beside audit", reference, document(statement("audit"), named))
        trials.add(f"{name}, audited beside all", reference,
                   document(statement("audit", scopes=(repository,)), statement(name="all")))
        for other in ("x", "/x"):
            skip = statement("skip", "other", (repository + other,))
            trials.add(f"{name}, {other} skipped", reference, document(skip))
            trials.add(f"{name}, {other} skipped, others not", reference, document(skip, statement()))
    for identities in ((ACME,), ("*",), ("x509.subject: C=US,ST=WA,O=Other",), ("example.key: x",),
                       ("example.key: x", ACME), ("x509.subject:CN=release , O=Acme,S=WA,C=US",),
                       ("x509.subject: C=US,ST=WA,O=acme",), ("x509.subject: C=US,ST=WA,O=Ac\\6de",)):
        for name in ("good", "no subject"):
            trials.add(f"{name} of {identities}", images[name], document(statement(identities=identities)))


def changed(change):
    """The document of one strict statement, edited."""
    made = json.loads(document(statement()))
    change(made, made["trustPolicies"][0])
    return json.dumps(made).encode()


def documents(trials, reference):
    """Documents and stores that are not as they must be, or almost not."""
    def bad(name, change, key=None):
        trials.add(f"document, {name}", reference, changed(change), key=key)

    def verification(name, key=None, **members):
        bad(name, lambda _, one: one["signatureVerification"].update(members), key)

    plain = document(statement())
    trials.add("document, none at all", reference, b"")
    trials.add("document, twice", reference, plain.replace(b'"version": "1.0"', b'"version": "2.0", "version": "1.0"'),
               key="member")
    trials.add("document, something behind", reference, plain + b"{}", key="behind")
    bad("no version", lambda all_, _: all_.pop("version"))
    bad("version 2.0", lambda all_, _: all_.update(version="2.0"))
    bad("unknown member", lambda all_, _: all_.update(note="x"), "member")
    bad("no statement", lambda all_, _: all_.update(trustPolicies=[]))
    bad("no name", lambda _, one: one.pop("name"))
    bad("unknown member of a statement", lambda _, one: one.update(note="x"), "member")
    bad("null", lambda _, one: one["signatureVerification"].update(override=None), "null")
    bad("one name twice", lambda all_, one: all_["trustPolicies"].append({**one, "registryScopes": ["a.test/b"]}))
    bad("two for all", lambda all_, one: all_["trustPolicies"].append({**one, "name": "other"}))
    bad("no scope", lambda _, one: one.update(registryScopes=[]))
    repository = reference.split("@")[0]
    for scope, key in (("registry.example.com/*", None), ("registry.example.com", None), ("https://a.test/b", None),
                       ("a.test/b:1", None), ("a.test/B", None), ("docker.io/alpine", "scope"), ("A.test/b", "scope"),
                       ("hub/b", "scope")):
        bad(f"scope {scope}", lambda _, one, scope=scope: one.update(registryScopes=[repository, scope]), key)
    bad("all and one", lambda _, one: one.update(registryScopes=["*", repository]))
    bad("one scope twice", lambda _, one: one.update(registryScopes=[repository, repository]))
    trials.add("document, all skipped", reference, document(statement("skip")), key="skip-all")
    bad("skip that trusts", lambda _, one: one.update(signatureVerification={"level": "skip"}))
    verification("level in capitals", level="Strict")
    verification("unknown level", level="careful")
    verification("unknown time", verifyTimestamp="never")
    verification("integrity overridden", override={"integrity": "log"})
    verification("expiry skipped", override={"expiry": "skip"})
    verification("unknown check", override={"times": "log"})
    verification("unknown action", override={"expiry": "warn"})
    verification("no override", override={})
    bad("no store", lambda _, one: one.update(trustStores=[]))
    bad("no identity", lambda _, one: one.update(trustedIdentities=[]))
    for store, key in (("acme", None), ("CA:acme", None), ("ca:a/b", None), ("ca:", None), ("ca:gone", None)):
        bad(f"store {store}", lambda _, one, store=store: one.update(trustStores=[store]), key)
    bad("store ..", lambda _, one: one.update(trustStores=["ca:acme", "ca:.."]))
    for identities in (["*", ACME], ["x509.subject:"], ["anybody"], ["x509.subject: C=US,ST=WA"],
                       ["x509.subject: c=US,ST=WA,O=Acme"], [ACME, ACME + ",CN=release"], [ACME + ",O=Other"],
                       [ACME + "+OU=x"], ["x509.subject: C=US,ST=WA,O=#0401"], [""]):
        bad(f"identities {identities}", lambda _, one, identities=identities: one.update(trustedIdentities=identities))
    bad("identity of another type", lambda _, one: one.update(
        trustedIdentities=[ACME, "x509.subject: C=US,ST=WA,O=Other,DC=x"]), "type")


def stores(trials, reference):
    bench = trials.bench
    acme, plain = bench.authority.root.certificate, document(statement())
    leaf = bench.authority.leaf().certificate

    def bad(name, key=None, text=plain, **certificates):
        trials.add(f"store, {name}", reference, text,
                   {one.replace("__", "/"): value for one, value in certificates.items()}, key)

    bad("a leaf beside", ca__acme=[acme, leaf])
    bad("an authority for time stamps", text=document(statement("audit", stores=("ca:acme", "tsa:stamps"))),
        ca__acme=[acme], tsa__stamps=[bench.authority.intermediate.certificate], key="other-store")
    bad("that of another statement", "other-store", document(statement(), statement(
        name="other", scopes=("a.test/b",), stores=("ca:gone",))), ca__acme=[acme])
    empty = {"truststore/x509/ca/acme/root.pem": b"# nothing\n"}
    trials.add("store, nothing in a file", reference, plain, {}, **empty)
    two = {"truststore/x509/ca/acme/root.der": der(acme) + der(bench.authority.intermediate.certificate)}
    trials.add("store, two in DER", reference, plain, {}, key="der", **two)
    trials.add("store, one in DER", reference, plain, {}, **{"truststore/x509/ca/acme/root.der": der(acme)})
    trials.add("store, a folder in it", reference, plain,
               **{"truststore/x509/ca/acme/more/root.pem": pem(acme)})
    trials.add("store, a link in it", reference, plain,
               **{"truststore/x509/ca/acme/more.pem": pathlib.Path("root.pem")})
    trials.add("store, a link to it", reference, document(statement(stores=("ca:link",))),
               **{"truststore/x509/ca/link": pathlib.Path("acme")})
    trials.add("document, a link", reference, b"", **{"trustpolicy.json": pathlib.Path("elsewhere.json"),
                                                      "elsewhere.json": plain})


def assay_verifies(reference, home, host):
    """Whether it does under the folder that notation reads, and its reason."""
    root = home / "root"
    (root / "etc/assay/policy.d").mkdir(parents=True)
    (root / "etc/assay/policy.d/p.toml").write_text(
        f'version = 1\n[[rule]]\nscope = "{host}/**"\nrequire = "n"\n'
        f'[signers.n]\ntype = "notation-policy"\npolicy = "{home}/notation"\n')
    hosts = root / "certs.d" / host
    hosts.mkdir(parents=True)
    (hosts / "hosts.toml").write_text(f'server = "http://{host}"\n')
    (root / "etc/assay/assayd.toml").write_text(f'[registry]\nhosts_dirs = ["{root}/certs.d"]\n')
    done = subprocess.run([ASSAY, "verify", "--root", root, "--json", reference], capture_output=True, text=True)
    return done.returncode == ACCEPTED, done.stdout + done.stderr


def write(files, home):
    for path, data in files.items():
        where = home / "notation" / path
        where.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, pathlib.Path):
            where.symlink_to(data)
        else:
            where.write_bytes(data)


def judge(trial, home, host):
    """What is wrong with the two verdicts, or None."""
    write(trial.files, home)
    theirs, they_say = notation_verifies(trial.reference, home)
    ours, we_say = assay_verifies(trial.reference, home, host)
    if ours == theirs:
        return f"{trial.name}: no longer stricter" if trial.key else None
    if trial.key and theirs and any(f'"{one}"' in we_say for one in NOT_TAKEN):
        return None
    return f"{trial.name}: notation {theirs}, {they_say}\n  Assay {ours}, {we_say}"


def run(trials, host):
    """Every trial, two at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda one: judge(one[1], trials.work / f"home-{one[0]}", host), enumerate(trials.all)))


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        (work / "none").mkdir()
        shop = load_generate().Workshop(work)
        try:
            trials = Trials(shop, work)
            began = time.monotonic()
            images = signatures(trials)
            matrix(trials, images)
            documents(trials, images["good"])
            stores(trials, images["good"])
            time.sleep(max(0, 5 - (time.monotonic() - began)))  # until the passing leaf is over
            problems = [one for one in run(trials, shop.registry.host) if one]
            trials.bench.stop()
        finally:
            shop.registry.close()
    keys = {trial.key for trial in trials.all if trial.key}
    problems += [f"{key}: no trial shows it" for key in POLICIES.keys() ^ keys]
    print("\n".join(problems))
    print(f"{len(trials.all)} trials, {len(keys)} ways in which Assay is stricter")
    sys.exit(1 if problems else 0)


main()
