# What the policy does not want does not start, and says why.
start_everything
push_image demo/unsigned:1 >/dev/null
push_image elsewhere/app:1 >/dev/null
pull demo/unsigned:1
pull elsewhere/app:1

expect_refused_image "an unsigned image" no-signature demo/unsigned:1
expect_refused_image "an image that no rule is for" no-rule-matches elsewhere/app:1
expect_equal "no container of a refused image is left running" "" \
  "$(ctr tasks ls -q)"

# An exception, by the clock of the node and its file alone.
mkdir -p "$ASSAY_ROOT/etc/assay/break-glass.d"
write_exception() {
  cat >"$ASSAY_ROOT/etc/assay/break-glass.d/.new" <<TOML
version = 1
[[exception]]
scope = "$REGISTRY/demo/unsigned:1"
reason = "the signing service is down"
who = "jo@example.com"
not_before = $(date -u -d '-2 hours' +%FT%TZ)
expires = $(date -u -d "$1" +%FT%TZ)
TOML
  mv "$ASSAY_ROOT/etc/assay/break-glass.d/.new" \
    "$ASSAY_ROOT/etc/assay/break-glass.d/jo.toml"
  expect_ok "an exception until $1" assay reload
}
write_exception "+1 hour"
expect_starts "what it is for starts" demo/unsigned:1
expect_audited "  and is not said to be verified" allowed-by-break-glass
grep -q "allowed-by-break-glass: " "$WORK/assayd.log" || fail "the log is silent"
expect_refused_image "nothing else does" no-rule-matches elsewhere/app:1
expect_output "  status tells of it" "says jo@example.com" assay status
expect_status "  an operator is told the truth" 1 assay verify \
  "$REGISTRY/demo/unsigned:1"
write_exception "-1 hour"
expect_refused_image "it has expired" no-signature demo/unsigned:1
rm "$ASSAY_ROOT/etc/assay/break-glass.d/jo.toml"

write_policy <<'TOML'
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/demo/**"
action = "reject"

[[rule]]
scope = "@REGISTRY@/elsewhere/*"
action = "allow"
TOML
expect_ok "the policy is reloaded" assay reload
expect_refused_image "a rule that rejects" rule-rejects demo/unsigned:1
expect_starts "a rule that allows" elsewhere/app:1
expect_audited "  the audit log says so" allowed-by-rule

write_policy <<'TOML'
version = 1
mode = "audit"
default = "reject"
TOML
expect_ok "the policy is reloaded" assay reload
expect_starts "an audit policy blocks nothing" demo/unsigned:1
expect_audited "  but reports it" no-rule-matches
