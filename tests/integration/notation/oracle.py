"""Real notation as the judge of images in a registry on loopback."""

import importlib.machinery
import importlib.util
import json
import os
import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2]
VECTORS = TESTS / "vectors"
sys.path[:0] = [str(VECTORS), str(TESTS / "support/notation")]

from vector_tools import OCI_INDEX, OCI_MANIFEST, PEERS, compact, descriptor  # noqa: E402


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
    artifacts = folder / "artifacts"
    for artifact in sorted(artifacts.iterdir()) if artifacts.is_dir() else []:
        manifest = json.loads((artifact / "manifest.json").read_text())
        for layer in manifest["layers"]:
            registry.push_blob(repository, (artifact / layer["digest"][7:]).read_bytes())
        data = compact(manifest)
        entry = descriptor(OCI_MANIFEST, data, artifactType=manifest.get("artifactType")
                           or manifest["config"]["mediaType"])
        registry.push_manifest(repository, entry["digest"], data)
        entries.append(entry)
    if entries:
        index = compact({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries})
        registry.push_manifest(repository, shop.digest.replace(":", "-"), index, OCI_INDEX)
    return f"{registry.host}/{repository}@{shop.digest}"


def notation_verifies(reference, home):
    """Whether it does, with the configuration in `home`, and what it says."""
    done = subprocess.run(
        [PEERS / "notation/usr/bin/notation", "verify", "--insecure-registry", reference],
        capture_output=True, env={**os.environ, "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home),
                                  "HOME": str(home)})
    return done.returncode == 0, done.stderr.decode()
