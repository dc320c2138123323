# Signatures of both cosigns are fetched, read by skopeo, carried, imported.
assay() { "$ASSAY_BIN_DIR/plugin/cli/assay" "$@"; }
# says WHAT TEXT: the output of the last command has TEXT.
says() {
  [[ $OUTPUT == *"$2"* ]] || fail "$1: no '$2' in the output"
  passed "$1"
}
here=$WORK/here there=$WORK/there
store=$here/var/lib/assay/evidence

start_registry
image=$(push_image demo/app:1 --file etc/motd=one)
bare=$(push_image demo/bare:1 --file etc/motd=two)
make_cosign_key release
sign_cosign25 release "demo/app@$image"
sign_cosign31 release "demo/app@$image"

expect_ok "evidence is fetched" assay --root "$here" evidence fetch "$REGISTRY/demo/app:1"
says "the legacy form" ":${image/:/-}.sig"
says "and the bundle" "referrer"
expect_status "an unsigned image has none" 1 \
  assay --root "$here" evidence fetch "$REGISTRY/demo/bare@$bare"
says "with its reason" no-signature
expect_status "nor the next time, when its manifest is stored" 1 \
  assay --root "$here" evidence fetch "$REGISTRY/demo/bare@$bare"

# Any OCI tool reads the store: every artifact, byte for byte.
names=$(jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' "$store/index.json")
expect_equal "two signatures, and what is signed" "$(wc -l <<<"$names")" 4
for name in $names; do
  expect_ok "skopeo reads $name" skopeo inspect --raw "oci:$store:$name"
  skopeo inspect --raw "oci:$store:$name" >"$WORK/raw"
  digest=$(jq -r --arg n "$name" '.manifests[] |
    select(.annotations["org.opencontainers.image.ref.name"] == $n).digest' "$store/index.json")
  expect_equal "with its digest" "sha256:$(sha256sum <"$WORK/raw" | cut -d' ' -f1)" "$digest"
done

expect_ok "it is exported" assay --root "$here" evidence export "$WORK/evidence.tar"
stop_service "$REGISTRY_PID"
expect_status "without the registry nothing is fetched" 3 \
  assay --root "$there" evidence fetch "$REGISTRY/demo/app:1"
expect_ok "but imported" assay --root "$there" evidence import "$WORK/evidence.tar"
expect_ok "and listed" assay --root "$there" --json evidence list
expect_equal "the same on both nodes" \
  "$(jq -cS '[.images[].artifacts[].digest]' <<<"$OUTPUT")" \
  "$(assay --root "$here" --json evidence list | jq -cS '[.images[].artifacts[].digest]')"
first=${names%%$'\n'*}
expect_ok "skopeo reads the archive" skopeo inspect --raw "oci-archive:$WORK/evidence.tar:$first"

# A hostile archive ends with its reason.
ln -s /etc/passwd "$WORK/oci-layout"
tar -C "$WORK" -cf "$WORK/link.tar" oci-layout
expect_status "a link in an archive is refused" 3 assay --root "$there" evidence import "$WORK/link.tar"
says "with its reason" archive-unsafe

# Tampering is found, told, and costs nothing else.
blob=$(find "$there/var/lib/assay/evidence/blobs/sha256" -type f -size -900c | head -n 1)
printf x >>"$blob"
expect_status "what is damaged is not exported" 3 \
  assay --root "$there" evidence export "$WORK/again.tar"
says "with its reason" evidence-tampered

expect_ok "garbage is collected" assay --root "$there" evidence gc --dry-run
says "and nothing young goes" "Would drop 0 images"
