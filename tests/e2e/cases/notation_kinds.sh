# Every kind of key that notation signs with, in both forms of envelope, with and
# without a time stamp of an authority on loopback.
start_everything
start_sigstore
install -m 0644 "$SIGSTORE/tsa.pem" "$WORK/tsa-chain.pem"
csplit -s -z -f "$WORK/tsa-part" "$WORK/tsa-chain.pem" '/-----BEGIN/' '{*}'
tsa_root="$ASSAY_ROOT/etc/assay/trust/tsa-root.pem"
install -m 0644 "$WORK/tsa-part01" "$tsa_root"

kinds=(rsa2048 rsa3072 rsa4096 p256 p384 p521)
for kind in "${kinds[@]}"; do
  make_notation_signer "$kind" "C=US,ST=WA,O=Acme,CN=$kind" "$kind"
  install -m 0644 "$WORK/notation/$kind/root.pem" \
    "$ASSAY_ROOT/etc/assay/trust/$kind.pem"
done
write_policy <<'TOML'
version = 1

[[rule]]
scope = "@REGISTRY@/plain/*"
require = "acme"

[[rule]]
scope = "@REGISTRY@/stamped/*"
require = "stamped"

[[rule]]
scope = "@REGISTRY@/several/*"
require = { at_least = 2, of = ["acme", "other", "release"] }

[signers.acme]
type = "notation"
trust_store = ["rsa2048.pem", "rsa3072.pem", "rsa4096.pem", "p256.pem", "p384.pem", "p521.pem"]
identities = "C=US, ST=WA, O=Acme"

[signers.stamped]
type = "notation"
trust_store = ["rsa2048.pem", "rsa3072.pem", "rsa4096.pem", "p256.pem", "p384.pem", "p521.pem"]
timestamp_authorities = ["tsa-root.pem"]
identities = "C=US, ST=WA, O=Acme"

[signers.other]
type = "notation"
trust_store = ["p256.pem"]
identities = "C=US, ST=WA, O=Acme, CN=other"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
expect_ok "the policy is in force" assay reload

signed_each() {
  local kind=$1 form=$2
  DIGEST=$(push_image "plain/$kind-$form:1" --env "NAME=$kind-$form")
  sign_notation "$kind" "plain/$kind-$form@$DIGEST" "$form"
  pull "plain/$kind-$form:1"
  DIGEST=$(push_image "stamped/$kind-$form:1" --env "STAMPED=$kind-$form")
  sign_notation "$kind" "stamped/$kind-$form@$DIGEST" "$form" \
    --timestamp-url "$(cat "$SIGSTORE/url")/tsa" --timestamp-root-cert "$tsa_root"
  pull "stamped/$kind-$form:1"
}

for kind in "${kinds[@]}"; do
  for form in jws cose; do
    signed_each "$kind" "$form"
    expect_starts "$kind, $form" "plain/$kind-$form:1"
    expect_starts "$kind, $form, stamped" "stamped/$kind-$form:1"
  done
done
DIGEST=$(push_image stamped/none:1 --env STAMPED=none)
sign_notation p256 "stamped/none@$DIGEST" jws
pull stamped/none:1
expect_refused_image "a stamp is asked for and missing" time-unproven stamped/none:1

# A threshold over systems: two of three, whoever they are.
DIGEST=$(push_image several/two:1 --env SEVERAL=two)
sign_notation p256 "several/two@$DIGEST" cose
sign_cosign25 release "several/two@$DIGEST"
pull several/two:1
DIGEST=$(push_image several/twice:1 --env SEVERAL=twice)
sign_notation p256 "several/twice@$DIGEST" cose
sign_notation p384 "several/twice@$DIGEST" jws
pull several/twice:1
expect_starts "notation and cosign are two" several/two:1
expect_refused_image "two signatures of one signer are one" threshold-not-met several/twice:1
