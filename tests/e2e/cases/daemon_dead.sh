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

rm "$ASSAY_ROOT/usr/lib/assay/assay-decide"
run gated_run demo/signed:1 nobody
((STATUS != 0)) || fail "nobody decides, and it starts"
[[ $OUTPUT == *"hook-no-answer: "* ]] || fail "not refused with hook-no-answer"
passed "nobody is left to decide: hook-no-answer"
