# A snapshotter outside containerd mounts what containerd never hashed, under
# the chain ID of a signed image. Only an operator can say that it is trusted.
start_registry
CONTAINERD_EXTRA="[proxy_plugins.lazy]
type = \"snapshot\"
address = \"$WORK/lazy.sock\""
cat >"$WORK/echo" <<'SH'
#!/bin/busybox sh
/bin/busybox echo hello from elsewhere
SH
chmod 755 "$WORK/echo"
start_service "$WORK/lazy.log" /usr/bin/python3 \
  "$ASSAY_SOURCE_DIR/tests/support/lazy_snapshotter.py" "$WORK/lazy.sock" \
  "$WORK/lazy" "bin/echo=$WORK/echo"
wait_for 10 test -S "$WORK/lazy.sock" || die "the snapshotter does not start"
start_containerd "$PEER" "$WORK/containerd"
install_product
make_cosign_key release
trust release
write_release_policy
start_assayd
push_signed demo/app:1 >/dev/null
pull demo/app:1

lazy_run() {
  ctr run --rm --snapshotter lazy "${@:2}" "$REGISTRY/demo/app:1" "$1"
}
expect_starts "the signed image on containerd's own snapshotter" demo/app:1
expect_output "without the gate the other runs what is not the image's" \
  "hello from elsewhere" lazy_run bare
expect_refused "the gate does not believe it" subject-snapshotter \
  lazy_run gated --runc-binary "$SHIM"

sed -i 's/^\[containerd\]$/&\ntrusted_snapshotters = ["lazy"]/' \
  "$ASSAY_ROOT/etc/assay/assayd.toml"
stop_service "$ASSAYD_PID"
start_assayd
expect_output "unless the operator says so" "hello from elsewhere" \
  lazy_run trusted --runc-binary "$SHIM"
