"""Certificate chains of the Notary Project, right or wrong in one place."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
CODE_SIGNING = (ExtendedKeyUsageOID.CODE_SIGNING,)
TYPES = {"C": NameOID.COUNTRY_NAME, "ST": NameOID.STATE_OR_PROVINCE_NAME, "L": NameOID.LOCALITY_NAME,
         "O": NameOID.ORGANIZATION_NAME, "OU": NameOID.ORGANIZATIONAL_UNIT_NAME, "CN": NameOID.COMMON_NAME,
         "DC": NameOID.DOMAIN_COMPONENT}


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def new_key(kind="p256"):
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key({"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1(),
                                    "p224": ec.SECP224R1()}[kind])


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


def name(text):
    """"C=US,ST=WA,O=Acme", parts in that order."""
    return x509.Name([x509.NameAttribute(TYPES[part.split("=")[0]], part.split("=")[1])
                      for part in text.split(",")])


def usage(*bits):
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{one: one in bits for one in names})


class Issuer:
    """A certificate with its key, which may issue others."""

    def __init__(self, subject, key=None, above=None, kind="p256", **how):
        self.key = key or new_key(kind)
        self.above = above
        self.certificate = make(subject, self.key, above, **how)

    @property
    def chain(self):
        return [self.certificate] + (self.above.chain if self.above else [])


def make(subject, key, above=None, ca=True, path_length=None, ca_critical=True, constraints=True,
         bits=("key_cert_sign",), bits_critical=True, purposes=(), purposes_critical=False, start=None, end=None,
         algorithm=None, extra=(), issuer_name=None, signer=None):
    start = start or now() - 10 * DAY
    builder = (x509.CertificateBuilder().subject_name(name(subject) if isinstance(subject, str) else subject)
               .issuer_name(issuer_name or (above.certificate.subject if above else
                                            name(subject) if isinstance(subject, str) else subject))
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(start).not_valid_after(end or start + 3650 * DAY))
    if constraints:
        builder = builder.add_extension(x509.BasicConstraints(ca, path_length), ca_critical)
    if bits is not None:
        builder = builder.add_extension(usage(*bits), bits_critical)
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), purposes_critical)
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical)
    by = signer or (above.key if above else key)
    plain = None if isinstance(by, ed25519.Ed25519PrivateKey) else algorithm or hashes.SHA256()
    return builder.sign(by, plain)


def leaf(above, subject="C=US,ST=WA,O=Acme,CN=release", kind="p256", **how):
    """A code-signing leaf."""
    settings = {"constraints": False, "ca": False, "bits": ("digital_signature",), "purposes": CODE_SIGNING, **how}
    return Issuer(subject, above=above, kind=kind, **settings)


def self_signed(subject="C=US,ST=WA,O=Acme,CN=alone", kind="p256", **how):
    return leaf(None, subject, kind, **how)


class Authority:
    """A root and an intermediate."""

    def __init__(self, subject="C=US,ST=WA,O=Acme", kind="p256"):
        self.root = Issuer(subject + ",CN=root", kind=kind)
        self.intermediate = Issuer(subject + ",CN=intermediate", above=self.root, kind=kind, path_length=0)

    def leaf(self, subject="C=US,ST=WA,O=Acme,CN=release", kind="p256", **how):
        return leaf(self.intermediate, subject, kind, **how)
