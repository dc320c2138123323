#!/usr/bin/python3
"""A sigstore deployment on loopback that real cosign signs against.

    stack.py FOLDER      serves until it is ended

FOLDER gets `url`, `trusted_root.json`, `signing_config.v1.json` and `.v2.json`
(the log of the first or second generation), and the PEM files that cosign 2
reads: `fulcio.pem`, `ctlog.pub`, `rekor.pub`, `tsa.pem`. An identity token is
any JWT; `identity_token.py` makes one. Nothing here checks who asks.
"""

import base64
import http.server
import json
import pathlib
import sys
import threading

from cryptography.hazmat.primitives import serialization

from authority import DAY, Fulcio, b64, der, now, pem, rfc3339, spki
from logs import RekorV1, RekorV2
from timestamps import TimestampAuthority

JSON = "application/json"


class Deployment:
    """Everything a trusted root names."""

    def __init__(self, folder):
        self.fulcio = Fulcio()
        self.rekor = RekorV1()
        self.rekor2 = RekorV2()
        self.tsa = TimestampAuthority(pathlib.Path(folder) / "tsa")
        self.start = rfc3339(now() - 200 * DAY)

    def trusted_root(self):
        fulcio = {"uri": "https://fulcio.example.test",
                  "subject": {"organization": "test", "commonName": "fulcio"},
                  "certChain": {"certificates": [{"rawBytes": b64(der(one))} for one in self.fulcio.chain]},
                  "validFor": {"start": self.start}}
        log = self.fulcio.log
        return {"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "tlogs": [self.rekor.trusted(self.start), self.rekor2.trusted(self.start)],
                "certificateAuthorities": [fulcio],
                "ctlogs": [{"baseUrl": log.url, "hashAlgorithm": "SHA2_256", "logId": {"keyId": b64(log.id)},
                            "publicKey": {"rawBytes": b64(spki(log.key.public_key())),
                                          "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                                          "validFor": {"start": self.start}}}],
                "timestampAuthorities": [self.tsa.trusted(self.start)]}

    def signing_config(self, url, generation, stamped=True):
        def service(path, version):
            return {"url": url + path, "majorApiVersion": version, "validFor": {"start": self.start},
                    "operator": "test"}

        log = service("/rekor2", 2) if generation == 2 else service("/rekor", 1)
        return {"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
                "caUrls": [service("/fulcio", 1)], "oidcUrls": [service("/oidc", 1)],
                "rekorTlogUrls": [log], "rekorTlogConfig": {"selector": "ANY"},
                "tsaUrls": [service("/tsa/api/v1/timestamp", 1)] if stamped else [],
                "tsaConfig": {"selector": "ANY"}}


def claims_of(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    deployment = None
    lock = threading.Lock()

    def log_message(self, *_):
        pass

    def answer(self, status, body, media_type=JSON, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.answer(404, {"code": 404, "message": "nothing here"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.lock:
            self.serve(body)

    def serve(self, body):
        deployment = self.deployment
        if self.path == "/fulcio/api/v1/signingCert":
            chain = self.issue(base64.b64decode(json.loads(body)["publicKey"]["content"]))
            self.answer(201, "".join(chain).encode(), "application/pem-certificate-chain")
        elif self.path == "/fulcio/api/v2/signingCert":
            chain = self.issue(json.loads(body)["publicKeyRequest"]["publicKey"]["content"].encode())
            self.answer(200, {"signedCertificateEmbeddedSct": {"chain": {"certificates": chain}}})
        elif self.path == "/rekor/api/v1/log/entries":
            entry = deployment.rekor.api_entry(deployment.rekor.accept(json.loads(body)))
            self.answer(201, entry, ETag=next(iter(entry)), Location=f"{self.path}/{next(iter(entry))}")
        elif self.path == "/rekor2/api/v2/log/entries":
            self.answer(201, deployment.rekor2.accept(json.loads(body)))
        elif self.path == "/tsa/api/v1/timestamp":
            self.answer(201, deployment.tsa.reply(body), "application/timestamp-reply")
        elif self.path == "/tsa":  # RFC 3161 section 3.4
            self.answer(200, deployment.tsa.reply(body), "application/timestamp-reply")
        else:
            self.answer(404, {"code": 404, "message": self.path})

    def issue(self, public):
        load = (serialization.load_pem_public_key if public.startswith(b"-----")
                else serialization.load_der_public_key)
        claims = claims_of(self.headers["Authorization"].split(" ")[1])
        subject = claims.get("email") or claims["sub"]
        leaf = self.deployment.fulcio.leaf(load(public), subject, claims["iss"], claims.get("fulcio"))
        return [pem(one) for one in [leaf, *self.deployment.fulcio.chain]]


def write_files(folder, deployment, url):
    def public(key):
        return key.public_key().public_bytes(serialization.Encoding.PEM,
                                             serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    files = {
        "trusted_root.json": json.dumps(deployment.trusted_root(), indent=1),
        "signing_config.v1.json": json.dumps(deployment.signing_config(url, 1)),
        "signing_config.v1-unstamped.json": json.dumps(deployment.signing_config(url, 1, False)),
        "signing_config.v2.json": json.dumps(deployment.signing_config(url, 2)),
        "fulcio.pem": "".join(pem(one) for one in deployment.fulcio.chain),
        "ctlog.pub": public(deployment.fulcio.log.key), "rekor.pub": public(deployment.rekor.key),
        "tsa.pem": "".join(pem(one) for one in deployment.tsa.chain), "url": url}
    for name, text in files.items():
        (folder / name).write_text(text)


def serve(folder):
    """A running deployment: itself, its server's URL, and what ends it."""
    deployment = Deployment(folder)
    handler = type("Bound", (Handler,), {"deployment": deployment})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    write_files(pathlib.Path(folder), deployment, url)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return deployment, url, server.shutdown


if __name__ == "__main__":
    pathlib.Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    serve(sys.argv[1])
    threading.Event().wait()
