# Images that lie on disk, copied there by real skopeo and cosign: accepted by
# what lies beside them, refused when a byte is another.
assay() { "$ASSAY_BIN_DIR/plugin/cli/assay" --root "$ASSAY_ROOT" "$@"; }
install -d -m 0755 "$ASSAY_ROOT"/etc/assay/{policy.d,trust}
start_registry
make_cosign_key release
make_cosign_key stranger
trust release
write_policy <<TOML
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "release"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
as=$REGISTRY/demo/app:1

signed=$(push_image demo/app:1 --file etc/motd=one)
sign_cosign25 release "demo/app@$signed"
sign_cosign31 release "demo/app@$signed"
other=$(push_image demo/app:2 --file etc/motd=two)
sign_cosign25 release "demo/app@$other"
bare=$(push_image demo/bare:1 --file etc/motd=three)
bundled=$(push_image demo/bundled:1 --file etc/motd=five)
sign_cosign31 release "demo/bundled@$bundled"
foreign=$(push_image demo/foreign:1 --file etc/motd=four)
sign_cosign25 stranger "demo/foreign@$foreign"
source=docker://$REGISTRY/demo

# copy FROM TO: by skopeo.
copy() {
  quietly skopeo --insecure-policy copy --src-tls-verify=false "$1" "$2"
}

# expect_verdict WHAT STATUS REASON REF [OPTION...]
expect_verdict() {
  local what=$1 status=$2 reason=$3 reference=$4 found
  shift 4
  run assay verify "$reference" --as "$as" "$@" --json
  found=$(jq -r .reason <<<"$OUTPUT")
  [[ $found == "$reason" ]] || fail "$what: $found, not $reason: $OUTPUT"
  ((STATUS == status)) || fail "$what: exit status $STATUS, not $status"
  passed "$what"
}

# flip FILE: another last byte, the same size.
flip() {
  /usr/bin/python3 - "$1" <<'PY'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(-1, 2)
    last = file.read(1)
    file.seek(-1, 2)
    file.write(bytes([last[0] ^ 1]))
PY
}

blob() { echo "$1/blobs/sha256/${2#sha256:}"; }

# --- oci: ---------------------------------------------------------------------
layout=$WORK/local
copy "$source/app@$signed" "oci:$layout:one"
expect_verdict "no signature lies beside it" 1 no-signature "oci:$layout:one"
copy "$source/app:${signed/:/-}.sig" "oci:$layout:${signed/:/-}.sig"
expect_verdict "with cosign's tag it is accepted" 0 signed "oci:$layout:one"
expect_equal "and its manifest is told" "$(jq -r .manifest <<<"$OUTPUT")" "$signed"
expect_verdict "the one image needs no name" 0 signed "oci:$layout"
as=$REGISTRY/demo/other:1 expect_verdict "cosign signed it for one repository" 1 \
  signature-other-repository "oci:$layout"
expect_verdict "by digest, too" 0 signed "oci:$layout@$signed"
run assay verify "oci:$layout:one"
((STATUS == 2)) || fail "without --as it is no usage error: $STATUS"
[[ $OUTPUT == *"--as"* ]] || fail "the error does not say what is missing"
passed "without --as no rule is selected"
run assay verify "oci:$layout:one" --as registry.example.com/other/app:1 --json
expect_equal "another name selects another rule" \
  "$(jq -r .reason <<<"$OUTPUT")" no-rule-matches
copy "$source/foreign@$foreign" "oci:$layout:foreign"
as=$as@$signed expect_verdict "a digest in the name is the image's" 0 signed "oci:$layout:one"
as=$as@$signed expect_verdict "  or it is another image" 1 manifest-digest-mismatch \
  "oci:$layout:foreign"
expect_verdict "a name that is not there" 3 manifest-missing "oci:$layout:two"
expect_verdict "no layout" 3 not-found "oci:$WORK/none"
expect_verdict "no layout in a folder" 3 manifest-missing "oci:$WORK/keys"

# An image whose signature is another's, or another key's.
mixed=$WORK/mixed
copy "$source/app@$other" "oci:$mixed:two"
copy "$source/app:${signed/:/-}.sig" "oci:$mixed:${other/:/-}.sig"
expect_verdict "the signature of another image" 1 signature-other-image "oci:$mixed:two"
copy "$source/foreign@$foreign" "oci:$WORK/foreign:x"
copy "$source/foreign:${foreign/:/-}.sig" "oci:$WORK/foreign:${foreign/:/-}.sig"
expect_verdict "a stranger's signature" 1 signature-invalid "oci:$WORK/foreign:x"
copy "$source/app@$other" "oci:$layout:two"
run assay verify "oci:$layout" --as "$as" --json
expect_equal "of two images one must be named" "$(jq -r .reason <<<"$OUTPUT")" \
  reference-malformed

