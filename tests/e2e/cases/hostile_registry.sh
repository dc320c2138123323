# Whatever the registry of signatures does, the answer is a refusal with its
# reason, in bounded time and memory, and the same daemon goes on.
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
expect_ok "a rule for every repository" assay reload
push_signed demo/signed:1 --env A=b >/dev/null
pull demo/signed:1
expect_starts "its signatures are seen once" demo/signed:1
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

# What the daemon itself needed for its last decision, in ms.
decision_time() {
  tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" | jq '.duration_us / 1000 | floor'
}

# expect_survives MODE REASON: the first part of a repository's name says how
# the hostile registry misbehaves. A stall ends with the reason for which
# run_decided would ask again.
expect_survives() {
  push_image "$1/app:1" >/dev/null
  pull "$1/app:1"
  RUNS=$((RUNS + 1))
  expect_failure "$1" "OCI runtime create failed: $2: " \
    gated_run "$1/app:1" "hostile-$RUNS"
  expect_audited "  the audit log says so" "$2"
  service_gone "$ASSAYD_PID" && fail "$1: the daemon is gone"
  (($(decision_time) < 9000)) || fail "$1: it took $(decision_time) ms"
  (($(peak_memory) < 96)) || fail "$1: the daemon took $(peak_memory) MiB"
  passed "  in $(decision_time) ms, $(peak_memory) MiB at most"
}

# Time.
expect_survives stalled-headers deadline
expect_survives stalled-body deadline
expect_survives drip deadline
expect_survives reset registry-unreachable
expect_survives throttled registry-throttled
# Credentials.
expect_survives 401-bearer registry-unauthorized
expect_survives 401-basic registry-unauthorized
expect_survives 401-garbage registry-protocol
expect_survives token-huge registry-protocol
expect_survives realm-metadata registry-realm-refused
# Size: 1 GiB in one piece, without an end, before the body, and unpacked.
expect_survives huge evidence-too-large
expect_survives endless-body evidence-too-large
expect_survives endless-headers evidence-too-large
expect_survives huge-error no-signature
expect_survives gzip registry-protocol
# Form: 100,000 brackets, no HTTP at all, an error.
expect_survives deep registry-protocol
expect_survives garbage registry-protocol
expect_survives broken registry-unreachable
# Referrers: pages in a circle, new ones for ever, 10,000 at once; redirects.
expect_survives loop registry-protocol
expect_survives new-pages evidence-too-many
expect_survives many evidence-too-many
expect_survives many-at-once evidence-too-many
expect_survives redirect-loop registry-protocol
expect_survives redirect-metadata registry-realm-refused

expect_ok "the daemon is well" assay status
expect_starts "what it has seen signed starts all the while" demo/signed:1
cp "$WORK/hosts.toml" "$hosts"
stop_service "$ASSAYD_PID"
start_assayd
push_signed demo/later:1 --env C=d >/dev/null
pull demo/later:1
expect_starts "with the real registry a signed image starts" demo/later:1
push_image demo/unsigned:1 >/dev/null
pull demo/unsigned:1
expect_refused_image "and the unsigned one is rejected" no-signature demo/unsigned:1
