#!/usr/bin/python3
"""A cluster's API server as far as the installer and kubectl need one, on
loopback: cluster.py MODELS CERTIFICATE KEY. It takes whatever kubectl
creates, as long as the API's description knows every field of it, and lets
accounts do what the roles that were created so allow, and nothing else. Prints
its port, serves until killed.

Tokens: "admin" may do everything; "node NAME" is that of the service account's
pod on the node NAME. GET /_objects tells all objects, and GET /_denied what was
not allowed, to the admin. POST /_mode {"code": N} has it answer everybody else
with N, until 0.
"""

import http.server
import json
import pathlib
import sys
import threading
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "support")]
import api_server  # noqa: E402  pylint: disable=wrong-import-position
import models  # noqa: E402  pylint: disable=wrong-import-position

# Group and version, plural, kind, whether it is in a namespace.
RESOURCES = [
    ("v1", "namespaces", "Namespace", False), ("v1", "nodes", "Node", False),
    ("v1", "configmaps", "ConfigMap", True), ("v1", "events", "Event", True),
    ("v1", "serviceaccounts", "ServiceAccount", True),
    ("apps/v1", "daemonsets", "DaemonSet", True),
    ("rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", False),
    ("rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", False),
    ("admissionregistration.k8s.io/v1", "validatingadmissionpolicies",
     "ValidatingAdmissionPolicy", False),
    ("admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings",
     "ValidatingAdmissionPolicyBinding", False),
]  # fmt: skip


class Request:
    """What a path asks for: (version, plural, namespace, name, subresource)."""

    def __init__(self, path):
        parts = urllib.parse.urlsplit(path).path.strip("/").split("/")
        self.version = parts[1] if parts[0] == "api" else "/".join(parts[1:3])
        rest = parts[2:] if parts[0] == "api" else parts[3:]
        self.namespace = ""
        if rest[0] == "namespaces" and len(rest) > 2:
            self.namespace, rest = rest[1], rest[2:]
        self.plural, self.name, self.sub = (rest + ["", ""])[:3]
        self.resource = self.plural + ("/" + self.sub if self.sub else "")
        self.group = self.version.rpartition("/")[0]
        self.kind = next(kind for version, plural, kind, _ in RESOURCES
                         if (version, plural) == (self.version, self.plural))  # fmt: skip
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))
        self.fields = [one.split("=", 1) for one in query.get("fieldSelector", "").split(",") if one]
        self.key = (self.version, self.plural, self.namespace, self.name)


