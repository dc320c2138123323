#!/usr/bin/env python3
"""Holds the documents against the product: documents.py ASSAY SOURCE.

The refusal that opens the README has the shape, id, sentence and remedy of a
real one; every policy shown in a document or shipped as an example is read as
doctor reads the one in force; every relative link and every program named leads
somewhere.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ASSAY, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
DOCUMENTS = ["README.md", "SECURITY.md", "CONTRIBUTING.md", "plugin/README.md",
             *(str(p.relative_to(SOURCE))
               for p in sorted((SOURCE / "plugin/docs").rglob("*.md")))]
REFUSAL = re.compile(
    r"^ctr: failed to create shim task: OCI runtime create failed: "
    r"(?P<id>[a-z0-9-]+): (?P<sentence>[^(]+?) "
    r"\(image (?P<image>\S+), rule (?P<rule>\S+\.toml:\d+:\d+ \(\S+\))\); "
    r"next: (?P<next>.*) \[request [0-9a-f]{16}\]: unknown$", re.MULTILINE)
findings = []


def check_refusal(text):
    fence = text.split("```", 2)[1]
    match = REFUSAL.search(fence)
    if not match:
        findings.append("README.md: does not open with a refusal as it looks")
        return
    run = subprocess.run([ASSAY, "reasons", match["id"], "--json"],
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        findings.append(f"README.md: no such reason: {match['id']}")
        return
    row = json.loads(run.stdout)
    for key in ("sentence", "next"):
        if row[key] != match[key]:
            findings.append(f"README.md: {match[key]!r} is now {row[key]!r}")


def check_links(name, text):
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        if not (SOURCE / name).parent.joinpath(target).exists():
            findings.append(f"{name}: no such file: {target}")
    for program in re.findall(r"\b(?:packaging|tests)/[a-z0-9_/.-]*[a-z0-9]", text):
        if not (SOURCE / program).exists():
            findings.append(f"{name}: no such file: {program}")


# A key as real gpg exports it.
OPENPGP_KEY = "tests/unit/core/trust/openpgp/recorded/rsa.asc"
# A trusted root as real cosign takes it.
ROOT = "tests/vectors/keyless-cosign31-v1-allow/trusted_root.json"


def policies():
    for name in DOCUMENTS:
        text = (SOURCE / name).read_text()
        for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL):
            yield name, block
    yield "config/policy.toml", (SOURCE / "config/policy.toml").read_text()


def write_keys(policy, folder):
    for names in re.findall(r"^(?:root_)?keys\s*=\s*\[(.*?)\]", policy, re.MULTILINE):
        for key in re.findall(r'"([^"]+)"', names):
            if key.endswith(".asc"):
                shutil.copy(SOURCE / OPENPGP_KEY, folder / key)
                continue
            private = subprocess.run(
                ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                 "ec_paramgen_curve:P-256"], capture_output=True, check=True)
            public = subprocess.run(["openssl", "pkey", "-pubout"],
                                    input=private.stdout, capture_output=True,
                                    check=True)
            (folder / key).write_bytes(public.stdout)


def write_certificates(policy, folder):
    for names in re.findall(r"^trust_store\s*=\s*\[(.*?)\]", policy, re.MULTILINE):
        for certificate in re.findall(r'"([^"]+)"', names):
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=root",
                 "-keyout", "/dev/null", "-out", folder / certificate],
                capture_output=True, check=True)


def check_policy(name, policy):
    with tempfile.TemporaryDirectory() as root:
        trust = pathlib.Path(root, "etc/assay/trust")
        rules = pathlib.Path(root, "etc/assay/policy.d")
        trust.mkdir(parents=True)
        rules.mkdir()
        write_keys(policy, trust)
        write_certificates(policy, trust)
        if "sigstore-keyless" in policy:
            shutil.copy(SOURCE / ROOT, trust)
        (rules / "10-example.toml").write_text(policy)
        run = subprocess.run([ASSAY, "--root", root, "doctor", "--json"],
                             capture_output=True, text=True, check=False)
        checks = [check for check in json.loads(run.stdout)["checks"]
                  if check["id"] == "policy"]
        if [check["health"] for check in checks] != ["ok"]:
            findings.append(f"{name}: a policy is not in force: {checks}")


def main():
    for name in DOCUMENTS:
        check_links(name, (SOURCE / name).read_text())
    check_refusal((SOURCE / "README.md").read_text())
    shown = list(policies())
    if len(shown) < 2:
        findings.append("no policy found in the documents")
    for name, policy in shown:
        check_policy(name, policy)
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{len(DOCUMENTS)} documents, {len(shown)} policies, "
          f"{len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
