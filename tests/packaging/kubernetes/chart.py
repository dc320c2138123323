#!/usr/bin/python3
"""The chart and the manifests of packaging/kubernetes: chart.py KUBECTL CLIENT ASSAY.

Rendered by Go's templates as Helm has them (see render.py), for every value that
changes what comes out; every field is one that the API knows, as Debian's Python
client has it; real kubectl creates them, on a server that refuses what it does
not know; the plain manifests are what the chart makes; and what README.md shows is so.
"""

import json
import pathlib
import re
import shlex
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

import jsonschema
import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "examples")]
import blocks  # noqa: E402  pylint: disable=wrong-import-position
import cluster  # noqa: E402  pylint: disable=wrong-import-position
import models  # noqa: E402  pylint: disable=wrong-import-position
import render  # noqa: E402  pylint: disable=wrong-import-position
import settings  # noqa: E402  pylint: disable=wrong-import-position

KUBECTL, CLIENT, ASSAY = sys.argv[1:4]
PLACE = render.CHART.parent
# Commands of the README that need what there is no peer for, or another test has.
ELSEWHERE = ("packaging/build-deb", "docker build ", "docker push ", "cosign sign ",
             "helm uninstall ", "kubectl -n assay-system rollout status daemonset/assay",
             "assay evidence export ")  # fmt: skip
EVERYTHING = {
    "mode": "enforce", "programs": "node", "imagePullSecrets": ["registry"],
    "policyConfigMap": "our-policy", "trust": {"release.pub": "-----BEGIN\n\"x\"\\ \u00e9\n"},
    "trustSecrets": ["keys"], "trustConfigMaps": ["roots"], "evidenceConfigMaps": ["evidence"],
    "settings": {"50-nri.toml": "[nri]\n"}, "maxUnavailable": "10%", "remove.purge": True,
    "runtime.restart": False, "admissionPolicy": False, "createNamespace": True,
}  # fmt: skip


def documents(changes=None, **options):
    return list(yaml.safe_load_all(render.render(KUBECTL, render.values(changes), **options)))


def one(things, kind, name=None):
    found = [thing for thing in things if thing["kind"] == kind
             and name in (None, thing["metadata"]["name"])]  # fmt: skip
    assert len(found) == 1, (kind, name, found)
    return found[0]


