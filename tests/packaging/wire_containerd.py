#!/usr/bin/env python3
"""Wires the corpus and asks real containerds what they make of it.

wire_containerd.py ASSAY SHIM CORPUS PEERS: for every configuration and every
containerd, the host's and those of tests/support/peers.sh, that accepts it, `containerd config dump` must show each
runc-type handler behind the shim and nothing else changed, and undo must bring
back every byte.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib

ASSAY, SHIM, CORPUS = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
PEERS = pathlib.Path(os.environ.get("ASSAY_PEERS_DIR", sys.argv[4]))
CONTAINERDS = [str(p) for p in sorted(PEERS.glob("*/usr/bin/containerd"))]
CONTAINERDS += [p for p in [shutil.which("containerd")] if p]
SECTIONS = ("io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime")
VERIFIERS = "io.containerd.image-verifier.v1.bindir"
RUNC_TYPES = ("io.containerd.runc.v2", "io.containerd.runc.v1")
findings = []


def dump(containerd, config):
    """The effective configuration, or None when this version refuses it."""
    run = subprocess.run([containerd, "-c", config, "config", "dump"],
                         capture_output=True, text=True, check=False)
    return tomllib.loads(run.stdout) if run.returncode == 0 else None


def runtimes(effective):
    for key in SECTIONS:
        section = effective.get("plugins", {}).get(key, {}).get("containerd")
        if section and "runtimes" in section:
            return section["runtimes"]
    return {}


def without_handlers(effective):
    """Everything but what wiring may change, by path."""
    flat = {}

    def walk(value, path):
        if isinstance(value, dict):
            for key, member in value.items():
                walk(member, path + (key,))
        elif not {"BinaryName", VERIFIERS} & set(path) and path[0] != "imports":
            flat[path] = value

    walk(effective, ())
    return flat


def node(root, text):
    vendor = pathlib.Path(root, "usr/lib/assay")
    vendor.mkdir(parents=True)
    shutil.copy(SHIM, vendor / "assay-shim")
    (vendor / "image-verifier").mkdir()
    shutil.copy(SHIM, vendor / "image-verifier/assay-image-verifier")
    for name in ("crun", "nvidia-container-runtime"):
        program = pathlib.Path(root, "usr/bin", name)
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    config = pathlib.Path(root, "etc/containerd/config.toml")
    (config.parent / "conf.d").mkdir(parents=True)
    # The name without a folder is looked up on the host, which has runc.
    config.write_bytes(text.replace(b"@ROOT@", root.encode())
                       .replace(b"'crun'   #", b"'runc'   #"))
    return config


def assay(root, *words):
    run = subprocess.run([ASSAY, "--root", root, "wire", "containerd", *words],
                         capture_output=True, text=True, check=False)
    return run.returncode, run.stdout + run.stderr


def check_dump(what, containerd, config, before, shims):
    after = dump(containerd, config)
    if after is None:
        findings.append(f"{what}: does not load any more")
        return
    for name, handler in runtimes(after).items():
        if handler.get("runtime_type", "") not in RUNC_TYPES:
            continue
        binary = handler.get("options", {}).get("BinaryName", "")
        if not binary.startswith(shims):
            findings.append(f"{what}: handler {name} has BinaryName {binary!r}")
    # containerd 1.x has no verifiers.
    verifiers = after.get("plugins", {}).get(VERIFIERS, {}).get("bin_dir", "")
    if VERIFIERS in before.get("plugins", {}) and \
            not verifiers.endswith("/usr/lib/assay/image-verifier"):
        findings.append(f"{what}: image verifiers are in {verifiers!r}")
    old, new = without_handlers(before), without_handlers(after)
    for path in sorted(set(old) | set(new), key=str):
        if old.get(path) == new.get(path):
            continue
        # A handler that 1.x drops when another one is configured comes back.
        if path[2:5] == ("containerd", "runtimes", "runc"):
            continue
        findings.append(f"{what}: {'.'.join(path)}: {old.get(path)!r} became "
                        f"{new.get(path)!r}")


def check(path):
    text = path.read_bytes()
    count = 0
    with tempfile.TemporaryDirectory() as root:
        config = node(root, text)
        original = config.read_bytes()
        disabled = original.startswith(b"disabled_plugins")
        before = {c: dump(c, config) for c in CONTAINERDS}
        code, said = assay(root)
        if code != 0:
            findings.append(f"{path.name}: not wired: {said}")
            return 0
        for containerd, effective in before.items():
            if effective is None or disabled:
                continue
            version = effective.get("version", 0)
            if b"version = 3" in original and version < 3:
                continue  # 1.6 takes it and believes none of it
            if b"[plugins.cri" in original and version >= 3:
                if "containerd 2 ignores" not in said:
                    findings.append(f"{path.name}: no word about version 1")
                continue
            check_dump(f"{path.name} with {containerd}", containerd, config,
                       effective, root + "/usr/lib/assay/bin/")
            count += 1
        if not disabled:
            code, said = assay(root, "--undo")
            if code != 0 or config.read_bytes() != original:
                findings.append(f"{path.name}: not restored: {said}")
    return count


def main():
    if not CONTAINERDS:
        findings.append("no containerd to ask: tests/support/peers.sh prepare")
    count = sum(check(path) for path in sorted(CORPUS.glob("*.toml")))
    if count < 10:
        findings.append(f"only {count} pairs were asked")
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{count} pairs of a configuration and a containerd, "
          f"{len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
