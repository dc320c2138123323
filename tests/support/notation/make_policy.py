#!/usr/bin/env python3
"""make_policy.py REGISTRY PATH LEVEL...: a trust policy with a statement for each
repository, which trusts the store ca:acme."""

import json
import sys


def statement(registry, path, level):
    made = {"name": path, "registryScopes": [f"{registry}/{path}"], "signatureVerification": {"level": level}}
    trusted = {"trustStores": ["ca:acme"], "trustedIdentities": ["x509.subject: C=US, ST=WA, O=Acme"]}
    return made if level == "skip" else made | trusted


def main():
    registry, *pairs = sys.argv[1:]
    statements = [statement(registry, *pair) for pair in zip(pairs[::2], pairs[1::2], strict=True)]
    print(json.dumps({"version": "1.0", "trustPolicies": statements}, indent=1))


main()