class Chart(unittest.TestCase):
    maxDiff = None

    def test_the_api_knows_every_field(self):
        known = models.Models(CLIENT)
        for changes in ({}, EVERYTHING, {"mode": "remove"}):
            for thing in documents(changes):
                self.assertEqual(known.object_findings(thing), [])
        # And would say so.
        thing = one(documents(), "DaemonSet")
        container = thing["spec"]["template"]["spec"]["containers"][0]
        container["imagePulPolicy"] = container.pop("imagePullPolicy")
        container["env"][0]["value"] = 1
        del thing["spec"]["selector"]
        self.assertEqual(len(known.object_findings(thing)), 3)

    def test_the_manifests_are_the_charts(self):
        for name, changes in render.MANIFESTS.items():
            self.assertEqual(
                (PLACE / "manifests" / name).read_text(),
                render.HEAD + render.render(KUBECTL, render.values(changes)),
                "tests/packaging/kubernetes/render.py makes it")  # fmt: skip

    def test_the_schema_takes_the_values_and_no_others(self):
        schema = json.loads((render.CHART / "values.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        everything = render.values(EVERYTHING)
        for good in (render.values(), everything):
            jsonschema.validate(good, schema)
        self.assertEqual(schema["properties"].keys() - {"global"}, render.values().keys())
        for bad in ({"mode": "enforced"}, {"mod": "audit"}, {"policy": {"10.tml": ""}},
                    {"trust": {"../x": ""}}, {"image": "no tag"}, {"interval": "30"},
                    {"runtime.name": "podman"}, {"maxUnavailable": "all"}):  # fmt: skip
            with self.assertRaises(jsonschema.ValidationError, msg=bad):
                jsonschema.validate(render.values(bad), schema)

    def test_names_lead_somewhere(self):
        for changes in ({}, EVERYTHING):
            things = documents(changes, release="gate", namespace="guard")
            spec = one(things, "DaemonSet")["spec"]
            pod = spec["template"]["spec"]
            self.assertEqual(spec["selector"]["matchLabels"],
                             spec["template"]["metadata"]["labels"])  # fmt: skip
            self.assertEqual({mount["name"] for mount in pod["containers"][0]["volumeMounts"]},
                             {volume["name"] for volume in pod["volumes"]})  # fmt: skip
            mounted = set(re.findall(r"'name': '([^']+)'", str(
                [v for v in pod["volumes"] if "configMap" in v or "projected" in v])))  # fmt: skip
            made = {t["metadata"]["name"] for t in things if t["kind"] == "ConfigMap"}
            ours = {name for name in mounted if name.startswith("gate-")}
            self.assertEqual(ours, made)
            self.assertEqual(pod["serviceAccountName"],
                             one(things, "ServiceAccount")["metadata"]["name"])  # fmt: skip
            self.assertEqual(one(things, "ClusterRoleBinding")["subjects"],
                             [{"kind": "ServiceAccount", "name": "gate", "namespace": "guard"}])

    def test_texts_arrive_as_they_were(self):
        things = documents(EVERYTHING)
        self.assertEqual(one(things, "ConfigMap", "assay-trust")["data"], EVERYTHING["trust"])
        policy = one(documents(), "ConfigMap", "assay-policy")["data"]
        self.assertEqual(policy, render.values()["policy"])

    def test_the_pod_comes_to_every_node_and_reads_only(self):
        pod = one(documents(EVERYTHING), "DaemonSet")["spec"]["template"]["spec"]
        self.assertEqual(pod["tolerations"], [{"operator": "Exists"}])
        self.assertEqual(pod["priorityClassName"], "system-node-critical")
        container = pod["containers"][0]
        self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])
        for mount in container["volumeMounts"]:
            if mount["mountPath"].startswith("/settings/"):
                self.assertTrue(mount["readOnly"], mount)

    def test_what_the_installer_reads_it_is_given(self):
        text = (PLACE / "installer/assay-installer").read_text()
        head = set(re.findall(r"^#   (ASSAY_\w+)", text, re.MULTILINE))
        pod = one(documents(), "DaemonSet")["spec"]["template"]["spec"]
        given = {entry["name"] for entry in pod["containers"][0]["env"]}
        inside = {"ASSAY_NODE_ROOT", "ASSAY_NODE_ENTER", "ASSAY_SETTINGS", "ASSAY_PAYLOAD",
                  "ASSAY_ACCOUNT", "ASSAY_RUN"}
        self.assertEqual(head - inside, {name for name in given if name.startswith("ASSAY_")})
        used = set()
        for file in (PLACE / "installer").iterdir():
            used |= set(re.findall(r"\$\{?((?:NODE|POD)_NAME(?:SPACE)?)\b", file.read_text()))
        self.assertEqual(used, {name for name in given if not name.startswith("ASSAY_")})

    def test_kubectl_creates_all_of_it(self):
        with Served() as served:
            first, second = (served.kubectl("create", "--validate=ignore", "--filename",
                                            PLACE / "manifests/assay.yaml") for _ in range(2))  # fmt: skip
            held = served.objects()
        self.assertEqual(first.returncode, 0, first)
        self.assertIn("exists already", second.stderr)
        expected = documents(render.MANIFESTS["assay.yaml"])
        self.assertEqual([thing["kind"] for thing in held],
                         [thing["kind"] for thing in expected])  # fmt: skip
        self.assertEqual(one(held, "DaemonSet")["spec"], one(expected, "DaemonSet")["spec"])


