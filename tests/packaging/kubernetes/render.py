"""The chart, rendered: render.py KUBECTL writes what packaging/kubernetes/manifests
holds.

Helm is no package of Debian. The templates hold to what Go's text/template has by
itself, which is what Helm renders with, and kubectl as well: so kubectl does.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import yaml

CHART = pathlib.Path(__file__).resolve().parents[3] / "packaging/kubernetes/chart"
MARK = "\n##### the next file\n"
HEAD = "# Rendered from ../chart, see its values.yaml; a test holds the two equal.\n"


def values(changes=None):
    """values.yaml with some of it replaced; a name may have dots."""
    all_values = yaml.safe_load((CHART / "values.yaml").read_text())
    for name, value in (changes or {}).items():
        *folders, last = name.split(".")
        place = all_values
        for folder in folders:
            place = place[folder]
        place[last] = value
    return all_values


def render(kubectl, all_values, release="assay", namespace="assay-system"):
    """All templates as one text."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    scope = {
        "apiVersion": "v1", "kind": "Scope", "metadata": {"name": "scope"},
        "Values": all_values,
        "Release": {"Name": release, "Namespace": namespace, "Service": "kubectl"},
        "Chart": {"Name": chart["name"], "Version": chart["version"],
                  "AppVersion": chart["appVersion"]},
    }  # fmt: skip
    files = sorted((CHART / "templates").iterdir(), 
                   key=lambda file: (file.suffix != ".tpl", file.name))
    with tempfile.TemporaryDirectory() as folder:
        given, template = pathlib.Path(folder, "scope.json"), pathlib.Path(folder, "template")
        given.write_text(json.dumps(scope))
        template.write_text(MARK.join(file.read_text() for file in files))
        done = subprocess.run(
            [kubectl, "patch", "--local", "--type=merge", "--patch", "{}", "--filename", given,
             "--output", f"go-template-file={template}"],
            capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    texts = dict(zip((file.name for file in files), done.stdout.split(MARK), strict=True))
    assert texts.pop("_names.tpl").strip() == "" and "kubectl" in texts.pop("NOTES.txt")
    return "\n---\n".join(filter(None, (text.strip("\n") for text in texts.values()))) + "\n"


# What lies in packaging/kubernetes/manifests.
MANIFESTS = {
    "assay.yaml": {"createNamespace": True},
    "assay-remove.yaml": {"createNamespace": True, "mode": "remove"},
}


def main():
    for name, changes in MANIFESTS.items():
        (CHART.parent / "manifests" / name).write_text(HEAD + render(sys.argv[1], values(changes)))


if __name__ == "__main__":
    main()
