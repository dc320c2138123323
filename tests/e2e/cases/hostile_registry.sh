# Whatever the registry of signatures does, the answer is a refusal with its
# reason, in bounded time and memory, and the daemon stays up.
start_everything
push_image demo/unsigned:1 >/dev/null
pull demo/unsigned:1
push_signed demo/signed:1 --env A=b >/dev/null
pull demo/signed:1
hosts="$ASSAY_ROOT/etc/certs.d/$REGISTRY/hosts.toml"
cp "$hosts" "$WORK/hosts.toml"

start_hostile() {
  rm -f "$WORK/port"
  start_service "$WORK/hostile.log" python3 \
    "$ASSAY_SOURCE_DIR/tests/support/hostile_registry.py" "$WORK/port" "$1"
  HOSTILE_PID=$SERVICE_PID
  wait_for 10 test -s "$WORK/port" || die "the hostile registry does not start"
  # Assay asks it in place of the real one, and nobody else.
  cat >"$hosts" <<TOML
server = "http://127.0.0.1:$(cat "$WORK/port")"
TOML
  stop_service "$ASSAYD_PID"
  start_assayd
}

# The most memory that assayd has had, in MiB.
peak_memory() { awk '/^VmHWM/ {print int($2 / 1024)}' "/proc/$ASSAYD_PID/status"; }

# expect_survives MODE REASON...: any of the reasons will do.
expect_survives() {
  local mode=$1 reason found before=$SECONDS
  shift
  start_hostile "$mode"
  RUNS=$((RUNS + 1))
  run gated_run demo/unsigned:1 "hostile-$RUNS"
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
  stop_service "$HOSTILE_PID" KILL
}

expect_survives stall registry-unreachable deadline evidence-unavailable
expect_survives drip registry-unreachable deadline evidence-unavailable
expect_survives unauthorized registry-unauthorized evidence-unavailable
expect_survives error registry-protocol registry-unreachable evidence-unavailable
expect_survives garbage registry-protocol evidence-unavailable
expect_survives huge evidence-too-large evidence-unavailable
expect_survives deep registry-protocol json-too-deep evidence-unavailable
expect_survives loop evidence-too-many registry-protocol evidence-unavailable
expect_survives many evidence-too-many evidence-unavailable
expect_survives redirect registry-protocol registry-unreachable evidence-unavailable

cp "$WORK/hosts.toml" "$hosts"
stop_service "$ASSAYD_PID"
start_assayd
expect_starts "with the real registry the signed image starts" demo/signed:1
expect_refused_image "and the unsigned one is rejected" no-signature demo/unsigned:1
