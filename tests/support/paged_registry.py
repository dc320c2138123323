#!/usr/bin/env python3
"""Stands before a registry that has no referrers API, and has it: one referrer
a page, in the order of the fallback tag, which is no longer to be seen.

  paged_registry.py HOST:PORT

Prints its port, serves until killed. Everything else is passed on.
"""

import http.client
import http.server
import json
import re
import sys
import urllib.parse

INDEX = "application/vnd.oci.image.index.v1+json"
REFERRERS = re.compile(r"/v2/(.+)/referrers/sha256:([0-9a-f]{64})$")
FALLBACK = re.compile(r"/v2/.+/manifests/sha256-[0-9a-f]{64}$")
PASSED_ON = ("Content-Type", "Docker-Content-Digest", "WWW-Authenticate")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        path, _, query = self.path.partition("?")
        asked = REFERRERS.match(path)
        if asked:
            page = urllib.parse.parse_qs(query).get("page", ["0"])[0]
            return self.referrers(asked[1], asked[2], int(page))
        if FALLBACK.match(path):
            return self.answer(404, b"{}", {"Content-Type": "application/json"})
        status, headers, body = self.ask(self.path, self.headers.get("Accept", "*/*"))
        return self.answer(status, body, {k: v for k, v in headers.items() if k in PASSED_ON})

    do_HEAD = do_GET

    def referrers(self, name, digest, page):
        _, _, body = self.ask(f"/v2/{name}/manifests/sha256-{digest}", INDEX)
        listed = json.loads(body).get("manifests", [])
        headers = {"Content-Type": INDEX}
        if page + 1 < len(listed):
            headers["Link"] = f'</v2/{name}/referrers/sha256:{digest}?page={page + 1}>; rel="next"'
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": listed[page : page + 1]}
        self.answer(200, json.dumps(index).encode(), headers)

    def ask(self, path, accept):
        connection = http.client.HTTPConnection(sys.argv[1], timeout=10)
        connection.request("GET", path, headers={"Accept": accept})
        response = connection.getresponse()
        answer = response.status, dict(response.getheaders()), response.read()
        connection.close()
        return answer

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