class Cluster:
    def __init__(self, description):
        self.models = models.Models(description)
        self.lock = threading.Lock()
        self.objects = {}
        self.denied = []
        self.code = 0

    def of_kind(self, kind):
        return [thing for thing in self.objects.values() if thing["kind"] == kind]

    def may(self, account, verb, request):
        """As the cluster roles say that are bound to the account."""
        for binding in self.of_kind("ClusterRoleBinding"):
            named = [f"system:serviceaccount:{one['namespace']}:{one['name']}"
                     for one in binding["subjects"]]  # fmt: skip
            if account not in named:
                continue
            for role in self.of_kind("ClusterRole"):
                if role["metadata"]["name"] == binding["roleRef"]["name"] and any(
                        request.group in rule["apiGroups"] and verb in rule["verbs"]
                        and request.resource in rule["resources"] for rule in role["rules"]):  # fmt: skip
                    return True
        return False

    def own_node(self, node, request):
        """What the admission policy says, if there is one."""
        return (not self.of_kind("ValidatingAdmissionPolicy")
                or request.resource != "nodes/status" or request.name == node)  # fmt: skip

    def create(self, request, thing):
        found = self.models.object_findings(thing)
        namespace = thing["metadata"].get("namespace", "")
        if namespace != request.namespace:
            found.append(f"namespace {namespace} in {request.namespace}")
        if namespace and namespace != "default" and not any(
                one["metadata"]["name"] == namespace for one in self.of_kind("Namespace")):  # fmt: skip
            return 404, f"namespace {namespace} not found"
        if thing["kind"] == "Event":
            about = thing["involvedObject"]
            if about.get("namespace", "default") != namespace:
                found.append("involvedObject is of another namespace")
        if found:
            return 422, "; ".join(found)
        key = (*request.key[:3], thing["metadata"]["name"])
        if key in self.objects:
            return 409, "exists already"
        self.objects[key] = thing
        return 201, thing

    def read(self, request, _):
        """An object, or all of a kind that a selector of fields chooses."""
        if request.name:
            thing = self.objects.get(request.key)
            return (200, thing) if thing else (404, "not found")
        chosen = [thing for thing in self.of_kind(request.kind)
                  if all(thing.get(field) == value for field, value in request.fields)]  # fmt: skip
        return 200, {"kind": request.kind + "List", "apiVersion": request.version,
                     "metadata": {}, "items": chosen}  # fmt: skip

    def patch(self, request, patch):
        """A merge of labels, or a strategic merge of the status' conditions, whose
        key is their type."""
        thing = self.objects.get(request.key)
        if thing is None:
            return 404, "no such object"
        if request.sub != "status":
            thing["metadata"].setdefault("labels", {}).update(patch["metadata"]["labels"])
            return 200, thing
        conditions = thing.setdefault("status", {}).setdefault("conditions", [])
        for one in patch["status"]["conditions"]:
            conditions[:] = [old for old in conditions if old["type"] != one["type"]]
            if one.pop("$patch", "") == "delete":
                continue
            found = self.models.findings("V1NodeCondition", one, "condition")
            if found:
                return 422, "; ".join(found)
            conditions.append(one)
        return 200, thing


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cluster = None
    account = ""

    def log_message(self, *args):
        pass

    def reply(self, code, body):
        if isinstance(body, str):
            body = api_server.status(code, "Invalid", body)
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def discover(self, path):
        versions = sorted({version for version, *_ in RESOURCES if "/" in version})
        if path == "/api":
            return {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
                {"name": version.split("/")[0],
                 "versions": [{"groupVersion": version, "version": "v1"}],
                 "preferredVersion": {"groupVersion": version, "version": "v1"}}
                for version in versions]}  # fmt: skip
        wanted = path.removeprefix("/apis/").removeprefix("/api/")
        if wanted not in versions + ["v1"]:
            return None
        return {"kind": "APIResourceList", "groupVersion": wanted, "resources": [
            {"name": plural, "singularName": kind.lower(), "namespaced": namespaced,
             "kind": kind, "verbs": ["create", "get", "list", "patch"]}
            for version, plural, kind, namespaced in RESOURCES if version == wanted]}  # fmt: skip

    def allowed(self, verb, request):
        _, _, node = self.account.partition("node ")
        with self.cluster.lock:
            if self.account == "admin":
                return True
            account = "system:serviceaccount:assay-system:assay"
            if (node and self.cluster.may(account, verb, request)
                    and self.cluster.own_node(node, request)):  # fmt: skip
                return True
            self.cluster.denied.append(f"{self.account}: {verb} {self.path}")
        self.reply(403, "not allowed")
        return False

    def handle_one(self, verb, answer):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}") if length else {}
        self.account = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.account == "admin" and self.path.startswith("/_"):
            return self.control(body)
        if self.account != "admin" and self.cluster.code:
            return self.reply(self.cluster.code, "as told")
        path = urllib.parse.urlsplit(self.path).path
        if verb == "get" and (found := self.discover(path)):
            return self.reply(200, found)
        try:
            request = Request(self.path)
        except (StopIteration, IndexError):
            return self.reply(404, "no such path")
        if self.allowed(verb, request):
            with self.cluster.lock:
                code, said = answer(request, body)
            self.reply(code, said)
        return None

    def control(self, body):
        with self.cluster.lock:
            if self.path == "/_mode":
                self.cluster.code = body["code"]
            self.reply(200, {"/_objects": list(self.cluster.objects.values()),
                             "/_denied": self.cluster.denied}.get(self.path, []))  # fmt: skip

    def do_GET(self):
        self.handle_one("get", self.cluster.read)

    def do_POST(self):
        self.handle_one("create", self.cluster.create)

    def do_PATCH(self):
        self.handle_one("patch", self.cluster.patch)


def serve(description, certificate, key):
    Handler.cluster = Cluster(description)
    server = api_server.serve(certificate, key)
    server.RequestHandlerClass = Handler
    return server


def main():
    server = serve(*sys.argv[1:4])
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
