# A daemon that does not answer is as good as none.
start_everything
push_signed demo/signed:1 >/dev/null
push_image demo/unsigned:1 --env A=b >/dev/null
pull demo/signed:1
pull demo/unsigned:1
expect_starts "the daemon answers: signed" demo/signed:1

kill -STOP "$ASSAYD_PID"
before=$SECONDS
expect_starts "the daemon hangs: signed" demo/signed:1
((SECONDS - before < 30)) || fail "it took $((SECONDS - before)) s"
expect_refused_image "the daemon hangs: unsigned" no-signature demo/unsigned:1
kill -CONT "$ASSAYD_PID"
expect_starts "the daemon answers again: signed" demo/signed:1
