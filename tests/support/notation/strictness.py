"""Where Assay is stricter than notation, as assay-policy(5) lists it. Every case
that real notation accepts and Assay refuses is one of these."""

SIGNATURES = {
    "unknown-critical": "A critical header that is not understood.",
    "critical-list": "A list of critical headers that names one twice, or one of COSE's own labels.",
    "future": "A signing authority's time that is still to come.",
    "duplicate": "A member that occurs twice, in the protected header or in the payload.",
    "unknown-member": "A member that is not known, in the envelope, its unprotected header or the payload.",
    "two-times": "Both kinds of signing time in one COSE envelope.",
    "float-time": "A time in a COSE envelope that is no whole number.",
    "salt": "A salt that is not as long as the hash.",
    "any-purpose": "A leaf whose purposes include any purpose.",
    "uncritical-authority": "An authority whose basic constraints are not critical.",
    "protected-chain": "Certificates in the protected header of a COSE envelope.",
    "several-attributes": "A subject with several attributes in one part, where the policy names subjects.",
}

POLICIES = {
    "member": "A member that is not known, or that occurs twice.",
    "null": "A member that is null.",
    "behind": "Anything behind the document.",
    "scope": "A repository that no image has by that name here, such as a short name of Docker Hub, or one with "
             "capitals in its host.",
    "skip-all": "A statement of the level skip for all repositories.",
    "other-store": "A store that cannot be read, whichever statement names it.",
    "der": "A file of a store with several certificates in DER.",
    "type": "An identity with a type of attribute that subjects are not printed with.",
}
