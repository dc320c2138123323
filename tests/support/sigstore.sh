# A sigstore deployment on loopback and real cosign signing against it; source
# services.sh and images.sh first. See support/sigstore/stack.py.

SIGSTORE_DIR="$ASSAY_SOURCE_DIR/tests/support/sigstore"

# start_sigstore: sets SIGSTORE, the folder with its trusted root and configs.
start_sigstore() {
  SIGSTORE="$WORK/sigstore"
  start_service "$WORK/sigstore.log" /usr/bin/python3 -B \
    "$SIGSTORE_DIR/stack.py" "$SIGSTORE"
  SIGSTORE_PID=$SERVICE_PID
  wait_for 20 test -s "$SIGSTORE/url" ||
    die "sigstore does not start: $(tail -n 5 "$WORK/sigstore.log")"
}

# identity SUBJECT ISSUER: a token for it.
identity() { /usr/bin/python3 -B "$SIGSTORE_DIR/identity_token.py" "$@"; }

# keyless25 TOKEN REPOSITORY@DIGEST [cosign options]: legacy form.
keyless25() { with_cosign25 sign "$@"; }

# The same of an attestation; the predicate is in the options.
attest25() { with_cosign25 attest "$@"; }

with_cosign25() {
  local verb=$1 token=$2 reference=$3 url
  url=$(cat "$SIGSTORE/url")
  shift 3
  SIGSTORE_ROOT_FILE="$SIGSTORE/fulcio.pem" \
    SIGSTORE_CT_LOG_PUBLIC_KEY_FILE="$SIGSTORE/ctlog.pub" \
    SIGSTORE_REKOR_PUBLIC_KEY="$SIGSTORE/rekor.pub" \
    quietly cosign25 "$verb" -y --identity-token "$token" --allow-http-registry \
    --fulcio-url "$url/fulcio" --rekor-url "$url/rekor" "$@" \
    "$REGISTRY/$reference"
}

# bundle31 CONFIG REPOSITORY@DIGEST [cosign options]: a bundle; CONFIG is v1,
# v1-unstamped or v2.
bundle31() { with_cosign31 sign "$@"; }

# The same of an attestation; the predicate is in the options.
attest31() { with_cosign31 attest "$@"; }

with_cosign31() {
  local verb=$1 config=$2 reference=$3
  shift 3
  quietly cosign31 "$verb" -y --allow-http-registry \
    --signing-config "$SIGSTORE/signing_config.$config.json" \
    --trusted-root "$SIGSTORE/trusted_root.json" "$@" "$REGISTRY/$reference"
}
