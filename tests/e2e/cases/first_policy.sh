# Without a valid policy nothing starts; a later bad one changes nothing.
start_registry
start_containerd "$PEER" "$WORK/containerd"
install_product
make_cosign_key release
trust release
push_signed demo/app:1 >/dev/null
pull demo/app:1
write_policy <<'TOML'
version = 1
default = "rejekt"
TOML
start_assayd
expect_refused_image "the first policy is not valid" policy-missing demo/app:1

write_release_policy
expect_ok "it is corrected and reloaded" assay reload
expect_starts "the signed image" demo/app:1

write_policy <<'TOML'
version = 1
default = "allow"

[[rule]]
scopes = "@REGISTRY@/**"
action = "allow"
TOML
expect_status "a misspelt key is refused" 2 assay reload
[[ $OUTPUT == *"10-test.toml:5:1: unknown key 'scopes'; did you mean 'scope'?"* ]] ||
  fail "the message has no place, or not the word that was meant"
expect_status "  the check says why" 2 assay policy check
[[ $OUTPUT == *policy-malformed* ]] || fail "the check has no reason"
expect_starts "the policy in force stays" demo/app:1
push_image elsewhere/app:1 >/dev/null
pull elsewhere/app:1
expect_refused_image "and still refuses" no-rule-matches elsewhere/app:1

rm "$ASSAY_ROOT"/etc/assay/policy.d/*
stop_service "$ASSAYD_PID"
start_assayd
expect_refused_image "no policy at all" policy-missing demo/app:1
