# Signatures of all forms beside each other, good and bad: an image starts when
# any valid one satisfies its rule, wherever it stands and whatever stands
# beside it. Where none does, the refusal names what was wrong.
workflow=https://github.com/org/app/.github/workflows/release.yml@refs/tags/v1
issuer=https://token.actions.githubusercontent.com
bundle_type=application/vnd.dev.sigstore.bundle.v0.3+json
index_type=application/vnd.oci.image.index.v1+json
manifest_type=application/vnd.oci.image.manifest.v1+json

start_everything
start_sigstore
install -m 0644 "$SIGSTORE/trusted_root.json" "$ASSAY_ROOT/etc/assay/trust/"
write_policy <<TOML
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "release"

[[rule]]
scope = "@REGISTRY@/any/**"
require = { any_of = ["release", "ci"] }

[[rule]]
scope = "@REGISTRY@/both/**"
require = { all_of = ["release", "ci"] }

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]

[signers.ci]
type = "sigstore-keyless"
[[signers.ci.identities]]
issuer = "$issuer"
subject = "$workflow"
TOML
expect_ok "a policy for keys and identities is in force" assay reload
make_cosign_key other
token=$(identity "$workflow" "$issuer")
stranger=$(identity dev@example.test https://accounts.example.test)

# put_manifest REPOSITORY NAME TYPE < MANIFEST
put_manifest() {
  curl -sf -X PUT --data-binary @- -H "Content-Type: $3" \
    "http://$REGISTRY/v2/$1/manifests/$2"
}

# list_referrers REPOSITORY DIGEST JQ: changes what the fallback tag lists.
list_referrers() {
  local tag=${2/:/-} index="$WORK/index"
  registry_manifest "$1" "$tag" >"$index" ||
    jq -nc --arg type "$index_type" \
      '{schemaVersion: 2, mediaType: $type, manifests: []}' >"$index"
  jq -c "$3" "$index" | put_manifest "$1" "$tag" "$index_type"
}

# attach_bundle REPOSITORY DIGEST FILE: FILE as a bundle, the last one listed.
attach_bundle() {
  local manifest="$WORK/manifest" layer config digest
  printf '{}' >"$WORK/empty"
  config=$(put_blob "$1" "$WORK/empty")
  layer=$(put_blob "$1" "$3")
  jq -jnc --arg type "$bundle_type" --arg manifest "$manifest_type" \
    --arg config "$config" --arg layer "$layer" --arg subject "$2" \
    --argjson size "$(stat -c %s "$3")" \
    --argjson image "$(registry_manifest "$1" "$2" | wc -c)" \
    '{schemaVersion: 2, mediaType: $manifest, artifactType: $type,
      config: {mediaType: "application/vnd.oci.empty.v1+json", digest: $config,
        size: 2},
      layers: [{mediaType: $type, digest: $layer, size: $size}],
      subject: {mediaType: $manifest, digest: $subject, size: $image}}' \
    >"$manifest"
  digest=sha256:$(sha256sum <"$manifest" | cut -d' ' -f1)
  put_manifest "$1" "$digest" "$manifest_type" <"$manifest"
  list_referrers "$1" "$2" ".manifests += [{mediaType: \"$manifest_type\",
    digest: \"$digest\", size: $(stat -c %s "$manifest"),
    artifactType: \"$bundle_type\"}]"
}

# mount_referrer FROM TO DIGEST: copies an artifact into another repository.
mount_referrer() {
  local manifest="$WORK/referrer" blob
  registry_manifest "$1" "$3" >"$manifest"
  for blob in $(jq -r '.config.digest, .layers[].digest' "$manifest"); do
    curl -sf "http://$REGISTRY/v2/$1/blobs/$blob" >"$WORK/blob"
    put_blob "$2" "$WORK/blob" >/dev/null
  done
  put_manifest "$2" "$3" "$manifest_type" <"$manifest"
}

# junk REPOSITORY@DIGEST: bundles that are none: no JSON, and one without content.
junk() {
  printf 'this is no bundle' >"$WORK/junk"
  attach_bundle "${1%@*}" "${1#*@}" "$WORK/junk"
  printf '{"mediaType":"%s"}' "$bundle_type" >"$WORK/junk"
  attach_bundle "${1%@*}" "${1#*@}" "$WORK/junk"
}

# image NAME: pushes it; prints REPOSITORY@DIGEST.
image() { echo "$1@$(push_image "$1:1" --env "NAME=$1")"; }

# starts WHAT NAME, refused WHAT REASON NAME: pulled only now, since Assay looks
# for signatures as soon as an image is there.
starts() {
  pull "$2:1"
  expect_starts "$1" "$2:1"
}

refused() {
  pull "$3:1"
  expect_refused_image "$1" "$2" "$3:1"
}

# --- good beside bad ----------------------------------------------------------
it=$(image demo/legacy-beside-junk)
junk "$it"
sign_cosign25 release "$it"
starts "a .sig of cosign 2.5 beside junk bundles" demo/legacy-beside-junk

it=$(image demo/bundle-beside-bad)
sign_cosign25 stranger "$it"
junk "$it"
sign_cosign31 stranger "$it"
sign_cosign31 release "$it"
starts "a bundle of cosign 3.1 beside junk, a stranger's bundle and .sig" \
  demo/bundle-beside-bad

