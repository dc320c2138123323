"""A small Fulcio: a root, an intermediate, a certificate log, and leaves for
identities, in every shape that a verifier should and should not take."""

import base64
import datetime
import hashlib
import os
import struct

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

UTC = datetime.timezone.utc
FULCIO = "1.3.6.1.4.1.57264.1."
SCT_LIST = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
DAY = datetime.timedelta(days=1)


def b64(data):
    return base64.b64encode(data).decode()


def now():
    return datetime.datetime.now(UTC).replace(microsecond=0)


def rfc3339(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def new_key(kind="p256"):
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "rsa2048":
        return rsa.generate_private_key(65537, 2048)
    curves = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
    return ec.generate_private_key(curves[kind])


def spki(public):
    return public.public_bytes(serialization.Encoding.DER,
                               serialization.PublicFormat.SubjectPublicKeyInfo)


def sign(key, data, algorithm=None):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    return key.sign(data, ec.ECDSA(algorithm or hashes.SHA256()))


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "test"),
                      x509.NameAttribute(NameOID.COMMON_NAME, text)])


def utf8(text):
    """A DER UTF8String."""
    data = text.encode()
    size = bytes([len(data)]) if len(data) < 128 else b"\x81" + bytes([len(data)])
    return b"\x0c" + size + data


def octets(data):
    """A DER OCTET STRING."""
    if len(data) < 128:
        return b"\x04" + bytes([len(data)]) + data
    if len(data) < 256:
        return b"\x04\x81" + bytes([len(data)]) + data
    return b"\x04\x82" + struct.pack(">H", len(data)) + data


def authority(subject, key, issuer=None, issuer_key=None, start=None, end=None, path_length=None,
              purposes=(ExtendedKeyUsageOID.CODE_SIGNING,)):
    """A CA certificate; self-signed without issuer."""
    start = start or now() - 400 * DAY
    builder = (x509.CertificateBuilder().subject_name(name(subject))
               .issuer_name(issuer.subject if issuer else name(subject))
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(start).not_valid_after(end or start + 3650 * DAY)
               .add_extension(x509.BasicConstraints(True, path_length), True)
               .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
                   (issuer_key or key).public_key()), False))
    if issuer and purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), False)
    return builder.sign(issuer_key or key, hashes.SHA384())


class CertificateLog:
    """Promises to record precertificates (RFC 6962 section 3.2)."""

    def __init__(self, url="https://ctlog.example.test"):
        self.url = url
        self.key = new_key()
        self.id = hashlib.sha256(spki(self.key.public_key())).digest()
        self.extensions = b""

    def promise(self, body, issuer_key, milliseconds=None, key=None):
        stamp = milliseconds or int(now().timestamp() * 1000)
        extensions = struct.pack(">H", len(self.extensions)) + self.extensions
        signed = (b"\0\0" + struct.pack(">QH", stamp, 1) + hashlib.sha256(spki(issuer_key)).digest()
                  + struct.pack(">I", len(body))[1:] + body + extensions)
        signature = sign(key or self.key, signed)
        return (b"\0" + self.id + struct.pack(">Q", stamp) + extensions + b"\4\3"
                + struct.pack(">H", len(signature)) + signature)


def sct_list(promises):
    body = b"".join(struct.pack(">H", len(one)) + one for one in promises)
    return octets(struct.pack(">H", len(body)) + body)


class Fulcio:
    """Issues leaves below an intermediate; `leaf` takes what to do wrong."""

    def __init__(self, label="fulcio"):
        self.root_key, self.key = new_key("p384"), new_key("p384")
        self.root = authority(label + " root", self.root_key)
        self.intermediate = authority(label + " intermediate", self.key, self.root, self.root_key, path_length=0)
        self.log = CertificateLog()

    @property
    def chain(self):
        return [self.intermediate, self.root]

    def leaf(self, public, subject, issuer, claims=None, start=None, end=None, alternative=None,
             purposes=(ExtendedKeyUsageOID.CODE_SIGNING,), signatures=True, ca=False, extra=(),
             promises=None, issuer_key=None, log_key=None, issuer_certificate=None):
        start = start or now() - datetime.timedelta(seconds=5)
        parent = issuer_certificate or self.intermediate
        if alternative is None:
            kind = x509.RFC822Name if "@" in subject and "://" not in subject else x509.UniformResourceIdentifier
            alternative = [kind(subject)]
        builder = (x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(parent.subject)
                   .public_key(public).serial_number(int.from_bytes(os.urandom(16), "big") >> 1)
                   .not_valid_before(start).not_valid_after(end or start + datetime.timedelta(minutes=10))
                   .add_extension(x509.KeyUsage(signatures, False, not signatures, False, False, ca, False,
                                                False, False), True)
                   .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
                   .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False)
                   .add_extension(x509.SubjectAlternativeName(alternative), True))
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), False)
        if ca:
            builder = builder.add_extension(x509.BasicConstraints(True, None), True)
        fields = {"1": issuer.encode(), "8": utf8(issuer)} if issuer else {}
        for number, text in (claims or {}).items():
            fields[number] = text if isinstance(text, bytes) else utf8(text)
        for number, value in {**fields, **dict(extra)}.items():
            if value is not None:
                builder = builder.add_extension(
                    x509.UnrecognizedExtension(ObjectIdentifier(FULCIO + number), value), False)
        signer = issuer_key or self.key
        body = builder.sign(signer, hashes.SHA384()).tbs_certificate_bytes
        if promises is None:
            promises = [self.log.promise(body, parent.public_key(), int(start.timestamp() * 1000), log_key)]
        if promises:
            builder = builder.add_extension(x509.UnrecognizedExtension(SCT_LIST, sct_list(promises)), False)
        return builder.sign(signer, hashes.SHA384())
