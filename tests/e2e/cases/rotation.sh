# A first policy out of what signed a node's images, and a key that is replaced
# without a surprise.
start_everything
make_cosign_key next
make_openssl_key plain
trust next plain

push_image demo/none:1 --env NAME=none >/dev/null
old=$(push_image demo/old:1 --env NAME=old)
both=$(push_image demo/both:1 --env NAME=both)
new=$(push_image demo/new:1 --env NAME=new)
foreign=$(push_image demo/foreign:1 --env NAME=foreign)
first=$(push_image team/first:1 --env A=first)
second=$(push_image team/second:1 --env A=second)
sign_cosign25 release "demo/old@$old"
sign_cosign25 release "demo/both@$both"
sign_cosign25 next "demo/both@$both"
sign_cosign31 next "demo/new@$new"
sign_cosign25 stranger "demo/foreign@$foreign"
sign_cosign25 next "team/first@$first"
sign_cosign25 next "team/second@$second"
for name in demo/{old,both,new,none,foreign} team/{first,second}; do
  pull "$name:1"
done

# --- learn ----------------------------------------------------------------------

learnt="$WORK/learnt.toml"
expect_status "without the daemon nobody can tell" 3 \
  "$ASSAY_ROOT/usr/bin/assay" --root "$WORK/nowhere" rotate plan "$learnt"
assay policy learn >"$learnt" 2>"$WORK/learn.err" || fail "learn: $(cat "$WORK/learn.err")"
OUTPUT=$(cat "$learnt" "$WORK/learn.err")
expect_ok "the proposal is a policy" assay policy check "$learnt"

# requires IMAGE: what the proposal asks of it.
requires() {
  assay policy test --policy "$learnt" --image "$REGISTRY/$1" --json |
    jq -r '.decision // .action'
}
expect_equal "signed by one" "require release" "$(requires demo/old:1)"
expect_equal "signed by two" "require all of (next, release)" \
  "$(requires demo/both:1)"
expect_equal "signed by the other, as a bundle" "require next" \
  "$(requires demo/new:1)"
expect_equal "nobody signed it" reject "$(requires demo/none:1)"
expect_equal "somebody signed it who is not trusted here" reject \
  "$(requires demo/foreign:1)"
expect_equal "those that lie together share a rule" \
  "require next" "$(requires team/third:1)"
expect_output "what nobody signed is named" "#   $REGISTRY/demo/none:1" \
  cat "$learnt"
expect_output "the rest of the host is not covered" reject requires else/app:1
run assay policy learn --json --offline
((STATUS == 0)) || fail "learn --json: $STATUS"
expect_equal "the same from what is stored now" "$(cat "$learnt")" \
  "$(jq -r .policy <<<"$OUTPUT")"

# --- rotate ---------------------------------------------------------------------

# policy_of KEY...: demo/** may be signed by any of them.
policy_of() {
  local key list=
  for key in "$@"; do list+="${list:+, }\"$key\""; done
  printf 'version = 1\n[[rule]]\nscope = "@REGISTRY@/demo/**"\n'
  printf 'require = { any_of = [%s] }\n' "$list"
  for key in "$@"; do
    printf '[signers.%s]\ntype = "sigstore-key"\nkeys = ["%s.pub"]\n' "$key" "$key"
  done
}
policy_of release next | write_policy
expect_ok "two keys are staged" assay reload
expect_ok "a container of an image that only the old key signed" \
  ctr run -d --runc-binary "$SHIM" "$REGISTRY/demo/old:1" stays /bin/sleep 1000

changed="$WORK/changed.toml"
policy_of next | sed "s|@REGISTRY@|$REGISTRY|g" >"$changed"
chmod 0644 "$changed"

# plan FIELD: the images that it lists there.
plan() {
  assay rotate plan "$changed" --json |
    jq -r ".$1 | map(.image + \" \" + .namespace) | unique | join(\",\")"
}
expect_status "the plan says that something would stop" 1 \
  assay rotate plan "$changed"
[[ $OUTPUT == *"1 would stop starting, 0 could not be told, 0 would begin"* ]] ||
  fail "the plan's last line"
expect_equal "the image that breaks, and no other" "$REGISTRY/demo/old:1 " \
  "$(plan stops)"
expect_equal "its container is counted" 1 \
  "$(assay rotate plan "$changed" --json | jq '.stops[0].running')"
expect_equal "those that go on" \
  "$REGISTRY/demo/both:1 ,$REGISTRY/demo/new:1 " "$(plan still_starts)"

expect_status "nothing breaks where nothing changes" 0 \
  assay rotate plan "$ASSAY_ROOT/etc/assay/policy.d"

# A rule for the pods of one namespace alone, of which none runs.
{
  policy_of release next
  printf '[[rule]]\nscope = "@REGISTRY@/demo/**"\nnamespaces = ["payments"]\n'
  printf 'require = "release"\n'
} | sed "s|@REGISTRY@|$REGISTRY|g" >"$changed"
expect_equal "an image that breaks in one namespace" \
  "$REGISTRY/demo/new:1 payments" "$(plan stops)"

echo 'version = 1 nonsense' >"$changed"
expect_status "a policy that is wrong" 2 assay rotate plan "$changed"
[[ $OUTPUT == *policy-malformed* ]] || fail "no policy-malformed"

# What the plan said comes true.
policy_of next | write_policy
expect_ok "the old key goes" assay reload
expect_refused_soon "what was listed is refused" signature-invalid demo/old:1
expect_starts_soon "what was not listed starts" demo/both:1
expect_starts_soon "and so does this" demo/new:1
