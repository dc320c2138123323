# What the gate's cases share: the usual stage, and what starts or is refused on
# it; source harness.sh and product.sh first.

RUNS=0

# The policy of most cases: demo/** needs the release key, nothing else runs.
write_release_policy() {
  write_policy <<'TOML'
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = { any_of = ["release"] }

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
}

# The usual stage: registry, containerd, a key that the policy trusts, daemon.
start_everything() {
  start_registry
  start_containerd "$PEER" "$WORK/containerd"
  install_product
  make_cosign_key release
  make_cosign_key stranger
  trust release
  write_release_policy
  start_assayd
}

# The same for pods, whose runtime is the gate; without policy and daemon.
start_for_pods() {
  start_registry
  CRI_RUNC_BINARY=$SHIM
  start_containerd "$PEER" "$WORK/containerd"
  install_product
  make_cosign_key release
  trust release
  push_image pause/pause:1 --cmd /bin/sleep --cmd 1000 >/dev/null
}

# push_signed NAME [image.py options]: pushed, signed by the release key.
push_signed() {
  local name=$1 digest
  digest=$(push_image "$@")
  sign_cosign25 release "${name%:*}@$digest"
  echo "$digest"
}

# import_image NAME NAMESPACE...: brought into these namespaces of containerd by
# `ctr images import`; it was never pulled there.
import_image() {
  local name="$REGISTRY/$1" namespace
  shift
  quietly ctr -n elsewhere images pull --plain-http --platform "$(platform)" "$name"
  quietly ctr -n elsewhere images export --platform "$(platform)" \
    "$WORK/imported.tar" "$name"
  for namespace in "$@"; do
    quietly ctr -n "$namespace" images import "$WORK/imported.tar"
  done
}

# run_decided COMMAND...: run, again while the machine was too busy to decide, or
# to read the layers, in time. A start that failed leaves nothing, so the same
# command can be given again.
run_decided() {
  local tries=10
  run "$@"
  while ((tries-- > 0)) && [[ $OUTPUT =~ :\ (deadline|[a-z]+-pending):\  ]]; do
    sleep 1
    run "$@"
  done
}

# expect_runs WHAT COMMAND...: the container runs and says its hello.
expect_runs() {
  local what=$1
  shift
  run_decided "$@"
  ((STATUS == 0)) || fail "$what: exit status $STATUS of: $*"
  [[ $OUTPUT == *"hello from"* ]] || fail "$what: it says no hello"
  passed "$what"
}

# expect_denied WHAT REASON BEFORE COMMAND...: who asked reads the reason's id
# right after BEFORE, nothing of the container ran, and the audit log has a line
# of it.
expect_denied() {
  local what=$1 reason=$2 before=$3
  shift 3
  run_decided "$@"
  ((STATUS != 0)) || fail "$what: this succeeded: $*"
  [[ $OUTPUT != *"hello from"* ]] || fail "$what: the container ran"
  [[ $OUTPUT == *"$before$reason: "* ]] ||
    fail "$what: not refused with $reason: $*"
  passed "$what"
  expect_audited "  the audit log says so" "$reason"
}

# expect_starts WHAT NAME: the image runs and says its hello. On a busy machine
# ctr sometimes loses the output of a container that ended well.
expect_starts() {
  local tries=3
  OUTPUT=
  STATUS=0
  while ((STATUS == 0 && tries-- > 0)) && [[ $OUTPUT != *"hello from"* ]]; do
    RUNS=$((RUNS + 1))
    run_decided gated_run "$2" "starts-$RUNS"
  done
  ((STATUS == 0)) || fail "$1: exit status $STATUS of: gated_run $2"
  [[ $OUTPUT == *"hello from"* ]] || fail "$1: it says no hello"
  passed "$1"
}

# The same within a minute: a refusal is remembered for seconds.
expect_starts_soon() {
  wait_for 60 run_once "$2" || true
  expect_starts "$1" "$2"
}

run_once() {
  RUNS=$((RUNS + 1))
  gated_run "$1" "try-$RUNS"
}

# expect_refused WHAT REASON COMMAND...: what a client of containerd reads.
expect_refused() {
  expect_denied "$1" "$2" "OCI runtime create failed: " "${@:3}"
}

# expect_refused_image WHAT REASON NAME
expect_refused_image() {
  RUNS=$((RUNS + 1))
  expect_refused "$1" "$2" gated_run "$3" "refused-$RUNS"
  ctr containers rm "refused-$RUNS" >/dev/null 2>&1 || true
}

# The same, once that has come about.
expect_refused_soon() {
  wait_for 60 refused_once "$2" "$3" || true
  expect_refused_image "$@"
}

refused_once() {
  ! run_once "$2" && tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" |
    grep -q "\"reason\":\"$1\""
}

# The last line of the audit log has this reason.
expect_audited() {
  local found
  found=$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" | jq -r .reason)
  [[ $found == "$2" ]] || fail "$1: the last audit line's reason is $found, not $2"
  passed "$1"
}
