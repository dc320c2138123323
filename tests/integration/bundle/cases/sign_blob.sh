# Bundles of files by real cosign 3.1 and 2.5 against a whole sigstore deployment
# on loopback.
workflow=https://github.com/org/app/.github/workflows/release.yml@refs/tags/v1
issuer=https://token.actions.githubusercontent.com
assay() { "$ASSAY_BIN_DIR/plugin/cli/assay" --root "$WORK/root" "$@"; }

start_sigstore
make_cosign_key release
make_cosign_key stranger
token=$(identity "$workflow" "$issuer")
file=$WORK/file
echo "what was signed" >"$file"
echo "something else" >"$WORK/other"
digest=sha256:$(sha256sum <"$file" | cut -d' ' -f1)
root=(--trusted-root "$SIGSTORE/trusted_root.json")
who=(--certificate-identity "$workflow" --certificate-oidc-issuer "$issuer")

# blob31 CONFIG BUNDLE [OPTION...]
blob31() {
  local config=$1 bundle=$2
  shift 2
  quietly cosign31 sign-blob -y --signing-config "$SIGSTORE/signing_config.$config.json" \
    "${root[@]}" --bundle "$bundle" "$@" "$file"
}

# blob25 BUNDLE [OPTION...]
blob25() {
  local bundle=$1 url
  url=$(cat "$SIGSTORE/url")
  shift
  SIGSTORE_ROOT_FILE="$SIGSTORE/fulcio.pem" \
    SIGSTORE_CT_LOG_PUBLIC_KEY_FILE="$SIGSTORE/ctlog.pub" \
    SIGSTORE_REKOR_PUBLIC_KEY="$SIGSTORE/rekor.pub" \
    quietly cosign25 sign-blob -y --new-bundle-format --bundle "$bundle" \
    --fulcio-url "$url/fulcio" --rekor-url "$url/rekor" "$@" "$file"
}

# expect_reason WHAT STATUS REASON [ARGUMENT...]
expect_reason() {
  local what=$1 status=$2 reason=$3 found
  shift 3
  run assay --json verify-bundle "$@"
  found=$(jq -r .reason <<<"$OUTPUT")
  [[ $found == "$reason" ]] || fail "$what: $found, not $reason: $OUTPUT"
  ((STATUS == status)) || fail "$what: exit status $STATUS, not $status"
  passed "$what"
}

# expect_bundle WHAT BUNDLE OPTION...: it holds for the file and its digest, for
# nobody else and for nothing else.
expect_bundle() {
  local what=$1 bundle=$2
  shift 2
  expect_reason "$what" 0 signed --bundle "$bundle" "$@" "$file"
  expect_reason "  by the file's digest" 0 signed --bundle "$bundle" "$@" "$digest"
  expect_reason "  not for another file" 1 signature-other-image \
    --bundle "$bundle" "$@" "$WORK/other"
}

blob31 v1 "$WORK/v1.json" --identity-token "$token"
blob31 v1-unstamped "$WORK/v1-unstamped.json" --identity-token "$token"
blob31 v2 "$WORK/v2.json" --identity-token "$token"
blob25 "$WORK/25.json" --identity-token "$token"
for bundle in v1 v1-unstamped v2 25; do
  expect_bundle "an identity's, $bundle" "$WORK/$bundle.json" "${who[@]}" "${root[@]}"
done
expect_reason "not for another identity" 1 identity-mismatch --bundle "$WORK/v2.json" \
  --certificate-identity "$workflow.evil" --certificate-oidc-issuer "$issuer" "${root[@]}" "$file"

blob31 v2 "$WORK/key-v2.json" --key "$WORK/keys/release.key"
blob31 v1 "$WORK/key-v1.json" --key "$WORK/keys/release.key"
blob25 "$WORK/key-25.json" --key "$WORK/keys/release.key"
for bundle in key-v2 key-v1 key-25; do
  expect_bundle "a key's, $bundle" "$WORK/$bundle.json" --key "$WORK/keys/release.pub" "${root[@]}"
  expect_bundle "  and without a trusted root" "$WORK/$bundle.json" --key "$WORK/keys/release.pub"
  run assay --json verify-bundle --bundle "$WORK/$bundle.json" --key "$WORK/keys/stranger.pub" "$file"
  ((STATUS == 1)) || fail "another key's signature: $OUTPUT"
  passed "  not by another key"
done

# Keys that sign more than the SHA-256: of a digest alone it cannot be told.
# other_key NAME OPTION...: by openssl, for cosign.
other_key() {
  make_openssl_key "$@"
  COSIGN_PASSWORD="" quietly cosign31 import-key-pair -y --key "$WORK/keys/$1.pem" \
    --output-key-prefix "$WORK/keys/$1"
}
other_key p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
other_key ed25519 -algorithm ED25519
blob31 v2 "$WORK/p384.json" --key "$WORK/keys/p384.key"
# Neither cosign gets a log entry for it past its own check.
quietly cosign25 sign-blob -y --new-bundle-format --tlog-upload=false \
  --bundle "$WORK/ed25519.json" --key "$WORK/keys/ed25519.key" "$file"
for name in p384 ed25519; do
  key=(--bundle "$WORK/$name.json" --key "$WORK/keys/$name.pub")
  expect_reason "a key of kind $name" 0 signed "${key[@]}" "$file"
  expect_reason "  not for another file" 1 signature-other-image "${key[@]}" "$WORK/other"
  expect_reason "  nor told by a digest" 3 artifact-needed "${key[@]}" "$digest"
done
expect_reason "a P-384 key's log entry" 0 signed --bundle "$WORK/p384.json" \
  --key "$WORK/keys/p384.pub" "${root[@]}" "$file"
expect_reason "a key's signature that no log recorded" 1 log-threshold \
  --bundle "$WORK/ed25519.json" --key "$WORK/keys/ed25519.pub" "${root[@]}" "$file"

# Statements, as cosign attests them.
echo '{}' >"$WORK/predicate"
quietly cosign31 attest-blob -y --signing-config "$SIGSTORE/signing_config.v2.json" "${root[@]}" \
  --identity-token "$token" --predicate "$WORK/predicate" --type https://example.com/scan/v1 \
  --bundle "$WORK/attested.json" "$file"
expect_bundle "a statement about the file" "$WORK/attested.json" "${who[@]}" "${root[@]}"

# What people see.
run assay verify-bundle --bundle "$WORK/v2.json" "${who[@]}" "${root[@]}" "$file"
for text in accepted "$workflow" "$digest"; do
  [[ $OUTPUT == *"$text"* ]] || fail "the table does not show $text: $OUTPUT"
done
passed "the table shows verdict, identity and digest"
run assay verify-bundle --bundle "$WORK/v2.json" "${who[@]}" "${root[@]}" "$WORK/other"
[[ $OUTPUT == *"next"* && $OUTPUT == *"$WORK/other"* ]] || fail "no next step: $OUTPUT"
passed "a refusal names the file and the next step"
