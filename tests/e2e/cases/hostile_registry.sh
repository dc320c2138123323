# Whatever the registry of signatures does, the answer is a refusal with its
# reason, in bounded time and memory, and the daemon stays up.
start_everything
write_policy <<'TOML'
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/**"
require = { any_of = ["release"] }

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
push_signed demo/signed:1 --env A=b >/dev/null
pull demo/signed:1
hosts="$ASSAY_ROOT/etc/certs.d/$REGISTRY/hosts.toml"
cp "$hosts" "$WORK/hosts.toml"
start_service "$WORK/hostile.out" \
  python3 "$ASSAY_SOURCE_DIR/tests/support/hostile_registry.py"
wait_for 10 test -s "$WORK/hostile.out" || die "the hostile registry does not start"
# Assay asks it in place of the real one, and nobody else.
cat >"$hosts" <<TOML
server = "http://127.0.0.1:$(head -n 1 "$WORK/hostile.out")"
TOML
stop_service "$ASSAYD_PID"
start_assayd

# The most memory that assayd has had, in MiB.
peak_memory() { awk '/^VmHWM/ {print int($2 / 1024)}' "/proc/$ASSAYD_PID/status"; }

# expect_survives MODE REASON...: any of the reasons will do. The first part of a
# repository's name says how the hostile registry misbehaves.
expect_survives() {
  local mode=$1 reason found before=$SECONDS
  shift
  push_image "$mode/app:1" >/dev/null
  pull "$mode/app:1"
  RUNS=$((RUNS + 1))
  run gated_run "$mode/app:1" "hostile-$RUNS"
  ((STATUS != 0)) || fail "$mode: it started"
  found=$(sed -n 's/.*OCI runtime create failed: \([a-z0-9-]*\): .*/\1/p' <<<"$OUTPUT")
  for reason in "$@"; do
    [[ $found != "$reason" ]] || found=expected
  done
  [[ $found == expected ]] || fail "$mode: refused with '$found', not: $*"
  ((SECONDS - before < 45)) || fail "$mode: it took $((SECONDS - before)) s"
  service_gone "$ASSAYD_PID" && fail "$mode: the daemon is gone"
  (($(peak_memory) < 96)) || fail "$mode: the daemon took $(peak_memory) MiB"
  passed "$mode: refused in $((SECONDS - before)) s, $(peak_memory) MiB at most"
  ctr containers rm "hostile-$RUNS" >/dev/null 2>&1 || true
}

expect_survives stalled-headers registry-unreachable deadline evidence-unavailable
expect_survives stalled-body registry-unreachable deadline evidence-unavailable
expect_survives drip registry-unreachable deadline evidence-unavailable
expect_survives 401-bearer registry-unauthorized evidence-unavailable
expect_survives 401-basic registry-unauthorized evidence-unavailable
expect_survives realm-metadata registry-realm-refused evidence-unavailable
expect_survives broken registry-protocol registry-unreachable evidence-unavailable
expect_survives garbage registry-protocol evidence-unavailable
expect_survives huge evidence-too-large evidence-unavailable
expect_survives endless-body evidence-too-large evidence-unavailable
expect_survives deep registry-protocol json-too-deep evidence-unavailable
expect_survives loop evidence-too-many registry-protocol evidence-unavailable
expect_survives many evidence-too-many evidence-unavailable
expect_survives redirect-loop registry-protocol evidence-unavailable
expect_survives redirect-metadata registry-realm-refused registry-protocol evidence-unavailable

cp "$WORK/hosts.toml" "$hosts"
stop_service "$ASSAYD_PID"
start_assayd
expect_starts "with the real registry the signed image starts" demo/signed:1
push_image demo/unsigned:1 >/dev/null
pull demo/unsigned:1
expect_refused_image "and the unsigned one is rejected" no-signature demo/unsigned:1
