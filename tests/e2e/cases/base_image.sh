# A rule that asks for a base: the image must stand on one that its team signed.
start_everything
make_cosign_key base-team
trust base-team
write_policy <<'TOML'
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = { any_of = ["release"] }
base = { any_of = ["base-team"] }

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]

[signers.base-team]
type = "sigstore-key"
keys = ["base-team.pub"]
TOML
expect_ok "a rule that asks for a base is loaded" assay reload
expect_output "policy show tells it" "require release, upon a base of base-team" \
  assay policy show

# upon BASE DIGEST: what a builder would write about it.
upon() {
  BASE_NAMED=(--annotation "org.opencontainers.image.base.name=$REGISTRY/$1"
    --annotation "org.opencontainers.image.base.digest=$2")
}

signed=$(push_image base/signed:1 --file etc/base=signed)
sign_cosign25 base-team "base/signed@$signed"
unsigned=$(push_image base/unsigned:1 --file etc/base=unsigned)

# --- in a pipeline, from the registry alone -----------------------------------

upon base/signed:1 "$signed"
push_signed demo/good:1 --file etc/base=signed --file etc/app=good \
  "${BASE_NAMED[@]}" >/dev/null
push_signed demo/false:1 --file etc/base=other --file etc/app=false \
  "${BASE_NAMED[@]}" >/dev/null
upon base/unsigned:1 "$unsigned"
push_signed demo/unsigned:1 --file etc/base=unsigned --file etc/app=unsigned \
  "${BASE_NAMED[@]}" >/dev/null
push_signed demo/silent:1 --file etc/base=signed --file etc/app=silent >/dev/null

expect_output "verify accepts an image upon a signed base" "base signed by" \
  assay verify "$REGISTRY/demo/good:1"
expect_status "verify refuses an unsigned base" 1 \
  assay verify "$REGISTRY/demo/unsigned:1"
[[ $OUTPUT == *base-unsigned* ]] || fail "not refused with base-unsigned"
expect_status "verify refuses a signed base that is not below" 1 \
  assay verify "$REGISTRY/demo/false:1"
[[ $OUTPUT == *base-mismatch* ]] || fail "not refused with base-mismatch"
expect_status "verify refuses an image that names no base" 1 \
  assay verify "$REGISTRY/demo/silent:1"
[[ $OUTPUT == *base-missing* ]] || fail "not refused with base-missing"

# --- on the node --------------------------------------------------------------

# Nothing is left of the pipeline: the node finds what it needs by itself.
rm -r "$ASSAY_ROOT/var/lib/assay/evidence"
for name in good false unsigned silent; do pull "demo/$name:1"; done
expect_starts "an image upon the signed base that it names" demo/good:1
expect_equal "  the audit log tells the base" "$signed base-team" \
  "$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" |
    jq -r '.base.manifest + " " + .base.signers[0].signer')"
expect_refused_image "upon an unsigned base" base-unsigned demo/unsigned:1
expect_refused_image "a signed base is named, other layers are below" \
  base-mismatch demo/false:1
expect_refused_image "no base is named and none is on the node" base-missing \
  demo/silent:1
pull base/signed:1
expect_starts_soon "the node holds the base that nobody named" demo/silent:1

# A platform's manifest is named, the index is what was signed.
host=$(push_image base/multi:host --file etc/base=multi)
push_image base/multi:other --file etc/base=multi --arch mips64 >/dev/null
index=$(push_index base/multi:1 base/multi:host base/multi:other)
sign_cosign31 base-team "base/multi@$index"
upon base/multi:1 "$host"
push_signed demo/multi:1 --file etc/base=multi --file etc/app=multi \
  "${BASE_NAMED[@]}" >/dev/null
pull demo/multi:1
expect_starts "the base's index is signed, by cosign 3.1" demo/multi:1

# The signature of base/signed, copied to another place: the name given there is
# not the one that was signed.
for tag in 1 "${signed/:/-}.sig"; do
  skopeo --insecure-policy copy -q --preserve-digests --src-tls-verify=false \
    --dest-tls-verify=false "docker://$REGISTRY/base/signed:$tag" \
    "docker://$REGISTRY/stolen/base:$tag"
done
upon stolen/base:1 "$signed"
push_signed demo/stolen:1 --file etc/base=signed --file etc/app=stolen \
  "${BASE_NAMED[@]}" >/dev/null
expect_status "verify: a signature made for another repository" 1 \
  assay verify "$REGISTRY/demo/stolen:1"
[[ $OUTPUT == *base-unsigned*signature-other-repository* ]] ||
  fail "not refused with base-unsigned"

# --- what is left without daemon, base, registry ------------------------------

ctr images rm "$REGISTRY/base/signed:1" >/dev/null
stop_service "$ASSAYD_PID" KILL
expect_starts "the daemon is killed, the base is gone: signed" demo/good:1
expect_refused_image "the daemon is killed: unsigned" base-unsigned demo/unsigned:1
expect_ok "the evidence is exported" assay evidence export "$WORK/evidence.tar"
stop_service "$REGISTRY_PID"
expect_starts "the registry is gone as well: named" demo/good:1
expect_starts "the registry is gone as well: held before" demo/silent:1

mv "$ASSAY_ROOT/var/lib/assay/evidence" "$WORK/evidence"
run gated_run demo/good:1 nothing
((STATUS != 0)) || fail "it starts without any evidence"
passed "without evidence nothing starts"
expect_ok "the evidence is imported" assay evidence import "$WORK/evidence.tar"
expect_starts "with what was carried there" demo/good:1
