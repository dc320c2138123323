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
