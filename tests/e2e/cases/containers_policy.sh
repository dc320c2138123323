# Under the policy.json of an operator of podman, images start and are refused as
# its scopes have it, whoever signs and whatever tool reads the signatures.
start_everything
make_gpg_key release-pgp ed25519
store=$WORK/store
mkdir -p "$store" "$ASSAY_ROOT"/etc/containers/{registries.d,namespaces}
cat >"$ASSAY_ROOT/etc/containers/registries.d/default.yaml" <<YAML
default-docker:
  lookaside: file://$store
docker:
  $REGISTRY/sig:
    use-sigstore-attachments: true
YAML

# write_scopes OPEN: what REGISTRY/open asks for.
write_scopes() {
  local sigstore="{\"type\": \"sigstoreSigned\", \"keyPath\": \"$WORK/keys/release.pub\",
    \"signedIdentity\": {\"type\": \"matchRepository\"}}"
  cat >"$WORK/policy.json" <<JSON
{"default": [{"type": "reject"}], "transports": {"docker": {
  "$REGISTRY/gpg": [{"type": "signedBy", "keyType": "GPGKeys",
    "keyPath": "$WORK/openpgp/release-pgp.gpg"}],
  "$REGISTRY/sig": [$sigstore], "$REGISTRY/unlooked": [$sigstore],
  "$REGISTRY/open": [{"type": "$1"}]}}}
JSON
  mv "$WORK/policy.json" "$ASSAY_ROOT/etc/containers/policy.json"
}

write_scopes insecureAcceptAnything
echo '{"default": [{"type": "insecureAcceptAnything"}]}' \
  >"$ASSAY_ROOT/etc/containers/namespaces/lax.json"
write_policy <<TOML
version = 1

[[rule]]
scope = "@REGISTRY@/**"
require = "containers"

[signers.containers]
type = "containers-policy"
namespace_policies = "$ASSAY_ROOT/etc/containers/namespaces"
TOML
expect_ok "a policy that imports another is in force" assay reload
expect_output "policy show names its scopes" "'docker, $REGISTRY/gpg' needs ed25519" \
  assay policy show
expect_output "status warns of what passes unsigned" \
  "allows without a signature" assay status

for name in gpg/app gpg/none sig/app sig/none unlooked/app open/app other/app; do
  digest=$(push_image "$name:1" --env "NAME=$name")
  case $name in
    gpg/app) sign_openpgp release-pgp gpg/app:1 "$digest" "$store" ;;
    sig/app | unlooked/app) sign_cosign25 release "$name@$digest" ;;
  esac
  pull "$name:1"
done

expect_starts "signed by a key of gpg, in the lookaside store" gpg/app:1
expect_refused_image "its neighbour without a signature" no-signature gpg/none:1
expect_starts "signed by cosign, where attachments are used" sig/app:1
expect_refused_image "its neighbour without a signature" no-signature sig/none:1
expect_refused_image "signed by cosign, where they are not" no-signature unlooked/app:1
expect_starts "in a scope that accepts anything" open/app:1
expect_audited "  the audit log says why" allowed-by-rule
expect_refused_image "in no scope" imported-policy-rejects other/app:1
expect_output "a namespace's own policy stands for it" allowed-by-rule \
  assay verify --namespace lax "$REGISTRY/other/app:1" --json

write_scopes reject
not_open() { ! assay status | grep -q "docker, $REGISTRY/open"; }
wait_for 10 not_open || fail "a changed policy.json is not noticed"
passed "a changed policy.json is noticed"
expect_refused_image "what was accepted is so no longer" imported-policy-rejects open/app:1
