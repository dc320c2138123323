# Assay itself, installed below a folder of the test and wired to its
# containerd; source harness.sh first.

ASSAY_ROOT="$WORK/assay"
SHIM="$ASSAY_ROOT/usr/lib/assay/bin/runc"
MISSES=0

# Where the build has a program; the same for every build folder.
built() {
  local program
  program=$(find "${ASSAY_BIN_DIR:?the build folder}" -name "$1" -type f \
    -perm -u+x | head -n 1)
  [[ -n $program ]] || die "$1 is not built in $ASSAY_BIN_DIR"
  echo "$program"
}

# Lays out what a package would install, below $ASSAY_ROOT.
install_product() {
  local runtime lib="$ASSAY_ROOT/usr/lib/assay"
  runtime=$(command -v runc)
  install -d -m 0755 "$lib/bin" "$ASSAY_ROOT"/etc/assay/{policy.d,trust,runtimes}
  install -d -m 0755 "$ASSAY_ROOT"/usr/{bin,sbin}
  install -m 0755 "$(built assay-shim)" "$(built assay-decide)" "$lib"
  install -m 0755 "$(built assayd)" "$ASSAY_ROOT/usr/sbin"
  install -m 0755 "$(built assay)" "$ASSAY_ROOT/usr/bin"
  ln -s ../assay-shim "$SHIM"
  ln -s "$runtime" "$ASSAY_ROOT/etc/assay/runtimes/runc"
  cat >"$ASSAY_ROOT/etc/assay/assayd.toml" <<TOML
[containerd]
address = "$CONTAINERD_ADDRESS"

[registry]
hosts_dirs = ["$ASSAY_ROOT/etc/certs.d"]
TOML
  write_hosts
}

# The test registry speaks plain HTTP; containerd's hosts.toml says so.
write_hosts() {
  local folder="$ASSAY_ROOT/etc/certs.d/$REGISTRY"
  mkdir -p "$folder"
  cat >"$folder/hosts.toml" <<TOML
server = "http://$REGISTRY"

[host."http://$REGISTRY"]
capabilities = ["pull", "resolve"]
TOML
}

# trust NAME...: puts public keys where policies find them.
trust() {
  local name
  for name in "$@"; do
    install -m 0644 "$WORK/keys/$name.pub" "$ASSAY_ROOT/etc/assay/trust/"
  done
}

# write_policy < TOML
write_policy() {
  sed "s|@REGISTRY@|$REGISTRY|g; s|@ROOT@|$ASSAY_ROOT|g" \
    >"$ASSAY_ROOT/etc/assay/policy.d/10-test.toml"
  chmod 0644 "$ASSAY_ROOT/etc/assay/policy.d/10-test.toml"
}

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

start_assayd() {
  start_service "$WORK/assayd.log" \
    "$ASSAY_ROOT/usr/sbin/assayd" --root "$ASSAY_ROOT"
  ASSAYD_PID=$SERVICE_PID
  wait_for 10 test -S "$ASSAY_ROOT/run/assay/ask.sock" ||
    die "assayd does not listen: $(tail -n 5 "$WORK/assayd.log")"
}

assay() { "$ASSAY_ROOT/usr/bin/assay" --root "$ASSAY_ROOT" "$@"; }

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

# push_signed NAME [image.py options]: pushed, signed by the release key.
push_signed() {
  local name=$1 digest
  digest=$(push_image "$@")
  sign_cosign25 release "${name%:*}@$digest"
  echo "$digest"
}

# --- containers behind the shim -----------------------------------------------

# gated_run NAME ID [COMMAND...]
gated_run() {
  local name=$1
  shift
  ctr run --rm --runc-binary "$SHIM" "$REGISTRY/$name" "$@"
}

# gated_create NAME ID [COMMAND...]: the record and its snapshot, no task.
gated_create() {
  local name=$1
  shift
  ctr containers create --runc-binary "$SHIM" "$REGISTRY/$name" "$@"
}

# The task is where the runtime is called.
gated_start() { ctr tasks start "$1"; }

# expect_starts WHAT NAME: the image runs and says its hello.
expect_starts() {
  MISSES=$((MISSES + 1))
  expect_output "$1" "hello from" gated_run "$2" "starts-$MISSES"
}

# expect_refused WHAT REASON COMMAND...: ctr shows the refusal with its reason
# id first, nothing of the container ran, and the audit log has a line of it.
expect_refused() {
  local what=$1 reason=$2
  shift 2
  run "$@"
  ((STATUS != 0)) || fail "$what: this succeeded: $*"
  [[ $OUTPUT != *"hello from"* ]] || fail "$what: the container ran"
  [[ $OUTPUT == *"OCI runtime create failed: $reason: "* ]] ||
    fail "$what: not refused with $reason: $*"
  passed "$what"
  expect_audited "  the audit log says so" "$reason"
}

# expect_refused_image WHAT REASON NAME
expect_refused_image() {
  MISSES=$((MISSES + 1))
  expect_refused "$1" "$2" gated_run "$3" "refused-$MISSES"
  ctr containers rm "refused-$MISSES" >/dev/null 2>&1 || true
}

# The last line of the audit log has this reason.
expect_audited() {
  local found
  found=$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" | jq -r .reason)
  [[ $found == "$2" ]] || fail "$1: the last audit line's reason is $found, not $2"
  passed "$1"
}
