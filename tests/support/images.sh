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

# attest_cosign25 KEY REPOSITORY@DIGEST TYPE PREDICATE: an attestation under the
# tag sha256-HEX.att; PREDICATE is JSON, TYPE as cosign names it.
attest_cosign25() {
  printf '%s' "$4" >"$WORK/predicate.json"
  quietly cosign25 attest -y --key "$WORK/keys/$1.key" --tlog-upload=false \
    --allow-http-registry --type "$3" --predicate "$WORK/predicate.json" \
    "$REGISTRY/$2"
}

# attest_cosign31 KEY REPOSITORY@DIGEST TYPE PREDICATE: as a bundle.
attest_cosign31() {
  printf '%s' "$4" >"$WORK/predicate.json"
  quietly cosign31 attest -y --key "$WORK/keys/$1.key" --tlog-upload=false \
    --use-signing-config=false --allow-http-registry --type "$3" \
    --predicate "$WORK/predicate.json" "$REGISTRY/$2"
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

# put_blob REPOSITORY FILE: prints the blob's digest.
put_blob() {
  local digest location
  digest=sha256:$(sha256sum <"$2" | cut -d' ' -f1)
  location=$(curl -sf -o /dev/null -w '%header{location}' -X POST \
    "http://$REGISTRY/v2/$1/blobs/uploads/")
  curl -sf -X PUT --data-binary @"$2" -H 'Content-Type: application/octet-stream' \
    "$location&digest=$digest"
  echo "$digest"
}

# sign_simply KEY REPOSITORY DIGEST: cosign's signature, made without cosign.
# KEY is an openssl key, $WORK/keys/KEY.pem.
sign_simply() {
  local key=$1 repository=$2 digest=$3 work config payload signature
  work=$(mktemp -d "$WORK/sign.XXXXXX")
  jq -jnc --arg ref "$REGISTRY/$repository" --arg digest "$digest" \
    '{critical: {identity: {"docker-reference": $ref},
      image: {"docker-manifest-digest": $digest},
      type: "cosign container image signature"}, optional: null}' >"$work/payload"
  signature=$(openssl dgst -sha256 -sign "$WORK/keys/$key.pem" "$work/payload" |
    base64 -w 0)
  printf '{}' >"$work/config"
  config=$(put_blob "$repository" "$work/config")
  payload=$(put_blob "$repository" "$work/payload")
  jq -jnc --arg config "$config" --arg payload "$payload" \
    --argjson size "$(stat -c %s "$work/payload")" --arg signature "$signature" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: {mediaType: "application/vnd.oci.image.config.v1+json",
        digest: $config, size: 2},
      layers: [{mediaType: "application/vnd.dev.cosign.simplesigning.v1+json",
        digest: $payload, size: $size,
        annotations: {"dev.cosignproject.cosign/signature": $signature}}]}' \
    >"$work/manifest"
  curl -sf -X PUT --data-binary @"$work/manifest" \
    -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' \
    "http://$REGISTRY/v2/$repository/manifests/${digest/:/-}.sig"
  rm -r "$work"
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
