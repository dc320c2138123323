# Images signed by identities, by real cosign against a whole sigstore
# deployment on loopback, start where the policy names the identity.
workflow=https://github.com/org/app/.github/workflows/release.yml@refs/tags/v1
issuer=https://token.actions.githubusercontent.com

start_everything
start_sigstore
install -m 0644 "$SIGSTORE/trusted_root.json" "$ASSAY_ROOT/etc/assay/trust/"
write_policy <<TOML
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "ci"

[[rule]]
scope = "@REGISTRY@/stamped/**"
require = "stamped"

[[rule]]
scope = "@REGISTRY@/logged/**"
require = "logged"

[signers.ci]
type = "sigstore-keyless"
[[signers.ci.identities]]
issuer = "$issuer"
subject = { glob = "https://github.com/org/app/.github/workflows/*" }

[signers.stamped]
type = "sigstore-keyless"
transparency = { logs = 1, timestamps = 1 }
[[signers.stamped.identities]]
issuer = "$issuer"
subject = "$workflow"

[signers.logged]
type = "sigstore-key"
keys = ["release.pub"]
trusted_root = "trusted_root.json"
TOML
expect_ok "a policy that names identities is in force" assay reload
expect_output "policy show names them" "of issuer '$issuer'" assay policy show

token=$(identity "$workflow" "$issuer")
stranger=$(identity dev@example.test https://accounts.example.test)

# signed_image NAME SIGN...: pushes it, signs it with SIGN, pulls it.
signed_image() {
  local name=$1 digest
  shift
  digest=$(push_image "$name:1" --env "NAME=$name")
  "${@/@IMAGE@/$name@$digest}"
  pull "$name:1"
}

signed_image demo/legacy keyless25 "$token" @IMAGE@
signed_image demo/v1 bundle31 v1 @IMAGE@ --identity-token "$token"
signed_image demo/v1-unstamped bundle31 v1-unstamped @IMAGE@ --identity-token "$token"
signed_image demo/v2 bundle31 v2 @IMAGE@ --identity-token "$token"
signed_image demo/stranger bundle31 v1 @IMAGE@ --identity-token "$stranger"
signed_image demo/keyed sign_cosign31 release @IMAGE@
signed_image stamped/v1 bundle31 v1 @IMAGE@ --identity-token "$token"
signed_image stamped/unstamped bundle31 v1-unstamped @IMAGE@ --identity-token "$token"
signed_image logged/v2 bundle31 v2 @IMAGE@ --key "$WORK/keys/release.key"
signed_image logged/unlogged sign_cosign31 release @IMAGE@

expect_starts "signed by cosign 2.5, legacy form" demo/legacy:1
expect_starts "signed by cosign 3.1, log of the first generation" demo/v1:1
expect_starts "the same without a time stamp" demo/v1-unstamped:1
expect_starts "signed by cosign 3.1, log of the second generation" demo/v2:1
expect_starts "time stamp and log, both asked for" stamped/v1:1
expect_starts "a key's signature that a log recorded" logged/v2:1
expect_refused_image "signed by somebody else" identity-mismatch demo/stranger:1
expect_refused_image "signed by a key, not by an identity" bundle-material \
  demo/keyed:1
expect_refused_image "no time stamp where one is asked for" \
  timestamp-threshold stamped/unstamped:1
expect_refused_image "a key's signature that no log recorded" log-threshold \
  logged/unlogged:1

# Nothing of the deployment, the registry or the daemon is needed any more.
stop_service "$SIGSTORE_PID"
stop_service "$REGISTRY_PID"
stop_service "$ASSAYD_PID" KILL
expect_starts "offline, the daemon dead: it starts" demo/v2:1
expect_starts "  and so does the legacy form" demo/legacy:1
RUNS=$((RUNS + 1))
run gated_run demo/stranger:1 "refused-$RUNS"
((STATUS != 0)) || fail "somebody else's image starts offline"
passed "  and somebody else's does not"
