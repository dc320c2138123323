#!/usr/bin/env python3
"""The part of a Kubernetes API server that Assay and kubectl ask for, on loopback.

  api_server.py --tls CERT KEY [--client-ca FILE] [--port PORT]

No API server can be had as a package, so this one speaks what the reference of
the Kubernetes API says about Secrets and ConfigMaps: get, list with a selector
by name, watch from a resourceVersion with bookmarks, 410 for versions that were
compacted away, bearer tokens and client certificates; and, where it is told to,
what no API server should say. Prints its port, serves until killed.

POST /_control takes one command as JSON, which tests alone send:
  {"put": OBJECT} {"delete": [PLURAL, NAMESPACE, NAME]} {"tokens": [TOKEN...]}
  {"mode": NAME} {"compact": true} {"bookmark": true} {"close": true}
  {"log": true}: what was asked since, without what was told
"""

import argparse
import http.server
import json
import ssl
import sys
import threading
import time
import urllib.parse

KINDS = {"secrets": "Secret", "configmaps": "ConfigMap"}
HUGE = 6 << 20


class State:
    """All objects, and what happened to them; `changed` guards it."""

    def __init__(self):
        self.changed = threading.Condition()
        self.revision = 1000
        self.compacted = 0
        self.objects = {}
        self.events = []  # (revision, key, type, object)
        self.tokens = set()
        self.mode = "ok"
        self.bookmarks = 0
        self.closed = 0
        self.log = []

    def put(self, plural, namespace, name, thing):
        key = (plural, namespace, name)
        with self.changed:
            self.revision += 1
            old = self.objects.get(key)
            thing = thing | {"apiVersion": "v1", "kind": KINDS[plural]}
            thing["metadata"] = thing.get("metadata", {}) | {
                "name": name, "namespace": namespace,
                "uid": old["metadata"]["uid"] if old else f"uid-{self.revision}",
                "creationTimestamp": "2026-01-02T03:04:05Z",
                "resourceVersion": str(self.revision)}  # fmt: skip
            self.objects[key] = thing
            self.events.append((self.revision, key, "MODIFIED" if old else "ADDED", thing))
            self.changed.notify_all()
        return thing

    def delete(self, plural, namespace, name):
        key = (plural, namespace, name)
        with self.changed:
            self.revision += 1
            last = self.objects.pop(key)
            last = last | {"metadata": last["metadata"] | {"resourceVersion": str(self.revision)}}
            self.events.append((self.revision, key, "DELETED", last))
            self.changed.notify_all()
        return last


