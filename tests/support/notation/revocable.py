#!/usr/bin/env python3
"""An authority on loopback that revokes what it issued.

    revocable.py FOLDER      serves until it is ended

FOLDER gets `url`, `root.pem`, and a signer for notation in each of `both`
(OCSP and lists), `ocsp`, `list` and `neither`, by what their certificates name.
What is said about them is in FOLDER/flags, a file a flag, read at each request:

  revoked-leaf  revoked-intermediate  held-leaf  revoked-stamper
  ocsp-down  ocsp-unknown  ocsp-stranger  ocsp-expired
  list-down  list-expired  list-stranger  list-early  list-short
  hang  (nobody gets an answer, nor is let go)
  delta  delta-revoked-leaf  delta-old  delta-down   (lists name a delta)
"""

import base64
import http.server
import pathlib
import sys
import threading
import time
import urllib.parse

from chains import DAY, Issuer, leaf, now, pem
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from make_signer import write_signer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "sigstore"))
from timestamps import TimestampAuthority  # noqa: E402

SUBJECT = "C=US,ST=WA,O=Acme"
SIGNERS = {"both": ("ocsp", "list"), "ocsp": ("ocsp",), "list": ("list",), "neither": ()}
SHA256 = hashes.SHA256()


def points(*urls):
    return [x509.DistributionPoint([x509.UniformResourceIdentifier(one) for one in urls], None, None, None)]


