"""Where Assay is stricter than containers/image, as assay-policy(5) lists it.
Every case that real skopeo accepts and Assay refuses is one of these."""

CONTAINERS = {
    "scope": "A scope with capitals in its host.",
    "elsewhere": "Keys that cannot be read, whichever scope names them.",
    "relative": "A path that is not absolute.",
    "several-keys": "A file of several keys for sigstore, of which skopeo reads the first.",
    "prefix": "A prefix of remapIdentity that is not written in full.",
    "null": "A member that is null.",
    "two-names": "A certificate of Fulcio's that names several subjects.",
    "no-purpose": "A certificate that names no purpose.",
    "certificate": "A certificate beside a key's signature that is of another key.",
}
