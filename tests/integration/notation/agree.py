#!/usr/bin/env python3
"""Real notation judges every case of tests/vectors/notation.py, made anew. Its
verdict is the case's own, or the case is in STRICTER, and what the manual says
about those is what there is."""

import json
import pathlib
import sys
import tempfile
import tomllib

from oracle import load_generate, notation_verifies, push  # first: it knows where the others are

from strictness import SIGNATURES
from vector_tools import Cases

# What notation accepts and we refuse, by how the manual lists it.
STRICTER = {
    "jws-unknown-critical": "unknown-critical",
    "cose-unknown-critical": "unknown-critical",
    "cose-critical-twice": "critical-list",
    "cose-critical-number": "critical-list",
    "jws-authentic-future": "future",
    "cose-authentic-future": "future",
    "jws-duplicate-header": "duplicate",
    "payload-duplicate": "duplicate",
    "jws-extra-member": "unknown-member",
    "jws-signatures": "unknown-member",
    "jws-header-extra": "unknown-member",
    "payload-extra-member": "unknown-member",
    "cose-two-times": "two-times",
    "cose-float-time": "float-time",
    "jws-salt-20": "salt",
    "jws-salt-222": "salt",
    "chain-purpose-any": "any-purpose",
    "chain-issuer-uncritical": "uncritical-authority",
    "cose-protected-chain": "protected-chain",
    "identity-several": "several-attributes",
}
# Of the time to come, which notation cannot be told.
LATER = ("real-expired", "stamp-outlives", "stamp-outlives-after", "stamp-over-without", "stamp-over-unasked")


def configure(folder, home):
    """notation's trust store and policy for the case's signer."""
    signer = tomllib.loads((folder / "signer.toml").read_text())
    stores = {"trust_store": "ca", "signing_authorities": "signingAuthority", "timestamp_authorities": "tsa"}
    named = []
    for key, kind in stores.items():
        if key not in signer:
            continue
        store = home / f"notation/truststore/x509/{kind}/test"
        store.mkdir(parents=True)
        (store / "store.pem").write_bytes((folder / signer[key]).read_bytes())
        named.append(f"{kind}:test")
    identities = signer["identities"]
    texts = identities if isinstance(identities, list) else [identities]
    after = signer.get("verify_timestamp") == "after-expiry"
    (home / "notation/trustpolicy.json").write_text(json.dumps({"version": "1.0", "trustPolicies": [{
        "name": "test", "registryScopes": ["*"], "trustStores": named,
        "signatureVerification": {"level": "strict", "verifyTimestamp": "afterCertExpiry" if after else "always"},
        "trustedIdentities": [one if one == "*" else f"x509.subject: {one}" for one in texts]}]}))


def compare(shop, folder, home, problems):
    name, ending = folder.name.removeprefix("notation-").rsplit("-", 1)
    if name in LATER:
        return False
    configure(folder, home)
    accepted, said = notation_verifies(push(shop, folder), home)
    ours = ending == "allow"
    if accepted == ours and name in STRICTER:
        problems.append(f"{name}: notation refuses it, too: it is no longer a difference")
    elif accepted != ours and (ours or name not in STRICTER):
        problems.append(f"{name}: ours {ending}, notation {'accepts' if accepted else 'refuses'}: {said}")
    return True


def main():
    problems, judged = [], 0
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        cases, shop = work / "cases", load_generate().Workshop(work)
        cases.mkdir()
        try:
            from notation import notation
            notation(shop, Cases(shop.image, folder=cases))
            for number, folder in enumerate(sorted(cases.iterdir())):
                judged += compare(shop, folder, work / f"home-{number}", problems)
        finally:
            shop.registry.close()
    problems += [f"{key}: no case shows it" for key in SIGNATURES.keys() ^ set(STRICTER.values())]
    print("\n".join(problems))
    print(f"{judged} cases judged by notation, {len(STRICTER)} where we are stricter")
    sys.exit(1 if problems or judged < 100 else 0)


main()
