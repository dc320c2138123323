# Images signed by real notation start where the policy names the signer's
# subject and trusts its authority.
start_everything
make_notation_signer acme "C=US,ST=WA,O=Acme,CN=release" p256
make_notation_signer large "C=US,ST=WA,O=Acme,CN=release" rsa4096
make_notation_signer other "C=US,ST=WA,O=Other,CN=release" p384
for name in acme large other; do
  install -m 0644 "$WORK/notation/$name/root.pem" \
    "$ASSAY_ROOT/etc/assay/trust/$name.pem"
done
write_policy <<'TOML'
version = 1

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "acme"

[[rule]]
scope = "@REGISTRY@/both/**"
require = { all_of = ["acme", "release"] }

[signers.acme]
type = "notation"
trust_store = ["acme.pem", "large.pem"]
identities = "C=US, ST=WA, O=Acme"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
expect_ok "a policy that names a trust store is in force" assay reload
expect_output "policy show names the subject" "C=US,O=Acme,ST=WA" assay policy show

# pushed_signed NAME SIGNER FORMAT [options]: pushed, and signed by notation.
pushed_signed() {
  local name=$1 signer=$2 format=$3
  shift 3
  DIGEST=$(push_image "$name:1" --env "NAME=$name")
  sign_notation "$signer" "$name@$DIGEST" "$format" "$@"
}

# The same, and pulled.
signed_image() {
  pushed_signed "$@"
  pull "$1:1"
}

signed_image demo/jws acme jws
expect_ok "notation verifies it" verify_notation acme "demo/jws@$DIGEST"
signed_image demo/cose acme cose
signed_image demo/rsa large jws
signed_image demo/lasting acme cose --expiry 24h
signed_image demo/other other jws
# What the registry has at the pull is remembered for seconds.
pushed_signed both/two acme jws
sign_cosign25 release "both/two@$DIGEST"
pull both/two:1
signed_image both/one acme jws
push_image demo/none:1 >/dev/null
pull demo/none:1

expect_starts "signed by notation, JWS" demo/jws:1
expect_starts "signed by notation, COSE" demo/cose:1
expect_starts "signed with a key of 4096 bits" demo/rsa:1
expect_starts "signed with an expiry that is still to come" demo/lasting:1
expect_starts "signed by notation and by cosign, both asked for" both/two:1
expect_refused_image "signed by another's authority" certificate-untrusted demo/other:1
expect_refused_image "signed by one of two" threshold-not-met both/one:1
expect_refused_image "not signed at all" no-signature demo/none:1

stop_service "$REGISTRY_PID"
stop_service "$ASSAYD_PID" KILL
expect_starts "without registry and daemon it starts" demo/cose:1
RUNS=$((RUNS + 1))
run gated_run demo/other:1 "refused-$RUNS"
((STATUS != 0)) || fail "another's image starts without the daemon"
passed "  and another's does not"
