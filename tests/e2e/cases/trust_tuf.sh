# The trusted root comes from a TUF mirror on loopback: it is refreshed without
# a restart, outlives mirror and daemon, and is not relied on for ever.
workflow=https://github.com/org/app/.github/workflows/release.yml@refs/tags/v1
issuer=https://token.actions.githubusercontent.com

published="$WORK/published"
mirror="$WORK/mirror"
state="$ASSAY_ROOT/var/lib/assay/tuf/state.json"

start_everything
start_sigstore
first=$SIGSTORE
mkdir -p "$published"
cp "$first/trusted_root.json" "$published/"
start_service "$WORK/mirror.log" /usr/bin/python3 -B "$SIGSTORE_DIR/tuf.py" \
  "$mirror" "$published/trusted_root.json"
mirror_pid=$SERVICE_PID
wait_for 20 test -s "$mirror/url" || die "the mirror does not start"
install -m 0644 "$mirror/root.json" "$ASSAY_ROOT/etc/assay/trust/tuf-root.json"
cat >>"$ASSAY_ROOT/etc/assay/assayd.toml" <<TOML

[trust.tuf]
mirror = "$(cat "$mirror/url")"
root = "tuf-root.json"
stale_after_hours = 24
TOML
stop_service "$ASSAYD_PID"
start_assayd

# A policy of static keys leaves the mirror alone, whatever is reloaded.
push_signed demo/keyed:1 >/dev/null
pull demo/keyed:1
expect_ok "a policy of keys is in force" assay reload
expect_starts "signed by a key" demo/keyed:1
sleep 1
expect_equal "nobody asked the mirror" "$(cat "$mirror/asked" 2>/dev/null)" ""

# A real client takes the same repository for what it is.
expect_output "cosign accepts the mirror" '' env TUF_ROOT="$WORK/tuf-cache" \
  COSIGN_PASSWORD='' "$(peer_bin cosign31)/cosign" initialize \
  --mirror "$(cat "$mirror/url")" --root "$mirror/root.json"

published_since() {
  [[ $(assay status --json | jq -r .tuf.targets_version) -ge $1 ]]
}

write_policy <<TOML
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "release"

[[rule]]
scope = "@REGISTRY@/ci/**"
require = "ci"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]

[signers.ci]
type = "sigstore-keyless"
trusted_root = "tuf:trusted_root.json"
[[signers.ci.identities]]
issuer = "$issuer"
subject = { glob = "https://github.com/org/app/.github/workflows/*" }
TOML
expect_ok "a policy that names a published file is in force" assay reload
wait_for 30 published_since 1 || fail "nothing was fetched: $(assay status)"
passed "the file was fetched"
expect_output "status shows the mirror" "relied on until" assay status

token=$(identity "$workflow" "$issuer")
digest=$(push_image ci/first:1 --env A=1)
bundle31 v1 "ci/first@$digest" --identity-token "$token"
pull ci/first:1
expect_starts "signed by an identity of the published authority" ci/first:1

# The authority is replaced.
SIGSTORE_WORK="$WORK/second"
mkdir "$SIGSTORE_WORK"
WORK=$SIGSTORE_WORK start_sigstore
digest=$(push_image ci/second:1 --env A=2)
bundle31 v1 "ci/second@$digest" --identity-token "$token"
pull ci/second:1
expect_refused_image "signed by one of an authority not yet published" \
  certificate-untrusted ci/second:1
before=$(assay status --json | jq -r .tuf.targets_version)
cp "$SIGSTORE/trusted_root.json" "$published/trusted_root.json"
expect_ok "reload asks the mirror" assay reload
wait_for 30 published_since $((before + 1)) ||
  fail "the rotation was not noticed: $(assay status)"
expect_starts_soon "the new authority's, without a restart" ci/second:1
expect_refused_image "the old authority's" certificate-untrusted ci/first:1

# Without the mirror, then without the daemon.
stop_service "$mirror_pid"
stop_service "$SIGSTORE_PID"
expect_starts "the mirror is gone" ci/second:1
expect_ok "reload without the mirror" assay reload
unreachable() { [[ $(assay status --json | jq -r .tuf.problem) == tuf-mirror:* ]]; }
wait_for 30 unreachable || fail "status hides that the mirror is gone"
passed "status says that the mirror does not answer"
expect_starts "  and it still starts" ci/second:1

at() { date -u -d "+$1" +%Y-%m-%dT%H:%M:%SZ; }
keyless="$REGISTRY/ci/second:1"
expect_status "after the timestamp's end, within the budget" 0 \
  assay verify "$keyless" --at "$(at '7 days 12 hours')"
expect_status "beyond the budget nobody knows" 3 \
  assay verify "$keyless" --at "$(at '9 days')"
[[ $OUTPUT == *trust-stale* ]] || fail "no reason for it: $OUTPUT"
expect_status "a key's signature does not depend on it" 0 \
  assay verify "$REGISTRY/demo/keyed:1" --at "$(at '9 days')"
run assay doctor --json
expect_equal "doctor finds it fresh" ok "$(jq -r \
  '.checks[] | select(.id == "trust-mirror") | .health' <<<"$OUTPUT")"

stop_service "$ASSAYD_PID" KILL
expect_starts "the daemon is killed, too" ci/second:1

# What lies on disk is no more believed than the mirror.
jq '.files["trusted_root.json"] |= sub("fulcio"; "forged")' "$state" >"$WORK/bent"
cp "$WORK/bent" "$state"
RUNS=$((RUNS + 1))
run gated_run ci/second:1 "refused-$RUNS"
((STATUS != 0)) || fail "it starts by a bent trusted root"
[[ $OUTPUT == *trust-missing* ]] || fail "not refused with trust-missing: $OUTPUT"
passed "a bent trusted root counts for nothing"
expect_starts "  and a key's signature does not care" demo/keyed:1
