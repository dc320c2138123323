# Pushes and signs images; source peers.sh and services.sh first. NAME is
# repository:tag in $REGISTRY. What a function makes is printed as its digest.

# The OCI layout in which all images of the test are made.
layout() { echo "$WORK/layout"; }

# A tag of the layout for a NAME of the registry.
layout_tag() { echo "$1" | tr '/:' '..'; }

# push_image NAME [image.py options]: prints the manifest's digest.
push_image() {
  local name=$1 tag
  tag=$(layout_tag "$name")
  shift
  python3 "$ASSAY_SOURCE_DIR/tests/support/image.py" image "$(layout)" "$tag" "$@"
  push_layout "$tag" "$name"
}

# push_index NAME MEMBER...: MEMBER is the NAME of an image pushed before.
push_index() {
  local name=$1 tag members=() member
  tag=$(layout_tag "$name")
  shift
  for member in "$@"; do members+=("$(layout_tag "$member")"); done
  python3 "$ASSAY_SOURCE_DIR/tests/support/image.py" index "$(layout)" "$tag" \
    "${members[@]}"
  push_layout "$tag" "$name"
}

# Byte for byte, with all members of an index.
push_layout() {
  skopeo --insecure-policy copy -q --all --preserve-digests \
    --dest-tls-verify=false "oci:$(layout):$1" "docker://$REGISTRY/$2"
}

# retag NAME NEW: lets NEW point to what NAME points to.
retag() { push_layout "$(layout_tag "$1")" "$2"; }

# The manifest's bytes as the registry holds them; REPOSITORY and DIGEST or tag.
registry_manifest() {
  curl -sf "http://$REGISTRY/v2/$1/manifests/$2" \
    -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
    -H 'Accept: application/vnd.oci.image.index.v1+json'
}

# --- signing ------------------------------------------------------------------

# make_cosign_key NAME: $WORK/keys/NAME.key and NAME.pub, without a passphrase.
make_cosign_key() {
  mkdir -p "$WORK/keys"
  (cd "$WORK/keys" &&
    cosign25 generate-key-pair --output-key-prefix "$1" >/dev/null 2>&1)
}

# make_openssl_key NAME [genpkey options]: $WORK/keys/NAME.pem and NAME.pub.
make_openssl_key() {
  local name=$1
  shift
  (($#)) || set -- -algorithm EC -pkeyopt ec_paramgen_curve:P-256
  mkdir -p "$WORK/keys"
  openssl genpkey -quiet "$@" -out "$WORK/keys/$name.pem" 2>/dev/null ||
    openssl genpkey "$@" -out "$WORK/keys/$name.pem" 2>/dev/null
  openssl pkey -in "$WORK/keys/$name.pem" -pubout -out "$WORK/keys/$name.pub"
}

# sign_cosign25 KEY REPOSITORY@DIGEST [cosign options]: a signature under the tag
# sha256-HEX.sig, with none of the public services involved.
sign_cosign25() {
  local key=$1 reference=$2
  shift 2
  quietly cosign25 sign -y --key "$WORK/keys/$key.key" --tlog-upload=false \
    --allow-http-registry "$@" "$REGISTRY/$reference"
}

# sign_cosign31 KEY REPOSITORY@DIGEST [cosign options]: a bundle found through
# the fallback tag; with --new-bundle-format=false the older form.
sign_cosign31() {
  local key=$1 reference=$2
  shift 2
  quietly cosign31 sign -y --key "$WORK/keys/$key.key" --tlog-upload=false \
    --use-signing-config=false --allow-http-registry "$@" "$REGISTRY/$reference"
}

verify_cosign25() {
  quietly cosign25 verify --key "$WORK/keys/$1.pub" --insecure-ignore-tlog \
    --allow-http-registry "$REGISTRY/$2"
}

verify_cosign31() {
  quietly cosign31 verify --key "$WORK/keys/$1.pub" --insecure-ignore-tlog \
    --allow-http-registry "$REGISTRY/$2"
}

# sign_openssl KEY REPOSITORY DIGEST OUTPUT: a plain signature over the
# manifest's bytes.
sign_openssl() {
  registry_manifest "$2" "$3" >"$WORK/to-sign"
  openssl dgst -sha256 -sign "$WORK/keys/$1.pem" -out "$4" "$WORK/to-sign"
}

# Runs a command whose output matters only when it fails.
quietly() {
  local output
  output=$("$@" 2>&1) || {
    local status=$?
    printf '%s\n' "$output" >&2
    return "$status"
  }
}