it=$(image demo/legacy-beside-bad)
sign_cosign31 stranger "$it"
sign_cosign31 release "$it" --new-bundle-format=false
starts "cosign 3.1's older form beside a stranger's bundle" \
  demo/legacy-beside-bad

it=$(image any/key-beside-stranger)
keyless25 "$stranger" "$it"
bundle31 v2 "$it" --identity-token "$stranger"
sign_cosign31 release "$it"
starts "a key's bundle beside somebody's identity in both forms" \
  any/key-beside-stranger

it=$(image any/identity-beside-stranger)
sign_cosign25 stranger "$it"
sign_cosign31 stranger "$it"
bundle31 v2 "$it" --identity-token "$token"
starts "an identity's bundle beside a stranger's key in both forms" \
  any/identity-beside-stranger

it=$(image demo/several-signers)
for key in stranger other release; do sign_cosign25 "$key" "$it"; done
digest=${it#*@}
expect_equal "three signers share one .sig" 3 "$(registry_manifest \
  demo/several-signers "${digest/:/-}.sig" | jq '.layers | length')"
starts "  and the third of them counts" demo/several-signers

# --- valid in several forms -----------------------------------------------------
it=$(image any/all-forms)
sign_cosign25 release "$it"
sign_cosign31 release "$it"
keyless25 "$token" "$it"
bundle31 v1 "$it" --identity-token "$token"
starts "key and identity, legacy and bundle, all valid" any/all-forms

it=$(image both/of-two-forms)
sign_cosign25 release "$it"
bundle31 v1 "$it" --identity-token "$token"
starts "two signers, each in another form" both/of-two-forms

it=$(image both/one-signer)
sign_cosign25 release "$it"
sign_cosign31 release "$it"
refused "one signer in both forms is still one" threshold-not-met \
  both/one-signer

# --- what the fallback tag says of them -----------------------------------------
it=$(image demo/odd-type)
sign_cosign31 stranger "$it"
sign_cosign31 release "$it"
list_referrers "${it%@*}" "${it#*@}" \
  '.manifests[].artifactType = "application/x-odd"'
starts "a fallback index of another artifactType" demo/odd-type

it=$(image demo/no-type)
sign_cosign31 release "$it"
list_referrers "${it%@*}" "${it#*@}" 'del(.manifests[].artifactType)'
starts "a fallback index without artifactType" demo/no-type

# --- none that counts -----------------------------------------------------------
it=$(image demo/junk-alone)
junk "$it"
refused "junk bundles and nothing else" json-malformed \
  demo/junk-alone

it=$(image demo/strangers)
junk "$it"
sign_cosign25 stranger "$it"
sign_cosign25 other "$it"
sign_cosign31 stranger "$it"
refused "strangers in every form" signature-invalid demo/strangers

it=$(image any/strange-identity)
junk "$it"
sign_cosign31 stranger "$it"
bundle31 v2 "$it" --identity-token "$stranger"
refused "somebody else's identity beside junk" identity-mismatch \
  any/strange-identity

it=$(image demo/of-another)
other=$(image demo/another)
sign_cosign31 release "$other"
neighbours=$(registry_manifest demo/another "sha256-${other#*@sha256:}" |
  jq -c .manifests)
for digest in $(jq -r '.[].digest' <<<"$neighbours"); do
  mount_referrer demo/another demo/of-another "$digest"
done
list_referrers "${it%@*}" "${it#*@}" ".manifests += $neighbours"
refused "a neighbour's bundle is none of this one's" no-signature \
  demo/of-another
starts "  and the neighbour starts" demo/another

# --- pages of the referrers API -------------------------------------------------
# sign_last REPOSITORY@DIGEST: signed, and listed behind everything else.
sign_last() {
  local name=${1%@*} digest=${1#*@} before
  before=$(registry_manifest "$name" "${digest/:/-}" |
    jq -c '[.manifests[].digest]')
  sign_cosign31 release "$1"
  list_referrers "$name" "$digest" \
    ".manifests |= sort_by(.digest | IN(${before}[]) | not)"
}

it=$(image demo/page-two)
sign_cosign31 stranger "$it"
sign_last "$it"
last=$(image demo/last-page)
junk "$last"
sign_cosign31 stranger "$last"
sign_last "$last"
none=$(image demo/no-page)
junk "$none"
sign_cosign31 stranger "$none"
start_service "$WORK/paged.out" python3 \
  "$ASSAY_SOURCE_DIR/tests/support/paged_registry.py" "$REGISTRY"
wait_for 10 test -s "$WORK/paged.out" || die "the paged registry does not start"
# Assay asks it in place of the registry, and nobody else.
echo "server = \"http://127.0.0.1:$(head -n 1 "$WORK/paged.out")\"" \
  >"$ASSAY_ROOT/etc/certs.d/$REGISTRY/hosts.toml"
stop_service "$ASSAYD_PID"
start_assayd
starts "the good bundle is on page two" demo/page-two
starts "the good bundle is on the last of four pages" demo/last-page
refused "no page has a good one" signature-foreign-key \
  demo/no-page