def places(url, issuer, kinds):
    """The extensions by which a certificate says where to ask about it."""
    found = []
    if "ocsp" in kinds:
        found.append((x509.AuthorityInformationAccess([x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{url}/ocsp/{issuer}"))]), False))
    if "list" in kinds:
        found.append((x509.CRLDistributionPoints(points(f"{url}/{issuer}.crl")), False))
    return found


class Authority:
    def __init__(self, folder, url):
        self.flags_folder, self.url = folder / "flags", url
        self.flags_folder.mkdir(parents=True)
        bits = ("key_cert_sign", "crl_sign", "digital_signature")
        self.root = Issuer(SUBJECT + ",CN=root", bits=bits)
        self.intermediate = Issuer(SUBJECT + ",CN=intermediate", above=self.root, path_length=0, bits=bits,
                                   extra=places(url, "root", ("ocsp", "list")))
        # Has the intermediate's name, and another key.
        self.stranger = Issuer(SUBJECT + ",CN=intermediate", bits=bits)
        self.leaves = {name: leaf(self.intermediate, f"{SUBJECT},CN={name}",
                                  extra=places(url, "intermediate", kinds)) for name, kinds in SIGNERS.items()}
        self.stamper = TimestampAuthority(folder / "tsa", extra=places(url, "stamper", ("list",)))

    def issuer(self, name):
        return {"root": (self.root.certificate, self.root.key),
                "intermediate": (self.intermediate.certificate, self.intermediate.key),
                "stamper": (self.stamper.root, self.stamper.root_key)}[name]

    def has(self, flag):
        return (self.flags_folder / flag).exists()

    def issued(self, name):
        """The certificates it issued, and the flag under which each is revoked."""
        return {"root": [(self.intermediate.certificate, "revoked-intermediate")],
                "intermediate": [(one.certificate, "revoked-leaf") for one in self.leaves.values()],
                "stamper": [(self.stamper.leaf, "revoked-stamper")]}[name]

    def signer_for(self, name, stranger):
        return (self.stranger.certificate, self.stranger.key) if self.has(stranger) else self.issuer(name)

    def entries(self, builder, name, flags):
        for certificate, flag in self.issued(name):
            reason = {"revoked-leaf": x509.ReasonFlags.key_compromise}.get(flag)
            if flag == "revoked-leaf" and self.has("held-leaf"):
                flag, reason = "held-leaf", x509.ReasonFlags.certificate_hold
            if not self.has(flags(flag)):
                continue
            entry = (x509.RevokedCertificateBuilder().serial_number(certificate.serial_number)
                     .revocation_date(now() - DAY))
            if reason:
                entry = entry.add_extension(x509.CRLReason(reason), False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder

    def list_of(self, name, delta=False):
        made = 3 * DAY if self.has("list-expired") else DAY / 6 if self.has("list-early") else DAY / 24
        due = -2 * DAY if self.has("list-expired") else DAY / 86400 if self.has("list-short") else DAY
        builder = (x509.CertificateRevocationListBuilder().issuer_name(self.issuer(name)[0].subject)
                   .last_update(now() - made).next_update(now() + due))
        number = 10 if not delta else 9 if self.has("delta-old") else 12
        builder = builder.add_extension(x509.CRLNumber(number), False)
        if delta:
            builder = builder.add_extension(x509.DeltaCRLIndicator(10), True)
        elif self.has("delta"):
            builder = builder.add_extension(x509.FreshestCRL(points(f"{self.url}/{name}-delta.crl")), False)
        builder = self.entries(builder, name, lambda flag: "delta-" * delta + flag)
        made = builder.sign(self.signer_for(name, "list-stranger")[1], SHA256)
        return made.public_bytes(serialization.Encoding.DER)

    def answer(self, name, question):
        asked = ocsp.load_der_ocsp_request(question)
        issuer, _ = self.issuer(name)
        for certificate, flag in self.issued(name):
            if certificate.serial_number != asked.serial_number:
                continue
            revoked, late = self.has(flag), self.has("ocsp-expired")
            status = (ocsp.OCSPCertStatus.UNKNOWN if self.has("ocsp-unknown") else
                      ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD)
            responder, key = self.signer_for(name, "ocsp-stranger")
            made = (ocsp.OCSPResponseBuilder().add_response(
                certificate, issuer, asked.hash_algorithm, status,
                now() - (3 * DAY if late else DAY / 24), now() + (-2 * DAY if late else DAY / 24),
                now() - DAY if status is ocsp.OCSPCertStatus.REVOKED else None, None)
                .responder_id(ocsp.OCSPResponderEncoding.NAME, responder)
                .sign(key, SHA256))
            return made.public_bytes(serialization.Encoding.DER)
        refused = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        return refused.public_bytes(serialization.Encoding.DER)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    authority = None
    lock = threading.Lock()

    def log_message(self, *_):
        pass

    def give(self, data, media_type="application/octet-stream"):
        self.send_response(200 if data else 503)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def hang(self):
        if self.authority.has("hang"):
            time.sleep(20)

    def do_GET(self):
        self.hang()
        path = self.path.removeprefix("/")
        with self.lock:
            if path.startswith("ocsp/"):
                _, name, question = path.split("/", 2)
                return self.give_ocsp(name, base64.b64decode(urllib.parse.unquote(question)))
            name = path.removesuffix(".crl")
            delta = name.endswith("-delta")
            down = self.authority.has("list-down") or (delta and self.authority.has("delta-down"))
            return self.give(b"" if down else self.authority.list_of(name.removesuffix("-delta"), delta))

    def do_POST(self):
        self.hang()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.lock:
            if self.path == "/tsa":
                return self.give(self.authority.stamper.reply(body), "application/timestamp-reply")
            return self.give_ocsp(self.path.split("/")[2], body)

    def give_ocsp(self, name, question):
        down = self.authority.has("ocsp-down")
        self.give(b"" if down else self.authority.answer(name, question), "application/ocsp-response")


def serve(folder, port=0):
    """A running authority, and what ends it."""
    handler = type("Bound", (Handler,), {})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    handler.authority = Authority(folder, f"http://127.0.0.1:{server.server_address[1]}")
    authority = handler.authority
    for name, signer in authority.leaves.items():
        write_signer(folder / name, authority.root, signer, {"tsa": authority.stamper.root})
    (folder / "root.pem").write_bytes(pem(authority.root.certificate))
    (folder / "tsa-root.pem").write_bytes(pem(authority.stamper.root))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (folder / "url").write_text(authority.url)
    return authority, server.shutdown


if __name__ == "__main__":
    pathlib.Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    serve(pathlib.Path(sys.argv[1]))
    threading.Event().wait()
