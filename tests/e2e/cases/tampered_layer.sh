# What the content store holds is hashed against the signed manifest.
start_everything
push_signed demo/app:1 --file etc/motd=original >/dev/null
pull demo/app:1
blobs="$WORK/containerd/root/io.containerd.content.v1.content/blobs/sha256"
layer=$(registry_manifest demo/app 1 | jq -r '.layers[1].digest')
expect_starts "before" demo/app:1

mv "$blobs/${layer#*:}" "$WORK/original"
expect_refused_image "a layer is gone" layer-missing demo/app:1
cp "$WORK/original" "$blobs/${layer#*:}"
expect_starts "it is back" demo/app:1

printf 'X' | dd of="$blobs/${layer#*:}" bs=1 seek=40 conv=notrunc status=none
expect_refused_image "one byte of a layer is changed" layer-digest-mismatch demo/app:1
[[ $OUTPUT == *"$layer"* ]] || fail "the refusal does not name the layer"
cp "$WORK/original" "$blobs/${layer#*:}"
expect_starts_soon "put back as it was" demo/app:1

config=$(registry_manifest demo/app 1 | jq -r .config.digest)
sed -i 's/original/0riginal/; s/tests/te5ts/' "$blobs/${config#*:}"
expect_refused_image "the configuration is changed" config-digest-mismatch demo/app:1

# A manifest that is read first when it is already spoilt, and one that was
# good before.
manifest=$(registry_manifest demo/app 1 | sha256sum | cut -d' ' -f1)
sed -i 's/0riginal/original/; s/te5ts/tests/' "$blobs/${config#*:}"
expect_starts_soon "the configuration is put back" demo/app:1
cp "$blobs/$manifest" "$WORK/original"
spoil() { printf ' ' >>"$blobs/$1"; }
spoil "$manifest"
expect_refused_image "the manifest is changed" manifest-digest-mismatch demo/app:1
cp "$WORK/original" "$blobs/$manifest"
expect_ok "a container is made" gated_create demo/app:1 orphan
rm "$blobs/$manifest"
expect_refused "its manifest is gone" manifest-missing gated_start orphan
cp "$WORK/original" "$blobs/$manifest"
expect_starts_soon "the manifest is put back" demo/app:1
push_signed demo/new:1 --env A=b >/dev/null
pull demo/new:1
expect_ok "a container is made" gated_create demo/new:1 new
spoil "$(registry_manifest demo/new 1 | sha256sum | cut -d' ' -f1)"
expect_refused "its manifest is changed before anybody read it" \
  manifest-digest-mismatch gated_start new
