"""One case of verify_bundle.py, and what cases are made with."""

import dataclasses
import json

from file_signatures import ISSUER, SUBJECT, SignedFile, SignedStatement

import stack
from vector_tools import digest_of

DATA = b"what was signed\n"
OTHER = b"something else\n"


@dataclasses.dataclass
class Case:
    """One bundle, how it is asked about, and the reason that must come out."""

    name: str
    bundle: object
    reason: str = "signed"
    root: object = None
    artifact: bytes = DATA
    key: str = ""
    identity: str = SUBJECT
    issuer: str = ISSUER
    digest_reason: str = ""
    wait: float = 0

    def __post_init__(self):
        if self.key and self.identity == SUBJECT:
            self.identity = self.issuer = ""

    @property
    def digest(self):
        return digest_of(self.artifact)


class Cases:
    """A deployment, and the cases made with it."""

    def __init__(self, folder):
        self.folder = folder
        self.deployment = stack.Deployment(folder)
        self.root = self.deployment.trusted_root()
        self.cases = []

    def add(self, name, bundle, reason="signed", **more):
        more.setdefault("root", self.root)
        self.cases.append(Case(name, bundle, reason, **more))

    def file(self, data=DATA, **how):
        return SignedFile(self.deployment, data, **how)

    def statement(self, data=DATA, **how):
        return SignedStatement(self.deployment, data, **how)

    def changed_root(self, change):
        root = json.loads(json.dumps(self.root))
        change(root)
        return root


def copy(value, change):
    """A deep copy, changed."""
    value = json.loads(json.dumps(value))
    change(value)
    return value


def entry_of(bundle):
    return bundle["verificationMaterial"]["tlogEntries"][0]