# One byte, wherever it is.
config=$(jq -r .config.digest "$(blob "$layout" "$signed")")
layer=$(jq -r '.layers[0].digest' "$(blob "$layout" "$signed")")
# tampered WHAT REASON STATUS FILE-OF-DIGEST
tampered() {
  rm -rf "$WORK/bad"
  cp -a "$layout" "$WORK/bad"
  flip "$(blob "$WORK/bad" "$4")"
  expect_verdict "$1" "$3" "$2" "oci:$WORK/bad:one"
}
tampered "a byte of a layer" layer-digest-mismatch 1 "$layer"
tampered "a byte of the configuration" config-digest-mismatch 1 "$config"
tampered "a byte of the manifest" manifest-digest-mismatch 1 "$signed"
rm -rf "$WORK/bad"
cp -a "$layout" "$WORK/bad"
cp "$(blob "$layout" "$other")" "$(blob "$WORK/bad" "$signed")"
expect_verdict "another manifest in its place" 1 manifest-digest-mismatch "oci:$WORK/bad:one"
rm "$(blob "$WORK/bad" "$signed")"
expect_verdict "no manifest" 3 manifest-missing "oci:$WORK/bad:one"
cp "$(blob "$layout" "$signed")" "$(blob "$WORK/bad" "$signed")"
rm "$(blob "$WORK/bad" "$layer")"
expect_verdict "no layer" 3 layer-missing "oci:$WORK/bad:one"
ln -s "$(blob "$layout" "$layer")" "$(blob "$WORK/bad" "$layer")"
expect_verdict "a link in place of a layer" 3 layer-unreadable "oci:$WORK/bad:one"
rm -r "$WORK/bad/blobs"
ln -s "$layout/blobs" "$WORK/bad/blobs"
expect_verdict "a link in place of the blobs" 3 archive-unsafe "oci:$WORK/bad:one"
rm "$WORK/bad/index.json"
mkfifo "$WORK/bad/index.json"
expect_verdict "a pipe in place of the index" 3 archive-unsafe "oci:$WORK/bad:one"
rm "$WORK/bad/index.json"
truncate -s 1G "$WORK/bad/index.json"
expect_verdict "a huge index" 3 file-too-large "oci:$WORK/bad:one"
jq -c '.manifests[0].digest = "sha256:../../../../etc/passwd"' "$layout/index.json" \
  >"$WORK/bad/index.json.new"
mv "$WORK/bad/index.json.new" "$WORK/bad/index.json"
expect_verdict "a digest that leads outside" 1 digest-malformed "oci:$WORK/bad:one"

# --- oci-archive: -------------------------------------------------------------
copy "$source/app@$signed" "oci-archive:$WORK/image.tar:one"
expect_verdict "an archive without signatures" 1 no-signature "oci-archive:$WORK/image.tar:one"
rm -rf "$WORK/whole"
cp -a "$layout" "$WORK/whole"
tar -C "$WORK/whole" -cf "$WORK/whole.tar" oci-layout index.json blobs
expect_verdict "an archive with cosign's tag" 0 signed "oci-archive:$WORK/whole.tar:one"
flip "$(blob "$WORK/whole" "$layer")"
tar -C "$WORK/whole" -cf "$WORK/bad.tar" oci-layout index.json blobs
expect_verdict "a byte of a layer in an archive" 1 layer-digest-mismatch "oci-archive:$WORK/bad.tar:one"
ln -sf /etc/passwd "$WORK/whole/index.json"
tar -C "$WORK/whole" -cf "$WORK/link.tar" oci-layout index.json blobs
expect_verdict "a link in an archive" 3 archive-unsafe "oci-archive:$WORK/link.tar:one"
head -c 700 "$WORK/whole.tar" >"$WORK/short.tar"
expect_verdict "an archive cut short" 3 archive-malformed "oci-archive:$WORK/short.tar:one"

# --- cosign save --------------------------------------------------------------
for version in 25 31; do
  saved=$WORK/saved$version
  quietly "cosign$version" save --allow-http-registry --dir "$saved" "$REGISTRY/demo/app@$signed"
  expect_verdict "saved by cosign $version" 0 signed "oci:$saved"
  rm -rf "$WORK/bad"
  cp -a "$saved" "$WORK/bad"
  flip "$(blob "$WORK/bad" "$layer")"
  expect_verdict "  and a byte of its layer" 1 layer-digest-mismatch "oci:$WORK/bad"
