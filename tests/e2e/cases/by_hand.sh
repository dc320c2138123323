# The runtime called by hand: nothing on the node vouches for such a container.
start_everything
mkdir -p "$WORK/bundle/rootfs/bin"
cp /bin/busybox "$WORK/bundle/rootfs/bin/"
(cd "$WORK/bundle" && runc spec)
jq '.process.args = ["/bin/busybox", "echo", "hello from", "hand"]
  | .process.terminal = false' "$WORK/bundle/config.json" >"$WORK/config.json"
mv "$WORK/config.json" "$WORK/bundle/config.json"
expect_output "it runs without the gate" "hello from hand" \
  runc --root "$WORK/runc" run --bundle "$WORK/bundle" hand

# What a bundle of containerd looks like, for a container it never made.
state="$WORK/containerd/state/io.containerd.runtime.v2.task/$CONTAINERD_NAMESPACE"
mkdir -p "$state"
cp -a "$WORK/bundle" "$state/hand"

by_hand() {
  env -i PATH="$PATH" NAMESPACE="$CONTAINERD_NAMESPACE" \
    GRPC_ADDRESS="$CONTAINERD_ADDRESS" "$SHIM" \
    --root "/run/containerd/runc/$CONTAINERD_NAMESPACE" "$@"
}

for verb in create run; do
  expect_failure "$verb of a container that containerd does not know" \
    container-unknown by_hand "$verb" --bundle "$state/hand" hand
  expect_audited "  the audit log says so" container-unknown
done
expect_failure "restore is refused" restore-refused \
  by_hand restore --bundle "$state/hand" --image-path "$WORK" hand
expect_audited "  the audit log says so" restore-refused
expect_output "the gate leaves other verbs alone" "container does not exist" \
  sh -c '! "$@" 2>&1' - "$SHIM" --root "$WORK/runc" state hand
