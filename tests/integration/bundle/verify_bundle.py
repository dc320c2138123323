#!/usr/bin/python3
"""Calls `assay verify-bundle` as the driver of a sigstore client test suite does.

    verify_bundle.py ASSAY

Every case is one bundle that a small deployment in this process made, whole or
wrong in one place, named after what such a suite asks of a verifier. Each is
tried with the file and, as suites do, with its digest; the exit status and the
reason must be the expected ones.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

import cases
from file_signatures import ISSUER, SUBJECT

EXITS = {"signed": 0, "usage": 2, "trusted-root-malformed": 2, "key-malformed": 2, "not-found": 3,
         "artifact-needed": 3, "policy-key-unreadable": 2}


class Shop:
    """Writes what a case needs and calls the program."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.checks = self.failures = 0

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else
                         content.encode() if isinstance(content, str) else json.dumps(content).encode())
        return path

    def arguments(self, case):
        words = ["--bundle", self.file("bundle.json", case.bundle)]
        if case.key:
            words += ["--key", self.file("key.pub", case.key)]
        if case.identity:
            words += ["--certificate-identity", case.identity]
        if case.issuer:
            words += ["--certificate-oidc-issuer", case.issuer]
        if case.root:
            words += ["--trusted-root", self.file("trusted_root.json", case.root)]
        return words

    def try_one(self, name, arguments, operand, reason):
        command = [self.program, "--root", self.folder, "--json", "verify-bundle", *arguments, operand]
        done = subprocess.run([str(one) for one in command], capture_output=True, text=True,
                              cwd=self.folder)
        self.checks += 1
        found = json.loads(done.stdout).get("reason") if done.stdout else None
        if found == reason and done.returncode == EXITS.get(reason, 1):
            return json.loads(done.stdout)
        self.failures += 1
        print(f"FAIL: {name}: {found} with {done.returncode}, wanted {reason}: {done.stdout}{done.stderr}")
        return {}

    def try_case(self, case):
        time.sleep(case.wait)
        arguments = self.arguments(case)
        answer = self.try_one(case.name, arguments, self.file("artifact", case.artifact), case.reason)
        if case.reason == "signed":
            self.check_answer(case, answer)
        self.try_one("DIGEST-" + case.name, arguments, case.digest, case.digest_reason or case.reason)

    def check_answer(self, case, answer):
        """The whole object of an accepted bundle."""
        scheme = "sigstore-key" if case.key else "sigstore-keyless"
        wanted = {"verdict": "accepted", "digest": case.digest, "schema": 1}
        signer, witnesses = answer.get("signer", {}), answer.get("witnesses", {})
        whole = (all(answer.get(key) == value for key, value in wanted.items()) and signer.get("scheme") == scheme
                 and signer.get("identity", "").startswith("key:sha256:" if case.key else f"identity:{ISSUER} {SUBJECT}")
                 and (not case.root or witnesses.get("logs", 0) >= 1)
                 and (case.key or len(witnesses.get("times", [])) >= 1))
        if not whole:
            self.failures += 1
            print(f"FAIL: {case.name}: the answer is not whole: {answer}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder))
        every = cases.all_cases(pathlib.Path(folder))
        for case in every:
            shop.try_case(case)
        cases.without_bundles(shop)
    print(f"{len(every)} cases, {shop.checks} checks, {shop.failures} failures")
    sys.exit(1 if shop.failures or len(every) < 70 else 0)


if __name__ == "__main__":
    main()
