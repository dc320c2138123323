# The canary: `assay doctor --canary` proves that the runtime refuses what nobody
# signed, and finds out where it does not. Handlers are taken from containerd's
# own configuration.
start_for_pods
push_signed demo/app:1 >/dev/null
strict_policy() {
  write_policy <<'TOML'
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/pause/*"
action = "allow"
TOML
}
strict_policy
start_assayd

canary() { assay --json doctor --canary --config "$WORK/containerd/config.toml"; }

restart_containerd() {
  stop_service "$CONTAINERD_PID"
  start_service "$WORK/containerd/containerd.log" \
    containerd -c "$WORK/containerd/config.toml"
  CONTAINERD_PID=$SERVICE_PID
  wait_for 20 cri_is_up || die "containerd does not answer"
}

# The CRI plugin is there some time after containerd answers.
cri_is_up() { cri pull "$REGISTRY/pause/pause:1" >/dev/null; }

# expect_canary WHAT HEALTH TEXT [ID]: the canary's check is so and says this.
expect_canary() {
  local id=${4:-canary} check
  run canary
  check=$(jq -c --arg id "$id" '.checks[] | select(.id == $id)' <<<"$OUTPUT")
  [[ $(jq -r .health <<<"$check") == "$2" ]] || fail "$1: $check"
  [[ $check == *"$3"* ]] || fail "$1: no '$3' in $check"
  passed "$1"
}

proven_at() { jq -r .proven_at "$ASSAY_ROOT/var/lib/assay/proof.json" 2>/dev/null; }

expect_canary "an unsigned image is refused" ok "refused with no-rule-matches"
[[ $(proven_at) -gt 0 ]] || fail "no proof is kept"
passed "  the proof is kept"
[[ $(canary | jq -r '.checks[] | select(.id == "canary-pull").health') == warn ]] ||
  fail "pulls are not wired, but the canary's was refused"
passed "  pulls, which are not wired, are told apart"
[[ -z $(ctr -n k8s.io containers ls -q) ]] || fail "the canary left containers"
[[ $(ctr -n k8s.io images ls -q) != *canary* ]] || fail "the canary left an image"
passed "  and nothing is left of it"

stop_service "$ASSAYD_PID" KILL
expect_canary "with the daemon dead as well" ok "refused with no-rule-matches"
start_assayd

# Everything that lets it start is found, and is no proof.
rm "$ASSAY_ROOT/var/lib/assay/proof.json"
write_policy <<'TOML'
version = 1
mode = "audit"
default = "reject"

[[rule]]
scope = "@REGISTRY@/pause/*"
action = "allow"
TOML
assay reload >/dev/null
expect_canary "a policy that only audits" fail "mode audit"
write_policy <<'TOML'
version = 1
default = "allow"
TOML
assay reload >/dev/null
expect_canary "a default that allows" fail "the policy lets an image start"
strict_policy
assay reload >/dev/null

sed -i "s|$SHIM|$(command -v runc)|" "$WORK/containerd/config.toml"
restart_containerd
expect_canary "a handler that is not wired" fail "did not ask"
sed -i "s|$(command -v runc)|$SHIM|" "$WORK/containerd/config.toml"
expect_canary "the same, wired, but containerd has not been restarted" fail "did not ask"
[[ -z $(proven_at) ]] || fail "a start that was not refused is proof"
passed "  none of this is proof"
restart_containerd

write_policy <<'TOML'
version = 1
default = "reject"
TOML
assay reload >/dev/null
expect_canary "a pause image that may not start" unknown "no pod could be made"
