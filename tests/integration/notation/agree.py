#!/usr/bin/env python3
"""Real notation judges every case of tests/vectors/notation.py, made anew. Its
verdict is the case's own, or the case is in STRICTER, and what the manual says
about those is what there is."""

import importlib.machinery
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import tomllib

TESTS = pathlib.Path(__file__).resolve().parents[2]
VECTORS = TESTS / "vectors"
sys.path[:0] = [str(VECTORS), str(TESTS / "support/notation")]

from strictness import SIGNATURES  # noqa: E402
from vector_tools import OCI_INDEX, OCI_MANIFEST, PEERS, Cases, compact, descriptor  # noqa: E402

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


def load_generate():
    loader = importlib.machinery.SourceFileLoader("generate", str(VECTORS / "generate"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("generate", loader))
    loader.exec_module(module)
    return module


def push(shop, folder):
    """The case's image with its artifacts behind the fallback tag."""
    repository, registry = shop.repository(), shop.registry
    registry.push_blob(repository, b"{}")
    entries = []
    for artifact in sorted((folder / "artifacts").iterdir()):
        manifest = json.loads((artifact / "manifest.json").read_text())
        for layer in manifest["layers"]:
            registry.push_blob(repository, (artifact / layer["digest"][7:]).read_bytes())
        data = compact(manifest)
        entry = descriptor(OCI_MANIFEST, data, artifactType=manifest.get("artifactType")
                           or manifest["config"]["mediaType"])
        registry.push_manifest(repository, entry["digest"], data)
        entries.append(entry)
    index = compact({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries})
    registry.push_manifest(repository, shop.digest.replace(":", "-"), index, OCI_INDEX)
    return f"{registry.host}/{repository}@{shop.digest}"


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


def accepts(shop, folder, home):
    configure(folder, home)
    done = subprocess.run(
        [PEERS / "notation/usr/bin/notation", "verify", "--insecure-registry", push(shop, folder)],
        capture_output=True, env={**os.environ, "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home),
                                  "HOME": str(home)})
    return done.returncode == 0, done.stderr.decode()


def compare(shop, folder, home, problems):
    name, ending = folder.name.removeprefix("notation-").rsplit("-", 1)
    if name in LATER:
        return False
    accepted, said = accepts(shop, folder, home)
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
