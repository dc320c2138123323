#!/usr/bin/env python3
"""A registry that misbehaves in every way a client must survive.

  hostile_registry.py [--tls CERT KEY] [--bind ADDRESS]

Prints its port, serves until killed or its standard input, a pipe, ends. The first part of a repository's name is
the mode ("good/app", "stalled-body/app"), so one server plays all of them;
what follows it separates tests from each other. Below /v2/, every mode serves
the manifest GOOD (any tag, or its digest) where it does not misbehave.

  /v2/        says that it stores signatures, as it asks for credentials; what
              is below /extensions/v2/ has the modes, too
  /token      hands out tokens; /token-private only to user:secret
  /_log       all requests so far, as JSON: method, path, headers
"""

import argparse
import base64
import functools
import gzip
import hashlib
import http.server
import json
import os
import socket
import ssl
import stat
import struct
import sys
import threading
import time

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
GIB = 1 << 30
SECRET = "Basic " + base64.b64encode(b"user:secret").decode()


def descriptor(data, media_type):
    return {"mediaType": media_type, "digest": digest_of(data), "size": len(data)}


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


CONFIG = b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'
GOOD = json.dumps({
    "schemaVersion": 2, "mediaType": MANIFEST, "layers": [],
    "config": descriptor(CONFIG, "application/vnd.oci.image.config.v1+json"),
}).encode()  # fmt: skip
GOOD_INDEX = json.dumps({
    "schemaVersion": 2, "mediaType": INDEX,
    "manifests": [descriptor(GOOD, MANIFEST)
                  | {"platform": {"os": "linux", "architecture": "amd64"}}],
}).encode()  # fmt: skip


def referrers_page(first, count):
    entries = [descriptor(str(n).encode(), MANIFEST) for n in range(first, first + count)]
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()


@functools.cache
def bomb():
    """64 MiB, small on the wire."""
    return gzip.compress(bytes(64 << 20), 1)


