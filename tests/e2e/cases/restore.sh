# A checkpoint carries memory that nobody signed: restoring from one is refused,
# whatever image it says it belongs to.
start_everything
push_signed demo/app:1 --cmd /bin/sleep --cmd 100 >/dev/null
pull demo/app:1

# checkpoint_of ID NAME: an image record NAME to restore the container from.
checkpoint_of() {
  local id=$1 name=$2 index member
  mkdir -p "$WORK/blobs"
  quietly ctr containers checkpoint --rw --image "$id" "$name-index"
  index=$(ctr images ls | awk -v name="$name-index" '$1 == name {print $3}')
  ctr content get "$index" >"$WORK/index.json"
  for member in $(jq -r '.manifests[].digest' "$WORK/index.json"); do
    ctr content get "$member" >"$WORK/blobs/$member"
  done
  ctr containers info "$id" | jq -c .Spec >"$WORK/spec.json"
  python3 "$ASSAY_SOURCE_DIR/tests/support/checkpoint.py" "$WORK/index.json" \
    "$WORK/blobs" "$WORK/spec.json" "$name" "$WORK/checkpoint.tar"
  quietly ctr images import --no-unpack --all-platforms "$WORK/checkpoint.tar"
}

forget() {
  quietly ctr tasks rm -f "$1"
  quietly ctr containers rm "$1"
}

restore() { timeout 60 ctr containers restore --rw --live "$1" "$2"; }

expect_ok "a container of a signed image runs" \
  ctr run -d --runc-binary "$SHIM" "$REGISTRY/demo/app:1" app
checkpoint_of app "$REGISTRY/demo/checkpoint:1"
forget app
run restore app "$REGISTRY/demo/checkpoint:1"
((STATUS != 0)) || fail "the restore succeeded"
[[ $OUTPUT == *"OCI runtime restore failed: restore-refused: "* ]] ||
  fail "not refused with restore-refused"
passed "restoring it from a checkpoint is refused"
expect_audited "  the audit log says so" restore-refused
