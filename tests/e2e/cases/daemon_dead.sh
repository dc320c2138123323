# Without its daemon the gate decides by itself, from what is on disk.
start_everything
push_signed demo/signed:1 >/dev/null
push_image demo/unsigned:1 --env A=b >/dev/null
pull demo/signed:1
pull demo/unsigned:1
expect_starts "the daemon lives: signed" demo/signed:1

stop_service "$ASSAYD_PID" KILL
[[ -S $ASSAY_ROOT/run/assay/ask.sock ]] || fail "a killed daemon removes no socket"
expect_starts "the daemon is killed: signed" demo/signed:1
expect_refused_image "the daemon is killed: unsigned" no-signature demo/unsigned:1

stop_service "$REGISTRY_PID"
expect_starts "the registry is gone as well: signed" demo/signed:1
RUNS=$((RUNS + 1))
run gated_run demo/unsigned:1 "refused-$RUNS"
((STATUS != 0)) || fail "unsigned starts without the registry"
passed "the registry is gone as well: unsigned"

mkdir -p "$ASSAY_ROOT/etc/assay/break-glass.d"
cat >"$ASSAY_ROOT/etc/assay/break-glass.d/jo.toml" <<TOML
version = 1
[[exception]]
scope = "$REGISTRY/demo/unsigned:1"
reason = "the registry is gone"
who = "jo@example.com"
not_before = $(date -u +%FT%TZ)
expires = $(date -u -d '+1 hour' +%FT%TZ)
TOML
expect_starts "the decider heeds an exception" demo/unsigned:1
expect_audited "  and says so" allowed-by-break-glass
rm "$ASSAY_ROOT/etc/assay/break-glass.d/jo.toml"

# Daemon and deciders have written one chain; the daemon was killed within it.
expect_ok "the audit log is whole" assay audit verify
lines=$(wc -l <"$ASSAY_ROOT/var/log/assay/audit.jsonl")
[[ $OUTPUT == *"Lines 1 to $lines hold"* ]] || fail "not of $lines lines: $OUTPUT"
expect_ok "  its end is signed, to be kept elsewhere" assay audit checkpoint
printf '%s\n' "$OUTPUT" >"$WORK/checkpoint"
expect_ok "  which holds" assay audit verify --checkpoint "$WORK/checkpoint" \
  --key "$ASSAY_ROOT/var/lib/assay/audit/key.pub"
sed -i '2s/"rejected"/"accepted"/' "$ASSAY_ROOT/var/log/assay/audit.jsonl"
sed -i '2s/"signed"/"singed"/' "$ASSAY_ROOT/var/log/assay/audit.jsonl"
expect_status "a word of the second line is changed" 1 assay audit verify
[[ $OUTPUT == *"audit.jsonl:2 "* ]] || fail "not named: $OUTPUT"
expect_ok "the last decision is shown" assay audit tail --lines 1
[[ $OUTPUT == *" create "*demo/unsigned:1* ]] || fail "not shown: $OUTPUT"

rm "$ASSAY_ROOT/usr/lib/assay/assay-decide"
run gated_run demo/signed:1 nobody
((STATUS != 0)) || fail "nobody decides, and it starts"
[[ $OUTPUT == *"hook-no-answer: "* ]] || fail "not refused with hook-no-answer"
passed "nobody is left to decide: hook-no-answer"
