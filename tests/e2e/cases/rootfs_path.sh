# A host folder is no image.
start_everything
mkdir -p "$WORK/rootfs/bin"
cp /bin/busybox "$WORK/rootfs/bin/"
expect_output "a folder runs without the gate" "hello from a folder" \
  ctr run --rm --rootfs "$WORK/rootfs" bare /bin/busybox echo hello from a folder
expect_refused "a folder does not run behind it" subject-rootfs-path \
  ctr run --rm --runc-binary "$SHIM" --rootfs "$WORK/rootfs" folder \
  /bin/busybox echo hello from a folder

# Nor does it become one by being mounted over a signed image.
push_signed demo/app:1 >/dev/null
pull demo/app:1
expect_starts "the signed image" demo/app:1
# covered ID FOLDER [OPTION...]
covered() {
  ctr run --rm "${@:3}" --mount "type=bind,src=$WORK/rootfs,dst=$2,options=rbind:rw" \
    "$REGISTRY/demo/app:1" "$1" /bin/busybox echo hello from a folder
}
mkdir -p "$WORK/rootfs/proc"
mount -t proc proc "$WORK/rootfs/proc"
expect_output "it covers the image without the gate" "hello from a folder" covered bare2 /
for root in / /. /bin/..; do
  expect_refused "a folder mounted at $root" subject-mount-mismatch \
    covered covered "$root" --runc-binary "$SHIM"
done
expect_output "a folder mounted elsewhere is no concern of ours" "hello from" \
  covered beside /tmp --runc-binary "$SHIM"
