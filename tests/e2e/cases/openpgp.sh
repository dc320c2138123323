# Images that real skopeo signed with keys of real gpg start: with signatures in
# a folder that the signer names, and behind the web server that registries.d
# names.
start_everything
make_gpg_key security rsa2048
make_gpg_key release-pgp ed25519
make_gpg_key foreign ed25519
for name in security release-pgp; do
  install -m 0644 "$WORK/openpgp/$name.gpg" "$ASSAY_ROOT/etc/assay/trust"
done

store=$WORK/store
web=$WORK/web
mkdir -p "$store" "$web" "$WORK/registries.d" "$ASSAY_ROOT/etc/containers"
web_port=$(free_port)
start_service "$WORK/web.log" python3 -m http.server --bind 127.0.0.1 \
  --directory "$web" "$web_port"
WEB_PID=$SERVICE_PID
wait_for 10 curl -sf -o /dev/null "http://127.0.0.1:$web_port/"
cat >"$WORK/registries.d/default.yaml" <<YAML
docker:
  $REGISTRY/web:
    lookaside: http://127.0.0.1:$web_port
    lookaside-staging: file://$web
YAML
cp -r "$WORK/registries.d" "$ASSAY_ROOT/etc/containers"

write_policy <<TOML
version = 1

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "release"

[[rule]]
scope = "@REGISTRY@/web/**"
require = "web"

[[rule]]
scope = "@REGISTRY@/both/**"
require = { at_least = 2, of = ["release", "security", "again"] }

[signers.release]
type = "openpgp"
keys = "release-pgp.gpg"
lookaside = "file://$store"

[signers.again]
type = "openpgp"
keys = ["release-pgp.gpg"]
lookaside = "file://$store"

[signers.security]
type = "openpgp"
keys = ["security.gpg", "release-pgp.gpg"]
fingerprints = "$(gpg_fingerprint security)"
lookaside = "file://$store"

[signers.web]
type = "openpgp"
keys = ["release-pgp.gpg"]
TOML
expect_ok "a policy with OpenPGP keys is in force" assay reload
expect_output "policy show names key and store" "ed25519 $(gpg_fingerprint release-pgp)" \
  assay policy show

# signed_image NAME KEY...: pushed, signed with each key, and pulled.
signed_image() {
  local name=$1 key
  shift
  DIGEST=$(push_image "$name" --env "NAME=$name")
  for key in "$@"; do sign_openpgp "$key" "$name" "$DIGEST" "$store"; done
  pull "$name"
}

signed_image demo/app:1 release-pgp
signed_image demo/none:1
signed_image demo/foreign:1 foreign
signed_image both/two:1 release-pgp security
signed_image both/one:1 release-pgp
signed_image demo/trick:1 release-pgp
trick=$store/demo/trick@${DIGEST/:/=}/signature-1
{ printf '\xcb\x09b\0\0\0\0\0lie' && cat "$trick"; } >"$WORK/trick"
cp "$WORK/trick" "$trick"
DIGEST=$(push_image demo/moved:2 --env A=moved)
sign_openpgp release-pgp demo/moved:2 "$DIGEST" "$store" demo/moved:1
pull demo/moved:2
# Of an index the instance is signed, as skopeo and podman do, or the index.
for what in member whole; do
  DIGEST=$(push_image "demo/$what:host" --env "NAME=$what")
  index=$(push_index "demo/$what:1" "demo/$what:host")
  [[ $what == member ]] || DIGEST=$index
  sign_openpgp release-pgp "demo/$what:1" "$DIGEST" "$store"
  pull "demo/$what:1"
done
push_image web/app:1 --env A=web >/dev/null
copy_signed release-pgp web/app:1
[[ -n $(find "$web" -name signature-1) ]] || fail "skopeo signed nothing"
push_image web/none:1 --env A=none >/dev/null
pull web/app:1
pull web/none:1

expect_starts "signed into a folder" demo/app:1
expect_refused_image "not signed" no-signature demo/none:1
expect_refused_image "signed with a foreign key" signature-foreign-key demo/foreign:1
expect_refused_image "signed as another tag" signature-other-repository demo/moved:2
expect_refused_image "a lie before what is signed" openpgp-unsigned demo/trick:1
expect_starts "the platform's manifest is signed" demo/member:1
expect_starts "the index is signed" demo/whole:1
expect_starts "signed with two keys" both/two:1
expect_refused_image "one key under two names is one" threshold-not-met both/one:1
expect_starts "signed by skopeo copy, fetched from a web server" web/app:1
expect_refused_image "not signed, says the web server" no-signature web/none:1
run assay verify "$REGISTRY/web/none:1" --json
expect_equal "verify says where a signature would have been" \
  "$(jq -r '.places | length' <<<"$OUTPUT")" 1
[[ $OUTPUT == *"http://127.0.0.1:$web_port/web/none@sha256="* ]] ||
  fail "it names another place"
expect_output "evidence fetch keeps it as well" lookaside \
  assay evidence fetch "$REGISTRY/web/app:1"
quietly skopeo --insecure-policy --registries.d "$WORK/registries.d" copy -q \
  --src-tls-verify=false "docker://$REGISTRY/web/app:1" "dir:$WORK/dir"
expect_output "a folder that skopeo wrote has its signatures" accepted \
  assay verify "dir:$WORK/dir" --as "$REGISTRY/web/app:1" --json
expect_output "verify says who signed" "openpgp:$(gpg_fingerprint release-pgp)" \
  assay verify "$REGISTRY/web/app:1" --json

librnp=$(readlink -f "$(ldconfig -p | awk '$1 == "librnp.so.0" { print $NF; exit }')")
mount --bind /dev/null "$librnp"
expect_failure "without librnp such a policy is refused" openpgp-unavailable \
  assay policy check
umount "$librnp"

stop_service "$WEB_PID"
stop_service "$REGISTRY_PID"
stop_service "$ASSAYD_PID" KILL
expect_starts "without any server and daemon it starts, from what is kept" web/app:1
expect_starts "and from the folder" demo/app:1
expect_refused_image "  while a foreign key's does not" signature-foreign-key demo/foreign:1
