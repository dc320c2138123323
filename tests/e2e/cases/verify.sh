# `assay verify` tests policies in a pipeline: without a daemon, without root,
# with the exit status and the object of the audit log.
start_registry
CONTAINERD_ADDRESS=$WORK/none.sock
install_product
chmod 0711 "$WORK"
make_openssl_key release
make_openssl_key stranger
trust release
write_release_policy

sign_simply release demo/signed "$(push_image demo/signed:1)"
sign_simply stranger demo/foreign "$(push_image demo/foreign:1 --env A=b)"
push_image demo/unsigned:1 --env B=c >/dev/null
push_image other/app:1 >/dev/null

as_nobody() {
  setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$ASSAY_ROOT/usr/bin/assay" --root "$ASSAY_ROOT" "$@"
}

# expect_verdict WHAT STATUS REASON COMMAND...: with --json.
expect_verdict() {
  local what=$1 status=$2 reason=$3 found
  shift 3
  run "$@" --json
  found=$(jq -r .reason <<<"$OUTPUT")
  [[ $found == "$reason" ]] || fail "$what: $found, not $reason"
  ((STATUS == status)) || fail "$what: exit status $STATUS, not $status"
  passed "$what"
}

for who in assay as_nobody; do
  expect_verdict "$who: signed" 0 signed $who verify "$REGISTRY/demo/signed:1"
  jq -e '.schema == 1 and .hook == "verify" and .verdict == "accepted" and
    (.signers | length) == 1' <<<"$OUTPUT" >/dev/null ||
    fail "the object is not that of the audit log"
  expect_verdict "$who: unsigned" 1 no-signature \
    $who verify "$REGISTRY/demo/unsigned:1"
  jq -e '.places | map(select(endswith(".sig"))) | length == 1' <<<"$OUTPUT" \
    >/dev/null || fail "it does not say where it looked"
  expect_verdict "$who: signed by a stranger" 1 signature-invalid \
    $who verify "$REGISTRY/demo/foreign:1"
  expect_verdict "$who: no rule" 1 no-rule-matches \
    $who verify "$REGISTRY/other/app:1"
  expect_verdict "$who: not there" 3 manifest-missing \
    $who verify "$REGISTRY/demo/none:1"
  expect_verdict "$who: a dead registry" 3 registry-unreachable \
    $who verify 127.0.0.1:1/demo/app:1
done
expect_output "explain says where a signature would have been" "searched" \
  bash -c "'$ASSAY_ROOT/usr/bin/assay' --root '$ASSAY_ROOT' explain \
    '$REGISTRY/demo/unsigned:1' || true"

# A digest that is rejected is rejected under every tag.
bad=$(push_image demo/bad:1 --env C=d)
sign_simply release demo/bad "$bad"
expect_verdict "signed, and not yet known to be bad" 0 signed \
  assay verify "$REGISTRY/demo/bad:1"
cat >>"$ASSAY_ROOT/etc/assay/policy.d/10-test.toml" <<TOML

[[rule]]
scope = "$REGISTRY/demo/bad@$bad"
action = "reject"
TOML
expect_verdict "its digest is rejected" 1 rule-rejects \
  assay verify "$REGISTRY/demo/bad:1"

# What is wrong with the policy is no verdict.
echo "no key" >"$ASSAY_ROOT/etc/assay/trust/broken.pub"
sed 's/release.pub/broken.pub/' "$ASSAY_ROOT/etc/assay/policy.d/10-test.toml" \
  >"$WORK/broken.toml"
expect_verdict "a key that is none" 2 key-malformed \
  assay verify "$REGISTRY/demo/signed:1" --policy "$WORK/broken.toml"
expect_verdict "no such policy" 2 not-found \
  assay verify "$REGISTRY/demo/signed:1" --policy "$WORK/missing.toml"
expect_verdict "not a reference" 2 reference-malformed assay verify "A B"
