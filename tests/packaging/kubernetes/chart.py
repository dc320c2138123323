#!/usr/bin/python3
"""The chart and the manifests of packaging/kubernetes: chart.py KUBECTL CLIENT.

Rendered by Go's templates as Helm has them (see render.py), for every value that
changes what comes out; every field is one that the API knows, as Debian's Python
client has it; real kubectl creates them, on a server that refuses what it does
not know; and the plain manifests are what the chart makes.
"""

import json
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

import jsonschema
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cluster  # noqa: E402  pylint: disable=wrong-import-position
import models  # noqa: E402  pylint: disable=wrong-import-position
import render  # noqa: E402  pylint: disable=wrong-import-position

KUBECTL, CLIENT = sys.argv[1:3]
PLACE = render.CHART.parent
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
        with tempfile.TemporaryDirectory() as folder:
            files = pathlib.Path(folder, "c.pem"), pathlib.Path(folder, "k.pem")
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-out", files[0], "-keyout", files[1],
                 "-subj", "/CN=cluster", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"],
                check=True, capture_output=True)  # fmt: skip
            server = cluster.serve(CLIENT, *files)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"https://127.0.0.1:{server.server_port}"
            for attempt in ("first", "second"):
                done = subprocess.run(
                    [KUBECTL, "--kubeconfig", "/dev/null", "--server", url, "--token", "admin",
                     "--certificate-authority", files[0], "create", "--validate=ignore",
                     "--filename", PLACE / "manifests/assay.yaml"],
                    capture_output=True, text=True, check=False,
                    env={"HOME": folder, "PATH": "/usr/bin:/bin"})  # fmt: skip
                if attempt == "first":
                    first = done
            request = urllib.request.Request(url + "/_objects",
                                             headers={"Authorization": "Bearer admin"})  # fmt: skip
            context = ssl.create_default_context(cafile=files[0])
            with urllib.request.urlopen(request, context=context, timeout=10) as answer:
                held = json.load(answer)
            server.shutdown()
            server.server_close()
        self.assertEqual(first.returncode, 0, first)
        self.assertIn("exists already", done.stderr)
        expected = documents(render.MANIFESTS["assay.yaml"])
        self.assertEqual([thing["kind"] for thing in held],
                         [thing["kind"] for thing in expected])  # fmt: skip
        self.assertEqual(one(held, "DaemonSet")["spec"], one(expected, "DaemonSet")["spec"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
