"""Notary Project envelopes, JWS and COSE, right or wrong in one place."""

import base64
import json

import cbor
from chains import der, now
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

SIGNATURE_TYPE = "application/vnd.cncf.notary.signature"
PAYLOAD_TYPE = "application/vnd.cncf.notary.payload.v1+json"
JWS = "application/jose+json"
COSE = "application/cose"
SCHEME = "io.cncf.notary.signingScheme"
SIGNED_AT = "io.cncf.notary.signingTime"
AUTHENTIC_AT = "io.cncf.notary.authenticSigningTime"
EXPIRY = "io.cncf.notary.expiry"
PLUGIN = "io.cncf.notary.verificationPlugin"
STAMP = "io.cncf.notary.timestampSignature"
AGENT = "io.cncf.notary.signingAgent"
X509 = "notary.x509"
AUTHORITY = "notary.x509.signingAuthority"
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
COSE_NUMBERS = {"PS256": -37, "PS384": -38, "PS512": -39, "ES256": -7, "ES384": -35, "ES512": -36}


def b64(data):
    return base64.b64encode(data).decode()


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def rfc3339(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def algorithm_of(key):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "EdDSA"
    if isinstance(key, rsa.RSAPrivateKey):
        return {2048: "PS256", 3072: "PS384", 4096: "PS512"}.get(key.key_size, "PS256")
    return {224: "ES256", 256: "ES256", 384: "ES384", 521: "ES512"}[key.curve.key_size]


def sign(key, data, name=None, salt=None, raw=True):
    """Over `data`, as the algorithm `name` says."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    algorithm = HASHES[(name or algorithm_of(key))[2:]]
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PSS(padding.MGF1(algorithm), salt if salt is not None
                                          else algorithm.digest_size), algorithm)
    signature = key.sign(data, ec.ECDSA(algorithm))
    if not raw:
        return signature
    size = (key.curve.key_size + 7) // 8
    return b"".join(one.to_bytes(size, "big") for one in utils.decode_dss_signature(signature))


def target(descriptor):
    return {"targetArtifact": descriptor}


def headers(scheme=X509, time=None, expiry=None, critical=None, extra=None, drop=()):
    """The protected headers both forms share, times as datetimes."""
    found = {SCHEME: scheme, SIGNED_AT if scheme == X509 else AUTHENTIC_AT: time or now()}
    if expiry:
        found[EXPIRY] = expiry
    found.update(extra or {})
    for one in drop:
        found.pop(one, None)
    wanted = [one for one in (SCHEME, AUTHENTIC_AT, EXPIRY) if one in found]
    return found, wanted if critical is None else critical


def is_time(value):
    return hasattr(value, "timestamp")


def jws(signer, payload, chain=None, algorithm=None, content_type=PAYLOAD_TYPE, crit=True, salt=None, raw=True,
        change=lambda protected: None, text=lambda data: data, top=None, unprotected=None, key=None, stamp=None,
        **how):
    """One envelope by `signer`, a chains.Issuer. `change` edits the protected
    header, `text` its bytes, before it is signed."""
    found, critical = headers(**how)
    key = key or signer.key
    name = algorithm or algorithm_of(key)
    protected = {"alg": name, "cty": content_type,
                 **{one: rfc3339(value) if is_time(value) else value for one, value in found.items()}}
    if crit:
        protected["crit"] = critical
    change(protected)
    body = payload if isinstance(payload, bytes) else compact(payload)
    first, second = url64(text(compact(protected))), url64(body)
    signature = sign(key, f"{first}.{second}".encode(), name if name in COSE_NUMBERS else None, salt, raw)
    outer = {"x5c": [b64(der(one)) for one in (signer.chain if chain is None else chain)], AGENT: "Assay test",
             **(unprotected or {})}
    if stamp:
        outer[STAMP] = b64(stamp(signature))
    return compact({"payload": second, "protected": first, "header": outer, "signature": url64(signature),
                    **(top or {})})


def cose(signer, payload, chain=None, algorithm=None, content_type=PAYLOAD_TYPE, crit=True, salt=None, raw=True,
         change=lambda protected: None, unprotected=None, key=None, tag=18, encode_head=cbor.encode, stamp=None,
         **how):
    """The same as COSE_Sign1; `unprotected` edits the unprotected header."""
    found, critical = headers(**how)
    key = key or signer.key
    name = algorithm or algorithm_of(key)
    protected = {1: COSE_NUMBERS.get(name, -8)}
    if crit:
        protected[2] = critical
    protected[3] = content_type
    protected.update({one: cbor.Tag(1, int(value.timestamp())) if is_time(value) else value
                      for one, value in found.items()})
    change(protected)
    head = encode_head(protected)
    body = payload if isinstance(payload, bytes) else compact(payload)
    signature = sign(key, cbor.encode(["Signature1", head, b"", body]), name if name in COSE_NUMBERS else None, salt,
                     raw)
    outer = {33: [der(one) for one in (signer.chain if chain is None else chain)], AGENT: "Assay test"}
    if stamp:
        outer[STAMP] = stamp(signature)
    (unprotected or (lambda edited: None))(outer)
    message = [head, outer, body, signature]
    return cbor.encode(message if tag is None else cbor.Tag(tag, message))
