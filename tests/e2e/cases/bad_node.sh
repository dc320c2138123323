# A node in trouble: keys that cannot be read, a full disk, a wrong clock. Each
# is a refusal with its reason, and the daemon stays up.
start_everything
push_signed demo/app:1 >/dev/null
pull demo/app:1
expect_starts "all is well" demo/app:1

# expect_reload_refused WHAT REASON: and the check names key and reason, soon.
expect_reload_refused() {
  local before=$SECONDS
  expect_status "$1" 2 assay reload
  [[ $OUTPUT == *10-test.toml:*release.pub* ]] || fail "$1: no place, or no key"
  expect_status "  the check says why" 2 assay policy check
  [[ $OUTPUT == "$2 "*release.pub* ]] || fail "$1: no reason"
  ((SECONDS - before < 20)) || fail "$1: it took $((SECONDS - before)) s"
}

mv "$ASSAY_ROOT/etc/assay/trust/release.pub" "$WORK/aside"
expect_reload_refused "a key is gone" policy-key-unreadable
expect_starts "the policy in force stays" demo/app:1
stop_service "$ASSAYD_PID"
start_assayd
expect_refused_image "a daemon that starts like that refuses" policy-missing demo/app:1
mkfifo "$ASSAY_ROOT/etc/assay/trust/release.pub"
expect_reload_refused "a key is a pipe that nobody writes to" \
  policy-key-unreadable
rm "$ASSAY_ROOT/etc/assay/trust/release.pub"
printf 'no key at all\n' >"$ASSAY_ROOT/etc/assay/trust/release.pub"
expect_reload_refused "a key is no key" key-malformed
install -m 0644 "$WORK/aside" "$ASSAY_ROOT/etc/assay/trust/release.pub"
expect_ok "the key is back" assay reload
expect_starts "the image starts" demo/app:1

# An image that starts and leaves no trace would be worse than one that waits.
stop_service "$ASSAYD_PID"
mount -t tmpfs -o size=64k,mode=0755 tmpfs "$ASSAY_ROOT/var/log/assay"
start_assayd
dd if=/dev/zero of="$ASSAY_ROOT/var/log/assay/filler" bs=1k count=64 \
  status=none 2>/dev/null || true
RUNS=$((RUNS + 1))
expect_failure "the audit log's disk is full" "disk-full: " \
  gated_run demo/app:1 "starts-$RUNS"
rm "$ASSAY_ROOT/var/log/assay/filler"
expect_starts "there is space again" demo/app:1
stop_service "$ASSAYD_PID"
umount "$ASSAY_ROOT/var/log/assay"

# Nothing is on disk yet of this one, and there is no room for its signatures.
push_signed demo/late:1 --env A=b >/dev/null
push_image demo/unsigned:1 --env C=d >/dev/null
pull demo/late:1
pull demo/unsigned:1
mount -t tmpfs -o size=64k,mode=0700 tmpfs "$ASSAY_ROOT/var/lib/assay/evidence"
dd if=/dev/zero of="$ASSAY_ROOT/var/lib/assay/evidence/filler" bs=1k count=64 \
  status=none 2>/dev/null || true
start_assayd
expect_starts "the evidence store is full: what is signed starts" demo/late:1
expect_equal "  the audit log says what went wrong" disk-full \
  "$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" | jq -r '.checks[0].reason')"
expect_refused_image "  what is not signed does not" no-signature demo/unsigned:1
stop_service "$ASSAYD_PID"
umount "$ASSAY_ROOT/var/lib/assay/evidence"

start_service "$WORK/assayd.log" env FAKETIME='@1970-01-02 00:00:00' \
  LD_PRELOAD="$(find /usr/lib -name libfaketimeMT.so.1)" \
  "$ASSAY_ROOT/usr/sbin/assayd" --root "$ASSAY_ROOT"
ASSAYD_PID=$SERVICE_PID
wait_for 10 assay status || die "assayd does not start in 1970"
expect_refused_image "the clock is at 1970" clock-implausible demo/app:1
service_gone "$ASSAYD_PID" && fail "the clock at 1970 ends the daemon"
stop_service "$ASSAYD_PID"
start_assayd
expect_starts "the clock is right again" demo/app:1
