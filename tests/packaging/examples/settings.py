"""Reads the examples in TOML with the programs that read them on a node."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import tomllib

# Made by real gpg, and what real cosign takes.
OPENPGP_KEY = "tests/unit/core/trust/openpgp/recorded/rsa.asc"
ROOT = "tests/vectors/keyless-cosign31-v1-allow/trusted_root.json"
SHOWN_PRINT = "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567"
REAL_PRINT = "CBA5C105B6F6A2110621316F52938334F5C1F3A1"
OTHER_POLICY = 'version = 1\ndefault = "reject"\n'
SIGNER = '\n[signers.{}]\ntype = "sigstore-key"\nkeys = ["other.pub"]\n'


def kind_of(text):
    tables = tomllib.loads(text)
    if "exception" in tables:
        return "break-glass"
    if "case" in tables:
        return "cases"
    if {"version", "rule", "signers", "attestations"} & set(tables):
        return "policy"
    return "settings"


def signers_named(requirement):
    """The signers and the attestations that a requirement names."""
    if isinstance(requirement, str):
        return {requirement}, set()
    if isinstance(requirement, list):
        both = [signers_named(one) for one in requirement]
        return set().union(*(s for s, _ in both)), set().union(*(a for _, a in both))
    if "attestation" in requirement:
        return set(), {requirement["attestation"]}
    return signers_named([value for key, value in requirement.items()
                          if key in ("any_of", "all_of", "of")])  # fmt: skip


def completed(policy):
    """Pages show parts; what they name elsewhere is a key here."""
    tables = tomllib.loads(policy)
    asked = [rule[key] for rule in tables.get("rule", [])
             for key in ("require", "base") if key in rule]  # fmt: skip
    asked += [one["signed_by"] for one in tables.get("attestations", {}).values()
              if "signed_by" in one]  # fmt: skip
    named, _ = signers_named(asked)
    for name in sorted(named - set(tables.get("signers", {}))):
        policy += SIGNER.format(name)
    return policy if "version" in tables else "version = 1\n" + policy


class Node:
    """A folder that stands for a node's root, with whatever a policy names."""

    def __init__(self, assay, source, root):
        self.assay, self.source = assay, source
        self.root = pathlib.Path(root)
        self.trust = self.root / "etc/assay/trust"
        for name in ("trust", "policy.d", "break-glass.d"):
            (self.root / "etc/assay" / name).mkdir(parents=True)

    def write(self, name, text):
        (self.root / "etc/assay" / name).write_text(text)

    def run(self, *words):
        return subprocess.run([self.assay, "--root", self.root, *words],
                              capture_output=True, text=True, check=False)  # fmt: skip

    def trust_what(self, policy):
        names = re.findall(r"^(?:root_)?keys\s*=\s*\[(.*?)\]", policy, re.MULTILINE)
        for key in re.findall(r'"([^"]+)"', " ".join(names)):
            if key.endswith(".asc"):
                shutil.copy(self.source / OPENPGP_KEY, self.trust / key)
            else:
                self.make_key(self.trust / key)
        for names in re.findall(r"^trust_store\s*=\s*\[(.*?)\]", policy, re.MULTILINE):
            for certificate in re.findall(r'"([^"]+)"', names):
                self.make_certificate(self.trust / certificate)
        if "sigstore-keyless" in policy:
            shutil.copy(self.source / ROOT, self.trust)

    def make_key(self, path):
        private = subprocess.run(
            ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            capture_output=True, check=True)  # fmt: skip
        public = subprocess.run(["openssl", "pkey", "-pubout"],
                                input=private.stdout, capture_output=True, check=True)  # fmt: skip
        path.write_bytes(public.stdout)

    def make_certificate(self, path):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=root",
             "-keyout", "/dev/null", "-out", path],
            capture_output=True, check=True)  # fmt: skip

    def policy_problems(self):
        """What is wrong with policy, settings and exceptions, by doctor."""
        checks = json.loads(self.run("--json", "doctor").stdout)["checks"]
        yield from (check["found"] for check in checks if check["id"] == "policy-problem")
        policy = [check for check in checks if check["id"] == "policy"]
        if [check["health"] for check in policy] != ["ok"]:
            yield f"no policy is in force: {policy}"


def check_policy(node, text):
    policy = completed(text).replace(SHOWN_PRINT, REAL_PRINT)
    node.trust_what(policy)
    node.write("policy.d/10-example.toml", policy)
    yield from node.policy_problems()


def check_exceptions(node, text):
    node.write("policy.d/10-other.toml", OTHER_POLICY)
    node.write("break-glass.d/example.toml", text)
    yield from node.policy_problems()


def check_settings(node, text):
    node.write("policy.d/10-other.toml", OTHER_POLICY)
    node.write("assayd.toml", text)
    yield from node.policy_problems()


def check_cases(node, text):
    """A file of expectations; whether they are met depends on the policy."""
    node.write("policy.d/10-other.toml", OTHER_POLICY)
    node.write("cases.toml", text)
    ran = node.run("policy", "test", node.root / "etc/assay/cases.toml")
    if ran.returncode not in (0, 1):
        yield ran.stderr


CHECKS = {"policy": check_policy, "break-glass": check_exceptions,
          "settings": check_settings, "cases": check_cases}  # fmt: skip


def problems_of(assay, source, text):
    try:
        kind = kind_of(text)
    except tomllib.TOMLDecodeError as error:
        yield str(error)
        return
    with tempfile.TemporaryDirectory() as root:
        yield from CHECKS[kind](Node(assay, source, root), text)
