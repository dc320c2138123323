# What authorities say about certificates is fetched when an image is pulled and
# kept fresh in the background: it outlives authority and daemon, and whoever is
# revoked starts nothing more.
start_everything
authority="$WORK/authority"
start_service "$WORK/authority.log" /usr/bin/python3 -B \
  "$NOTATION_DIR/revocable.py" "$authority"
authority_pid=$SERVICE_PID
wait_for 20 test -s "$authority/url" || die "the authority does not start"
mkdir -p "$WORK/notation"
ln -s "$authority"/{both,ocsp,list,neither} "$WORK/notation/"
install -m 0644 "$authority/root.pem" "$authority/tsa-root.pem" \
  "$ASSAY_ROOT/etc/assay/trust/"
write_policy <<'TOML'
version = 1

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "acme"

[[rule]]
scope = "@REGISTRY@/soft/**"
require = "soft"

[signers.acme]
type = "notation"
trust_store = ["root.pem"]
timestamp_authorities = ["tsa-root.pem"]
verify_timestamp = "after-expiry"
identities = "*"

[signers.soft]
type = "notation"
trust_store = ["root.pem"]
identities = "*"
revocation = "soft-fail"
TOML
expect_ok "the policy is in force" assay reload
expect_output "policy show names the soft rule" "revocation soft-fail" \
  assay policy show

flag() { touch "$authority/flags/$1"; }
unflag() { rm "$authority/flags/$1"; }

pushed() {
  DIGEST=$(push_image "$1:1" --env "NAME=$1")
  sign_notation "$2" "$1@$DIGEST" jws
}

for name in demo/both:both demo/list:list demo/ocsp:ocsp soft/ocsp:ocsp; do
  pushed "${name%:*}" "${name#*:}"
done
pull demo/both:1
pull demo/list:1
expect_starts "the responder says good" demo/both:1
expect_starts "the list says good" demo/list:1

# Nobody answers any more.
flag ocsp-down
flag list-down
expect_ok "reload asks, and nobody answers" assay reload
expect_starts "what was said is kept" demo/list:1
complains() { assay status --json | jq -r '.troubles[]' | grep -q '^revocation: .*503'; }
wait_for 20 complains || fail "status hides it: $(assay status)"
passed "status says that nobody answers"
unflag ocsp-down
unflag list-down
flag hang
pull demo/ocsp:1
pull soft/ocsp:1
expect_refused_image "of another certificate nobody knows" revocation-unknown demo/ocsp:1
took=$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" | jq .duration_us)
((took < 1000000)) || fail "the container waited for an authority: $took us"
passed "no container waits for an authority"
expect_starts "what nobody knows passes where the policy says so" soft/ocsp:1
unflag hang
expect_starts_soon "once somebody answers it starts" demo/ocsp:1

# The signer is revoked while everything runs.
flag revoked-leaf
expect_ok "reload asks anew" assay reload
expect_refused_soon "revoked" certificate-revoked demo/list:1
expect_refused_image "revoked, softly or not" certificate-revoked soft/ocsp:1

# What revokes lasts: not even the authority takes it back by silence.
stop_service "$authority_pid"
stop_service "$ASSAYD_PID" KILL
RUNS=$((RUNS + 1))
run gated_run demo/list:1 "refused-$RUNS"
((STATUS != 0)) || fail "a revoked signer's image starts without daemon and authority"
[[ $OUTPUT == *certificate-revoked* ]] || fail "another reason: $OUTPUT"
passed "without daemon and authority it stays refused"
