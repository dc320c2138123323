# Docker Content Trust by a real notary server and client: what is signed there
# starts, also when the root was rotated, the server is gone and nobody but the
# decider is left; what is old, expired or somebody else's does not.
start_everything
start_notary
init_notary us demo/app
notary_root demo/app >"$ASSAY_ROOT/etc/assay/trust/root.crt"

write_policy <<TOML
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "publisher"

[signers.publisher]
type = "dct"
root_keys = ["root.crt"]
server = "http://$NOTARY"
TOML
expect_ok "a policy of content trust is in force" assay reload

signed=$(push_image demo/app:signed --env A=1)
sign_notary us demo/app signed "$signed"
push_image demo/app:unsigned --env A=2 >/dev/null
first=$(push_image demo/app:moving --env A=3)
sign_notary us demo/app moving "$first"
pull demo/app:signed
pull demo/app:unsigned
pull demo/app:moving
expect_starts "a signed tag" demo/app:signed
expect_starts "another" demo/app:moving
expect_refused_image "a tag that nobody signed" dct-target-missing \
  demo/app:unsigned
expect_status "verify finds the signed tag" 0 assay verify "$REGISTRY/demo/app:signed"
expect_status "  and its digest" 0 assay verify "$REGISTRY/demo/app@$signed"
expect_status "  and not the unsigned one's" 1 \
  assay verify "$REGISTRY/demo/app:unsigned"

# The same name with another root: its certificate is for another repository
# and of another key.
init_notary stranger demo/foreign
digest=$(push_image demo/foreign:1 --env A=4)
sign_notary stranger demo/foreign 1 "$digest"
pull demo/foreign:1
expect_refused_image "signed under a root of somebody else" dct-root-unpinned \
  demo/foreign:1
push_image demo/unknown:1 --env A=5 >/dev/null
pull demo/unknown:1
expect_refused_image "a repository that the server does not know" no-signature \
  demo/unknown:1

# Docker's own layout: a delegation signs.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
  -subj /CN=alice -keyout "$WORK/alice.key" -out "$WORK/alice.crt" 2>/dev/null
notary_as us delegation add -p "$REGISTRY/demo/app" targets/releases \
  "$WORK/alice.crt" --all-paths
notary_as us key import "$WORK/alice.key" --role alice
record_notary demo/app "$WORK/before"
second=$(push_image demo/app:moving --env A=6)
sign_notary us demo/app moving "$second" --roles targets/releases
pull demo/app:moving
expect_starts_soon "signed anew by targets/releases" demo/app:moving

# The root's key is exchanged; the policy still pins the old one.
notary_as us key rotate "$REGISTRY/demo/app" root <<<yes
rotated=$(push_image demo/app:rotated --env A=7)
sign_notary us demo/app rotated "$rotated"
pull demo/app:rotated
[[ $(notary_root demo/app) != "$(cat "$ASSAY_ROOT/etc/assay/trust/root.crt")" ]] ||
  fail "the root was not rotated"
expect_starts_soon "the root was rotated" demo/app:rotated
record_notary demo/app "$WORK/after"

# Somebody answers with what the server had before, and moves the tag back.
replay_notary "$WORK/before"
skopeo --insecure-policy copy -q --preserve-digests --src-tls-verify=false \
  --dest-tls-verify=false "docker://$REGISTRY/demo/app@$first" \
  "docker://$REGISTRY/demo/app:moving"
pull demo/app:moving
expect_refused_soon "an old signature for an old image" dct-rollback \
  demo/app:moving
expect_starts "  what is kept still counts" demo/app:signed

# Nobody answers any more.
stop_service "$NOTARY_PID"
stop_service "$ASSAYD_PID"
start_assayd
expect_starts "server gone, daemon new" demo/app:signed
expect_refused_soon "what was never seen signed is undetermined" \
  dct-unavailable demo/app:unsigned
stop_service "$ASSAYD_PID" KILL
expect_starts "the daemon is killed, too" demo/app:signed

# The same answers for ever are no answer.
replay_notary "$WORK/after"
rm -f "$ASSAY_ROOT/run/assay/ask.sock"
start_service "$WORK/assayd.log" faketime --exclude-monotonic -f +15d \
  "$ASSAY_ROOT/usr/sbin/assayd" --root "$ASSAY_ROOT"
wait_for 10 test -S "$ASSAY_ROOT/run/assay/ask.sock" ||
  die "assayd does not listen: $(tail -n 5 "$WORK/assayd.log")"
expect_refused_soon "the timestamp is expired" dct-expired demo/app:signed
