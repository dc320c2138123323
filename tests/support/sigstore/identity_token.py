#!/usr/bin/python3
"""identity_token.py SUBJECT ISSUER [NUMBER=TEXT...]: an identity token as a workflow or
a person would have it. NUMBER=TEXT asks the test's Fulcio for an extension."""

import base64
import json
import sys
import time


def encode(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def token(subject, issuer, claims=None):
    body = {"iss": issuer, "sub": subject, "aud": "sigstore", "iat": int(time.time()),
            "nbf": int(time.time()) - 10, "exp": int(time.time()) + 600, "fulcio": claims or {}}
    if "@" in subject and "://" not in subject:
        body.update(email=subject, email_verified=True)
    return f"{encode({'alg': 'RS256', 'typ': 'JWT', 'kid': 'test'})}.{encode(body)}.c2lnbmF0dXJl"


if __name__ == "__main__":
    print(token(sys.argv[1], sys.argv[2], dict(one.split("=", 1) for one in sys.argv[3:])))
