#!/usr/bin/env python3
"""make_signer.py FOLDER SUBJECT KIND [SECONDS]: an authority and a signer of it,
which lives that long, as the files key.pem, chain.pem and root.pem, and notation's
own configuration."""

import datetime
import json
import pathlib
import sys

from chains import Authority, key_pem, now, pem


def write_signer(folder, root, signer, stores=None):
    """notation's configuration for a signer below `root`; of `stores`, by kind,
    each is a certificate that it trusts besides."""
    home = folder / "notation"
    home.mkdir(parents=True)
    (folder / "root.pem").write_bytes(pem(root.certificate))
    (home / "key.pem").write_bytes(key_pem(signer.key))
    (home / "chain.pem").write_bytes(b"".join(pem(one) for one in signer.chain))
    (home / "signingkeys.json").write_text(json.dumps({"default": "signer", "keys": [
        {"name": "signer", "keyPath": str(home / "key.pem"), "certPath": str(home / "chain.pem")}]}))
    for kind, certificate in {"ca": root.certificate, **(stores or {})}.items():
        store = home / f"truststore/x509/{kind}/test"
        store.mkdir(parents=True)
        (store / "root.pem").write_bytes(pem(certificate))
    (home / "trustpolicy.json").write_text(json.dumps({"version": "1.0", "trustPolicies": [{
        "name": "test", "registryScopes": ["*"], "signatureVerification": {"level": "strict"},
        "trustStores": ["ca:test"], "trustedIdentities": ["*"]}]}))


def main():
    folder, subject, kind = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    authority = Authority(kind=kind if kind.startswith("p") else "p256")
    life = datetime.timedelta(seconds=int(sys.argv[4])) if sys.argv[4:] else None
    write_signer(folder, authority.root, authority.leaf(subject, kind, end=life and now() + life))


if __name__ == "__main__":
    main()