done

quietly cosign31 save --allow-http-registry --dir "$WORK/bundled" "$REGISTRY/demo/bundled@$bundled"
expect_verdict "a bundle that no index lists" 0 signed "oci:$WORK/bundled"
expect_equal "  by the bundle" "$(jq -r '.signers[0].target' <<<"$OUTPUT")" "$bundled"

# --- dir: ---------------------------------------------------------------------
# Debian's skopeo copies no such signatures: the file is shaped by hand.
copy "$source/app@$signed" "dir:$WORK/dir"
expect_verdict "a folder without signatures" 1 no-signature "dir:$WORK/dir"
copy "$source/app:${signed/:/-}.sig" "dir:$WORK/sig"
/usr/bin/python3 - "$WORK/sig" "$WORK/dir/signature-1" <<'PY'
import base64, json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
layer = json.loads((folder / "manifest.json").read_text())["layers"][0]
payload = (folder / layer["digest"][7:]).read_bytes()
text = json.dumps({"mimeType": layer["mediaType"], "payload": base64.b64encode(payload).decode(),
                   "annotations": layer["annotations"]})
pathlib.Path(sys.argv[2]).write_bytes(b"\0sigstore-json\n" + text.encode())
PY
expect_verdict "a folder with a signature file" 0 signed "dir:$WORK/dir"
mv "$WORK/dir/signature-1" "$WORK/dir/${signed#sha256:}.signature-1"
expect_verdict "  also of the member of an index" 0 signed "dir:$WORK/dir"
mv "$WORK/dir/${signed#sha256:}.signature-1" "$WORK/dir/signature-1"
cp -a "$WORK/dir" "$WORK/baddir"
flip "$WORK/baddir/${layer#sha256:}"
expect_verdict "a byte of its layer" 1 layer-digest-mismatch "dir:$WORK/baddir"
cp "$WORK/dir/signature-1" "$WORK/baddir/signature-2"
printf '\0sigstore-json\n{' >"$WORK/baddir/signature-1"
cp "$WORK/dir/${layer#sha256:}" "$WORK/baddir/"
expect_verdict "junk beside a good signature" 0 signed "dir:$WORK/baddir"
copy "$source/app@$other" "dir:$WORK/otherdir"
cp "$WORK/dir/signature-1" "$WORK/otherdir/"
expect_verdict "the signature file of another image" 1 signature-other-image "dir:$WORK/otherdir"

# --- offline, from the store --------------------------------------------------
# offline WHAT STATUS REASON REF
offline() {
  run assay verify "$4" --offline --json
  [[ $(jq -r .reason <<<"$OUTPUT") == "$3" ]] || fail "$1: not $3: $OUTPUT"
  ((STATUS == $2)) || fail "$1: exit status $STATUS, not $2"
  passed "$1"
}
offline "nothing is stored" 3 manifest-missing "$REGISTRY/demo/app@$signed"
[[ $(jq -r .message <<<"$OUTPUT") == *"assay evidence fetch"* ]] ||
  fail "it does not say how to store it: $OUTPUT"
expect_ok "evidence is fetched" assay evidence fetch "$REGISTRY/demo/app@$signed"
assay evidence fetch "$REGISTRY/demo/bare:1" >/dev/null 2>&1 || true
expect_verdict "what is stored counts for an archive, too" 0 signed \
  "oci-archive:$WORK/image.tar:one"
run script -qec "'$ASSAY_BIN_DIR/plugin/cli/assay' --root '$ASSAY_ROOT' verify \
  oci:$layout:one --as $as" /dev/null
[[ $OUTPUT == *"hashing layers: 100 %"* ]] || fail "no progress on a terminal: $OUTPUT"
passed "a terminal sees the layers being hashed"
stop_service "$REGISTRY_PID"
offline "offline it is accepted" 0 signed "$REGISTRY/demo/app@$signed"
offline "an unsigned one is refused" 1 no-signature "$REGISTRY/demo/bare@$bare"
offline "a tag is not looked up" 3 manifest-missing "$REGISTRY/demo/app:1"
store=$ASSAY_ROOT/var/lib/assay/evidence
flip "$(blob "$store" "$signed")"
offline "a byte of the stored manifest" 3 evidence-tampered "$REGISTRY/demo/app@$signed"
