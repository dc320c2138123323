#!/usr/bin/env python3
"""tsa_root.py TRUSTED_ROOT: the root of its first time-stamping authority, PEM."""

import base64
import json
import pathlib
import ssl
import sys

root = json.loads(pathlib.Path(sys.argv[1]).read_text())
chain = root["timestampAuthorities"][0]["certChain"]["certificates"]
print(ssl.DER_cert_to_PEM_cert(base64.b64decode(chain[-1]["rawBytes"])), end="")
