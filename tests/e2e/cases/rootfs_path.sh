# A host folder is no image.
start_everything
mkdir -p "$WORK/rootfs/bin"
cp /bin/busybox "$WORK/rootfs/bin/"
expect_output "a folder runs without the gate" "hello from a folder" \
  ctr run --rm --rootfs "$WORK/rootfs" bare /bin/busybox echo hello from a folder
expect_refused "a folder does not run behind it" subject-rootfs-path \
  ctr run --rm --runc-binary "$SHIM" --rootfs "$WORK/rootfs" folder \
  /bin/busybox echo hello from a folder
