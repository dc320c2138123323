#!/usr/bin/env python3
"""Makes the authority whose lists and answers revocation_list_fuzz and
ocsp_response_fuzz start from, anew, and what it says; then run seeds.py. Its
keys are not kept, so whatever else verifies is forged."""

import datetime
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support" / "notation"))

from chains import Issuer, leaf, pem  # noqa: E402

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)  # see recorded_authority.h
HOUR = datetime.timedelta(hours=1)
LONG = {"start": START, "end": START + 87_600 * HOUR}
Flags = x509.ReasonFlags


def entry(certificate, reason=None, invalid_since=None):
    made = (x509.RevokedCertificateBuilder().serial_number(certificate.serial_number)
            .revocation_date(START - 2 * HOUR))
    if reason:
        made = made.add_extension(x509.CRLReason(reason), False)
    if invalid_since:
        made = made.add_extension(x509.InvalidityDate(invalid_since), False)
    return made.build()


def revocation_list(issuer, number, entries, extensions=()):
    made = (x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
            .last_update(START - HOUR).next_update(START + 24 * HOUR)
            .add_extension(x509.CRLNumber(number), False))
    for one in entries:
        made = made.add_revoked_certificate(one)
    for extension, critical in extensions:
        made = made.add_extension(extension, critical)
    return made.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def answer(one, issuer, signer, status, revoked=(None, None), carried=()):
    made = (ocsp.OCSPResponseBuilder()
            .add_response(one.certificate, issuer.certificate, hashes.SHA1(), status, START - HOUR,
                          START + 24 * HOUR, *revoked)
            .responder_id(ocsp.OCSPResponderEncoding.NAME, signer.certificate))
    if carried:
        made = made.certificates([each.certificate for each in carried])
    return made.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def main():
    issuer = Issuer("O=Acme,CN=issuer", bits=("key_cert_sign", "crl_sign"), **LONG)
    revoked, good = (leaf(issuer, "O=Acme,CN=" + name, **LONG) for name in ("revoked", "good"))
    responder = leaf(issuer, "O=Acme,CN=responder", purposes=(ExtendedKeyUsageOID.OCSP_SIGNING,), **LONG)
    other = leaf(issuer, "O=Acme,CN=other", **LONG)
    points = [x509.DistributionPoint([x509.UniformResourceIdentifier("http://crl.example/d")], None, None, None)]
    scope = x509.IssuingDistributionPoint([x509.UniformResourceIdentifier("http://crl.example/a")], None, False,
                                          False, None, False, False)
    Status = ocsp.OCSPCertStatus
    files = {
        "issuer.pem": pem(issuer.certificate),
        "revoked.pem": pem(revoked.certificate),
        "good.pem": pem(good.certificate),
        "lists/whole": revocation_list(
            issuer, 10, [entry(revoked.certificate, Flags.key_compromise, START), entry(other.certificate)],
            [(x509.FreshestCRL(points), False), (scope, True)]),
        "lists/delta": revocation_list(
            issuer, 11, [entry(revoked.certificate, Flags.certificate_hold)],
            [(x509.DeltaCRLIndicator(9), True), (scope, True)]),
        "lists/empty": revocation_list(issuer, 12, []),
        "answers/good": answer(good, issuer, issuer, Status.GOOD),
        "answers/revoked": answer(revoked, issuer, responder, Status.REVOKED,
                                  (START - 2 * HOUR, Flags.key_compromise), [responder]),
        "answers/unknown": answer(revoked, issuer, issuer, Status.UNKNOWN),
    }  # fmt: skip
    for name, data in files.items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main()