class Served:
    """The cluster of cluster.py, and kubectl for it."""

    def __enter__(self):
        self.place = tempfile.TemporaryDirectory()
        folder = self.folder = pathlib.Path(self.place.name)
        self.files = folder / "c.pem", folder / "k.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-out", self.files[0], "-keyout", self.files[1], "-subj", "/CN=cluster",
             "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"],
            check=True, capture_output=True)  # fmt: skip
        self.server = cluster.serve(CLIENT, *self.files)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"https://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.place.cleanup()

    def kubectl(self, *words):
        return subprocess.run(
            [pathlib.Path(KUBECTL).resolve(), "--kubeconfig", "/dev/null", "--server", self.url,
             "--token", "admin", "--certificate-authority", self.files[0], *words],
            capture_output=True, text=True, check=False, cwd=self.folder,
            env={"HOME": str(self.folder), "PATH": "/usr/bin:/bin"})  # fmt: skip

    def objects(self):
        request = urllib.request.Request(self.url + "/_objects",
                                         headers={"Authorization": "Bearer admin"})  # fmt: skip
        context = ssl.create_default_context(cafile=self.files[0])
        with urllib.request.urlopen(request, context=context, timeout=10) as answer:
            return json.load(answer)


class Readme(unittest.TestCase):
    def setUp(self):
        self.text = (PLACE / "README.md").read_text()
        self.blocks = list(blocks.of_markdown("README.md", self.text))
        self.schema = json.loads((render.CHART / "values.schema.json").read_text())

    def test_settings_are_read(self):
        shown = {"toml": 0, "yaml": 0}
        for block in self.blocks:
            if block.language in shown:
                shown[block.language] += 1
            if block.language == "toml":
                self.assertEqual(list(settings.problems_of(ASSAY, HERE.parents[2], block.text)), [])
            if block.language == "yaml":
                all_values = render.values()
                for name, value in yaml.safe_load(block.text).items():
                    self.assertIn(name, all_values)
                    all_values[name] = (all_values[name] | value) if name == "runtime" else value
                jsonschema.validate(all_values, self.schema)
                for text in all_values["settings"].values():
                    self.assertEqual(list(settings.problems_of(ASSAY, HERE.parents[2], text)), [])
        self.assertTrue(all(shown.values()), shown)

    def test_commands_run(self):
        ran = 0
        with Served() as served:
            (served.folder / "evidence.tar").write_bytes(b"\xff" * 512)
            for command, _ in [one for block in self.blocks if block.language == "sh"
                               for one in block.commands()]:  # fmt: skip
                words = shlex.split(command)
                if words[:2] == ["helm", "upgrade"]:
                    name, value = words[words.index("--set") + 1].split("=")
                    jsonschema.validate(render.values({name: value}), self.schema)
                    self.assertIn("packaging/kubernetes/chart", words)
                elif not command.startswith(ELSEWHERE):
                    self.assertEqual(words[0], "kubectl", command)
                    if "create" in words:
                        # The server speaks JSON, and kubectl would speak protobuf.
                        made = served.kubectl(*words[1:], "--dry-run=client", "--output=json")
                        self.assertEqual(made.returncode, 0, (command, made.stderr))
                        (served.folder / "made.json").write_text(made.stdout)
                        words[1:] = ["create", "--validate=ignore", "--filename=made.json"]
                    done = served.kubectl(*words[1:])
                    self.assertEqual(done.returncode, 0, (command, done.stderr))
                    ran += 1
            held = served.objects()
        self.assertGreaterEqual(ran, 5)
        self.assertEqual(one(held, "Namespace")["metadata"]["labels"],
                         {"pod-security.kubernetes.io/enforce": "privileged"})  # fmt: skip
        self.assertIn("evidence.tar", one(held, "ConfigMap")["binaryData"])

    def test_each_reason_is_told_what_to_do_about(self):
        table = self.text.split("| reason |")[1].split("\n\n")[0]
        told = set(re.findall(r"`([A-Z]\w+)`", "".join(
            line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))))
        given = set()
        for file in (PLACE / "installer").iterdir():
            given |= set(re.findall(r"\bproblem ([A-Z][a-z]\w+)", file.read_text()))
        self.assertEqual(given | {"PolicyRefused"}, told)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
