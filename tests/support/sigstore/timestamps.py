"""Time-stamping authorities: openssl ts behind one call."""

import datetime
import pathlib
import re
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from authority import DAY, authority, b64, der, name, new_key, now, pem

CONFIG = """
[tsa]
default_tsa = own
[own]
serial = {0}/serial
crypto_device = builtin
signer_cert = {0}/leaf.pem
signer_key = {0}/key.pem
certs = {0}/leaf.pem
signer_digest = sha256
default_policy = 1.3.6.1.4.1.57264.2
digests = sha256, sha384, sha512, sha1
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def time_of(response):
    """When a token says it was made: the first GeneralizedTime in it."""
    text = re.search(rb"\x18\x0f(\d{14})Z", response).group(1).decode()
    return datetime.datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=datetime.timezone.utc)


class TimestampAuthority:
    """`purposes` and `critical` shape the certificate that signs tokens, `extra`
    are extensions of it besides."""

    def __init__(self, folder, uri="https://tsa.example.test",
                 purposes=(ExtendedKeyUsageOID.TIME_STAMPING,), critical=True, kind="p256", end=None,
                 extra=()):
        self.folder, self.uri = pathlib.Path(folder), uri
        self.folder.mkdir(parents=True)
        self.root_key, self.key = new_key(kind), new_key(kind)
        self.root = authority("tsa root", self.root_key)
        start = now() - 300 * DAY
        builder = (x509.CertificateBuilder().subject_name(name("tsa")).issuer_name(self.root.subject)
                   .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(start).not_valid_after(end or start + 3650 * DAY)
                   .add_extension(x509.KeyUsage(True, False, False, False, False, False, False, False, False),
                                  True)
                   .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False)
                   .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
                       self.root_key.public_key()), False)
                   .add_extension(x509.ExtendedKeyUsage(purposes), critical))
        for extension, marked in extra:
            builder = builder.add_extension(extension, marked)
        self.leaf = builder.sign(self.root_key, hashes.SHA256())
        (self.folder / "leaf.pem").write_text(pem(self.leaf))
        (self.folder / "key.pem").write_bytes(self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        (self.folder / "serial").write_text("01\n")
        (self.folder / "openssl.cnf").write_text(CONFIG.format(self.folder))

    @property
    def chain(self):
        return [self.leaf, self.root]

    def reply(self, query):
        """The DER response to a DER query."""
        source = self.folder / "query.tsq"
        source.write_bytes(query)
        done = subprocess.run(
            ["openssl", "ts", "-reply", "-config", self.folder / "openssl.cnf", "-queryfile", source],
            capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode())
        return done.stdout

    def stamp(self, data, digest="sha256", certificates=True):
        """The DER response for a signature's bytes."""
        source = self.folder / "data"
        source.write_bytes(data)
        query = subprocess.run(
            ["openssl", "ts", "-query", "-data", source, "-" + digest, *(["-cert"] if certificates else [])],
            capture_output=True, check=True).stdout
        return self.reply(query)

    def old_token(self, data):
        """One that names its certificate by SHA-1 (RFC 3161 without RFC 5816)."""
        config = self.folder / "openssl.cnf"
        config.write_text(CONFIG.format(self.folder).replace("ess_cert_id_alg = sha256", "ess_cert_id_alg = sha1"))
        try:
            return self.token(data)
        finally:
            config.write_text(CONFIG.format(self.folder))

    def token(self, data, **query):
        """The bare token of such a response."""
        (self.folder / "response").write_bytes(self.stamp(data, **query))
        subprocess.run(["openssl", "ts", "-reply", "-in", self.folder / "response", "-token_out", "-out",
                        self.folder / "token"], capture_output=True, check=True)
        return (self.folder / "token").read_bytes()

    def trusted(self, start, end=None):
        return {"uri": self.uri, "subject": {"organization": "test", "commonName": "tsa"},
                "certChain": {"certificates": [{"rawBytes": b64(der(one))} for one in self.chain]},
                "validFor": {"start": start, **({"end": end} if end else {})}}