class Registry(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    requests = []
    counts = {}
    lock = threading.Lock()
    scheme = "http"

    def handle_error(self, request, client_address):
        pass  # Clients that hang up are what these modes are for.

    def url(self, path, host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.server_port}{path}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.form = self.rfile.read(length).decode()
        self.do_GET()

    def do_GET(self):
        server = self.server
        path = self.path.split("?")[0]
        if path == "/_log":
            with server.lock:
                return self.answer(200, json.dumps(server.requests).encode())
        with server.lock:
            server.requests.append({
                "method": self.command, "path": self.path,
                "form": getattr(self, "form", None),
                "headers": {k.lower(): v for k, v in self.headers.items()},
            })  # fmt: skip
            # The how-manyeth request for this path it is.
            self.nth = server.counts[path] = server.counts.get(path, 0) + 1
        if path.startswith("/token"):
            return self.token(path)
        if path == "/v2/":
            return self.answer(401, b"{}", X_Registry_Supports_Signatures="1", WWW_Authenticate="Basic realm=x")
        parts = path.removeprefix("/extensions").split("/")
        if len(parts) < 5 or parts[1] != "v2":
            return self.answer(404, b"{}")
        self.kind, self.what = parts[-2], parts[-1]
        mode = getattr(self, "mode_" + parts[2].replace("-", "_"), None)
        return mode() if mode else self.answer(404, b"{}")

    def token(self, path):
        if path == "/token-private" and self.headers.get("Authorization") != SECRET:
            return self.answer(401, b"{}")
        if path == "/token-refresh" and "refresh_token=refresh-me" not in (
            getattr(self, "form", None) or ""
        ):
            return self.answer(401, b"{}")
        if path == "/token-huge":
            return self.endless(b'{"token":"' + b"a" * 4096)
        if path == "/token-broken":
            return self.answer(200, b'{"token":"a\\r\\nX-Evil: 1"}')
        return self.answer(200, b'{"token":"good-token","expires_in":300}')

    # Ways to answer.

    def answer(self, status, body, media_type="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def good(self):
        documents = {
            "referrers": (referrers_page(0, 1), INDEX),
            "blobs": (CONFIG, "application/octet-stream"),
            "manifests": (GOOD, MANIFEST),
            "signatures": (b'{"signatures":[]}', "application/json"),
        }
        if self.kind == "manifests" and self.what in ("index", digest_of(GOOD_INDEX)):
            documents["manifests"] = (GOOD_INDEX, INDEX)
        body, media_type = documents[self.kind]
        if self.what.startswith("sha256:") and self.kind not in ("referrers", "signatures"):
            if self.what != digest_of(body):
                return self.answer(404, b"{}")
        return self.answer(200, body, media_type)

    def stall(self):
        time.sleep(30)
        self.close_connection = True

    def endless(self, piece):
        self.send_response(200)
        self.send_header("Content-Type", MANIFEST)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    def challenge(self, header):
        self.answer(401, b"{}", WWW_Authenticate=header)

    def bearer(self, realm):
        self.challenge(f'Bearer realm="{realm}",service="hostile",scope="repository:x:pull,push"')

    def hang_up(self, reset):
        if reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    # Modes: authentication.

    mode_good = good

    def mode_token(self):
        if self.headers.get("Authorization") == "Bearer good-token":
            return self.good()
        return self.bearer(self.server.url("/token"))

    def mode_token_private(self):
        if self.headers.get("Authorization") == "Bearer good-token":
            return self.good()
        return self.bearer(self.server.url("/token-private"))

    def mode_token_refresh(self):
        if self.headers.get("Authorization") == "Bearer good-token":
            return self.good()
        return self.bearer(self.server.url("/token-refresh"))

    def mode_token_huge(self):
        self.bearer(self.server.url("/token-huge"))

    def mode_token_broken(self):
        self.bearer(self.server.url("/token-broken"))

    def mode_basic(self):
        if self.headers.get("Authorization") == SECRET:
            return self.good()
        return self.challenge('Basic realm="hostile"')

    def mode_401_bearer(self):
        self.bearer(self.server.url("/token"))

    def mode_401_basic(self):
        self.challenge('Basic realm="hostile"')

    def mode_401_garbage(self):
        self.challenge('Bearer realm="unterminated')

    def mode_realm_metadata(self):
        self.bearer("http://169.254.169.254/latest/meta-data")

    def mode_realm_private(self):
        self.bearer("http://10.255.255.1/token")

    def mode_realm_name(self):
        self.bearer(self.server.url("/token", "localhost"))

    def mode_realm_file(self):
        self.bearer("file:///etc/passwd")

    def mode_forbidden(self):
        self.answer(403, b"{}")

    # Modes: time.

    def mode_stalled_headers(self):
        self.stall()

    def mode_stalled_body(self):
        self.send_response(200)
        self.send_header("Content-Type", MANIFEST)
        self.send_header("Content-Length", str(len(GOOD)))
        self.end_headers()
        self.wfile.write(GOOD[:10])
        self.stall()

    def mode_drip(self):
        self.send_response(200)
        self.send_header("Content-Type", MANIFEST)
        self.send_header("Content-Length", str(len(GOOD)))
        self.end_headers()
        for byte in GOOD:
            self.wfile.write(bytes([byte]))
            time.sleep(0.2)

    def mode_throttled_once(self):
        return self.good() if self.nth > 1 else self.answer(429, b"{}", Retry_After="0")

    def mode_throttled(self):
        self.answer(429, b"{}", Retry_After="3600")

    def mode_flaky(self):
        return self.good() if self.nth > 1 else self.answer(500, b"{}")

    def mode_broken(self):
        self.answer(503, b"{}")

    def mode_reset_once(self):
        return self.good() if self.nth > 1 else self.hang_up(reset=True)

    def mode_reset(self):
        self.hang_up(reset=True)

    def mode_dead(self):
        self.hang_up(reset=False)

    # Modes: size and form.

    def mode_huge(self):
        self.send_response(200)
        self.send_header("Content-Type", MANIFEST)
        self.send_header("Content-Length", str(GIB))
        self.end_headers()
        for _ in range(1024):
            self.wfile.write(bytes(1 << 20))

    def mode_endless_body(self):
        self.endless(bytes(1 << 16))

    def mode_endless_headers(self):
        self.send_response(200)
        self.flush_headers()
        while True:
            self.wfile.write(b"X-Filler: " + b"a" * 4000 + b"\r\n")

    def mode_endless_interim(self):
        while True:
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")

    def mode_huge_error(self):
        self.send_response(404)
        self.send_header("Content-Length", str(GIB))
        self.end_headers()
        for _ in range(1024):
            self.wfile.write(bytes(1 << 20))

    def mode_wrong_digest(self):
        self.answer(200, GOOD + b" ", MANIFEST, Docker_Content_Digest=self.what)

    def mode_wrong_type(self):
        self.answer(200, referrers_page(0, 1), "application/json")

    def mode_gzip(self):
        self.answer(200, bomb(), INDEX, Content_Encoding="gzip")

    def mode_deep(self):
        media_type = INDEX if self.kind == "referrers" else MANIFEST
        self.answer(200, b"[" * 100_000 + b"]" * 100_000, media_type)

    def mode_garbage(self):
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n" * 4)
        self.close_connection = True

    # Modes: referrers.

    def mode_pages(self):
        last = "last=1" in self.path
        link = {} if last else {"Link": f'<{self.path.split("?")[0]}?last=1>; rel="next"'}
        self.answer(200, referrers_page(10 if last else 0, 10), INDEX, **link)

    def mode_loop(self):
        turn = 2 if "turn=1" in self.path else 1
        link = f'<?turn={turn}>; rel="next"'
        self.answer(200, referrers_page(0, 1), INDEX, Link=link)

    def mode_new_pages(self):
        link = f'<?turn={self.nth}>; rel="next"'
        self.answer(200, referrers_page(0, 1), INDEX, Link=link)

    def mode_many(self):
        first = int(self.path.partition("from=")[2] or 0)
        link = f'<?from={first + 100}>; rel="next"'
        self.answer(200, referrers_page(first, 100), INDEX, Link=link)

    def mode_many_at_once(self):
        self.answer(200, referrers_page(0, 10_000), INDEX)

    def mode_foreign_page(self):
        link = f'<{self.server.url("/v2/good/a/referrers/x", "localhost")}>; rel="next"'
        self.answer(200, referrers_page(0, 1), INDEX, Link=link)

    def mode_referrers_error(self):
        self.answer(405, b"{}")

    # Modes: redirects. "localhost" is another host than 127.0.0.1.

    def redirect(self, location, status=307):
        self.answer(status, b"", Location=location)

    def mode_redirect(self):
        if self.headers.get("Authorization") != SECRET:
            return self.challenge('Basic realm="hostile"')
        path = self.path.replace("/v2/redirect/", "/v2/good/redirected-")
        return self.redirect(self.server.url(path, "localhost"))

    def mode_redirect_same(self):
        if self.headers.get("Authorization") != SECRET:
            return self.challenge('Basic realm="hostile"')
        return self.redirect(self.path.replace("/v2/redirect-same/", "/v2/basic/redirected-"))

    def mode_redirect_loop(self):
        self.redirect(self.path)

    def mode_redirect_metadata(self):
        self.redirect("http://169.254.169.254/latest/meta-data")

    def mode_redirect_file(self):
        self.redirect("file:///etc/passwd")

    def mode_redirect_http(self):
        self.redirect(self.server.url(self.path).replace("https:", "http:"))

    def mode_redirect_user(self):
        self.redirect(f"http://user:secret@127.0.0.1:{self.server.server_port}/")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--client-ca", help="ask for a client certificate of this authority")
    parser.add_argument("--bind", default="127.0.0.1")
    arguments = parser.parse_args()
    server = Registry((arguments.bind, 0), Handler)
    if arguments.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*arguments.tls)
        if arguments.client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(arguments.client_ca)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        server.scheme = "https"
    print(server.server_port, flush=True)
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=exit_with_parent, daemon=True).start()
    server.serve_forever()


def exit_with_parent():
    """Standard input is the parent's pipe: its end is the parent's."""
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