def status(code, reason, message):
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "code": code}  # fmt: skip


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state = None

    def log_message(self, *args):
        pass

    def reply(self, body, code=200, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.path == "/_control":
            return self.reply(self.control(body))
        return self.write(body, name=body["metadata"]["name"])

    def do_PUT(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        return self.write(body, name=body["metadata"]["name"])

    def do_DELETE(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.authorized():
            return self.reply(status(401, "Unauthorized", "Unauthorized"), 401)
        plural, namespace, name = self.place()
        return self.reply(self.state.delete(plural, namespace, name))

    def write(self, body, name):
        if not self.authorized():
            return self.reply(status(401, "Unauthorized", "Unauthorized"), 401)
        plural, namespace, _ = self.place()
        return self.reply(self.state.put(plural, namespace, name, body), 201)

    def control(self, command):
        state = self.state
        if "put" in command:
            thing = command["put"]
            plural = {kind: plural for plural, kind in KINDS.items()}[thing["kind"]]
            meta = thing["metadata"]
            return state.put(plural, meta["namespace"], meta["name"], thing)
        if "delete" in command:
            return state.delete(*command["delete"])
        with state.changed:
            state.mode = command.get("mode", state.mode)
            if "tokens" in command:
                state.tokens = set(command["tokens"])
            if command.get("compact"):
                state.revision += 1
                state.compacted = state.revision
            state.bookmarks += bool(command.get("bookmark"))
            state.closed += bool(command.get("close") or command.get("compact"))
            state.changed.notify_all()
            if command.get("log"):
                log, state.log = state.log, []
                return log
        return {}

    def authorized(self):
        if self.connection.getpeercert():
            return True
        given = self.headers.get("Authorization", "")
        with self.state.changed:
            return given.startswith("Bearer ") and given[7:] in self.state.tokens

    def place(self):
        """(plural, namespace, name or None) of a path below /api/v1/namespaces."""
        parts = urllib.parse.urlsplit(self.path).path.strip("/").split("/")
        if parts[:3] != ["api", "v1", "namespaces"] or len(parts) not in (5, 6):
            return None
        return parts[4], parts[3], parts[5] if len(parts) == 6 else None

    def discovery(self, path):
        """What kubectl asks for first."""
        if path == "/api":
            return {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": []}
        if path == "/api/v1":
            verbs = ["create", "delete", "get", "list", "update", "watch"]
            resources = [{"name": plural, "singularName": kind.lower(), "namespaced": True,
                          "kind": kind, "verbs": verbs} for plural, kind in KINDS.items()]
            return {"kind": "APIResourceList", "groupVersion": "v1", "resources": resources}
        return None

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        with self.state.changed:
            mode = self.state.mode
            self.state.log.append({"path": self.path, "mode": mode,
                                   "token": self.headers.get("Authorization", "")})
        if not self.authorized():
            return self.reply(status(401, "Unauthorized", "Unauthorized"), 401)
        if (found := self.discovery(url.path)) is not None:
            return self.reply(found)
        if self.place() is None or self.place()[0] not in KINDS:
            return self.reply(status(404, "NotFound", "no such path"), 404)
        if self.misbehave(mode):
            return None
        plural, namespace, name = self.place()
        if name is not None:
            return self.get(plural, namespace, name)
        wanted = query.get("fieldSelector", "")
        if not wanted.startswith("metadata.name="):
            # As by a Role that names its objects.
            return self.reply(status(403, "Forbidden", "may not list all"), 403)
        key = (plural, namespace, wanted.removeprefix("metadata.name="))
        if query.get("watch") in ("true", "1"):
            return self.watch(key, query, mode)
        return self.list(key, mode)

    def misbehave(self, mode):
        """Answers that are no list and no watch."""
        if mode == "forbidden":
            self.reply(status(403, "Forbidden", "no"), 403)
        elif mode == "broken":
            self.reply(status(500, "InternalError", "etcd is on fire"), 500)
        elif mode == "slow":
            time.sleep(30)
        elif mode == "redirect":
            self.reply(b"", 307, [("Location", "https://localhost:1" + self.path)])
        elif mode == "garbage":
            self.reply(b"\x16\x03 no JSON")
        elif mode == "huge":
            self.reply(b'{"x": "' + bytes(HUGE).replace(b"\0", b" ") + b'"}')
        elif mode == "page":
            self.reply(b"<html>please log in</html>")
        else:
            return False
        return True

    def get(self, plural, namespace, name):
        with self.state.changed:
            thing = self.state.objects.get((plural, namespace, name))
        if thing is None:
            return self.reply(status(404, "NotFound", f"{plural} {name} not found"), 404)
        return self.reply(thing)

    def list(self, key, mode):
        with self.state.changed:
            thing = self.state.objects.get(key)
            revision = self.state.revision
        # Members of a real list say neither kind nor apiVersion.
        items = [{k: v for k, v in thing.items() if k not in ("kind", "apiVersion")}] if thing else []
        kind = KINDS[key[0]]
        if mode == "other-name":
            items = [i | {"metadata": i["metadata"] | {"name": "other"}} for i in items]
        elif mode == "other-namespace":
            items = [i | {"metadata": i["metadata"] | {"namespace": "other"}} for i in items]
        elif mode == "other-kind":
            kind = "Pod"
        elif mode == "other-member":
            items = [i | {"kind": "Pod"} for i in items]
        elif mode == "two":
            items = items * 2
        metadata = {"resourceVersion": str(revision)}
        if mode == "no-version":
            metadata = {}
        elif mode == "pages":
            metadata["continue"] = "next"
        self.reply({"kind": kind + "List", "apiVersion": "v1", "metadata": metadata,
                    "items": items})  # fmt: skip

    def chunk(self, data):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def event(self, kind, thing):
        self.chunk(json.dumps({"type": kind, "object": thing}).encode() + b"\n")

    def watch(self, key, query, mode):
        state = self.state
        since = int(query.get("resourceVersion") or 0)
        deadline = time.monotonic() + int(query.get("timeoutSeconds", 300))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with state.changed:
            bookmarks, closed = state.bookmarks, state.closed
            expired = since < state.compacted
            if not since:
                since = state.revision
        if expired:
            self.event("ERROR", status(410, "Expired", "too old resource version"))
            return self.chunk(b"")
        if mode == "drop-watches":
            self.close_connection = True
            return None
        if mode == "endless-line":
            for _ in range(HUGE >> 16):
                self.chunk(b" " * (1 << 16))
        while time.monotonic() < deadline:
            with state.changed:
                state.changed.wait_for(
                    lambda: state.closed != closed or state.bookmarks != bookmarks
                    or any(e[0] > since and e[1] == key for e in state.events), 0.5)
                fresh = [e for e in state.events if e[0] > since and e[1] == key]
                revision, ended = state.revision, state.closed != closed
                bookmark = state.bookmarks != bookmarks
                bookmarks = state.bookmarks
                mode = state.mode
            for at, _, kind, thing in fresh:
                since = at
                self.event(kind, self.bend(mode, thing))
            if bookmark and query.get("allowWatchBookmarks") == "true":
                since = revision
                self.event("BOOKMARK", {"kind": KINDS[key[0]], "apiVersion": "v1", "metadata": {
                    "resourceVersion": str(revision), "creationTimestamp": None}})  # fmt: skip
            if ended:
                break
        return self.chunk(b"")

    @staticmethod
    def bend(mode, thing):
        if mode == "event-other-name":
            return thing | {"metadata": thing["metadata"] | {"name": "other"}}
        if mode == "event-other-kind":
            return thing | {"kind": "Pod"}
        return thing


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # Clients hang up.

    def finish_request(self, request, client_address):
        # The handshake in the thread of the connection.
        request.settimeout(60)
        request.do_handshake()
        super().finish_request(request, client_address)


def serve(certificate, key, client_ca=None, port=0):
    Handler.state = State()
    server = Server(("127.0.0.1", port), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    return server


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", nargs=2, required=True)
    parser.add_argument("--client-ca")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    server = serve(*options.tls, options.client_ca, options.port)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
