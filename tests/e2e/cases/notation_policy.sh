# Under the trust policy of an operator of notation, images start and are refused
# as notation decides; and a time stamp outlives the certificate that signed.
start_everything
start_sigstore
NOTATION_FOLDER="$ASSAY_ROOT/etc/assay/trust/notation"
subject="C=US,ST=WA,O=Acme,CN=release"

# The time stamp first, since its signer does not live long.
/usr/bin/python3 -B "$NOTATION_DIR/tsa_root.py" "$SIGSTORE/trusted_root.json" \
  >"$WORK/tsa.pem"
stamped=$(push_image stamped/old:1 --env NAME=old)
unstamped=$(push_image unstamped/old:1 --env NAME=unstamped)
make_notation_signer passing "$subject" p256 40
OVER=$((SECONDS + 41))
sign_notation passing "stamped/old@$stamped" jws \
  --timestamp-url "$(cat "$SIGSTORE/url")/tsa" \
  --timestamp-root-cert "$WORK/tsa.pem"
sign_notation passing "unstamped/old@$unstamped" jws

make_notation_signer acme "$subject" p256
make_notation_signer other "C=US,ST=WA,O=Other,CN=release" p256

# import_policy SCOPE LEVEL...: one statement for each pair.
import_policy() {
  local store="$NOTATION_FOLDER/truststore/x509/ca/acme"
  install -d -m 0755 "$store"
  install -m 0644 "$WORK/notation/acme/root.pem" "$store/root.pem"
  /usr/bin/python3 -B "$NOTATION_DIR/make_policy.py" "$REGISTRY" "$@" \
    >"$NOTATION_FOLDER/new.json"
  mv "$NOTATION_FOLDER/new.json" "$NOTATION_FOLDER/trustpolicy.json"
}

import_policy strict/app strict audit/app audit audit/none audit open/app skip
install -m 0644 "$WORK/notation/passing/root.pem" \
  "$ASSAY_ROOT/etc/assay/trust/passing.pem"
install -m 0644 "$WORK/tsa.pem" "$ASSAY_ROOT/etc/assay/trust/tsa.pem"
write_policy <<'TOML'
version = 1

[[rule]]
scope = "@REGISTRY@/**"
require = "imported"

[[rule]]
scope = "@REGISTRY@/stamped/**"
require = "stamped"

[[rule]]
scope = "@REGISTRY@/unstamped/**"
require = "stamped"

[signers.imported]
type = "notation-policy"
policy = "notation"

[signers.stamped]
type = "notation"
trust_store = "passing.pem"
identities = "C=US, ST=WA, O=Acme"
timestamp_authorities = "tsa.pem"
TOML
expect_ok "a policy that imports another is in force" assay reload
expect_output "policy show names its statements" "'strict/app' for" \
  assay policy show
expect_output "status warns of what passes unsigned" \
  "allows without a signature" assay status
expect_output "and of what passes whoever signed" "allows whoever signed" \
  assay status

# signed_image NAME SIGNER: pushed, signed by notation, and pulled.
signed_image() {
  local digest
  digest=$(push_image "$1:1" --env "NAME=$1")
  sign_notation "$2" "$1@$digest" jws
  pull "$1:1"
}

signed_image strict/app acme
signed_image audit/app other
signed_image unnamed/app acme
for name in audit/none open/app; do
  push_image "$name:1" --env "NAME=$name" >/dev/null
  pull "$name:1"
done
pull stamped/old:1
pull unstamped/old:1

expect_starts "signed as the strict statement wants it" strict/app:1
expect_starts "signed by anybody, which is only noted" audit/app:1
expect_output "  explain tells what was noted" "only noted" assay explain "starts-$RUNS"
expect_refused_image "not signed, which nobody notes" no-signature audit/none:1
expect_starts "not signed, and skipped" open/app:1
expect_audited "  the audit log says why" allowed-by-rule
expect_refused_image "signed, and named by no statement" no-statement unnamed/app:1

while ((SECONDS < OVER)); do sleep 1; done
expect_starts "stamped before its certificate was over" stamped/old:1
expect_refused_image "never stamped" time-unproven unstamped/old:1

import_policy strict/app strict audit/app strict open/app strict
not_skipped() { ! assay status | grep -q "allows without a signature"; }
wait_for 10 not_skipped || fail "a changed trust policy is not noticed"
passed "a changed trust policy is noticed"
expect_refused_image "what was skipped is so no longer" no-signature open/app:1
expect_refused_image "what was noted is so no longer" certificate-untrusted audit/app:1
