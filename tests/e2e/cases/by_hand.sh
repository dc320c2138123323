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

# A container that containerd does know, asked about in the name of another.
push_signed demo/app:1 >/dev/null
pull demo/app:1
expect_ok "a container of a signed image is made" gated_create demo/app:1 known
cp -a "$WORK/bundle" "$state/known"
elsewhere="$WORK/containerd/state/io.containerd.runtime.v2.task/elsewhere"
mkdir -p "$elsewhere"
cp -a "$WORK/bundle" "$elsewhere/known"

# disagrees WHAT REASON [NAME=VALUE...] -- ARGUMENT...
disagrees() {
  local what=$1 reason=$2 changed=()
  shift 2
  while [[ $1 != -- ]]; do
    changed+=("$1")
    shift
  done
  expect_failure "$what" "$reason: " env -i PATH="$PATH" \
    NAMESPACE="$CONTAINERD_NAMESPACE" GRPC_ADDRESS="$CONTAINERD_ADDRESS" \
    "${changed[@]}" "$SHIM" "${@:2}"
  expect_audited "  the audit log says so" "$reason"
}
root="/run/containerd/runc/$CONTAINERD_NAMESPACE"
disagrees "another id than the bundle's" runtime-ambiguous -- \
  --root "$root" run --bundle "$state/hand" known
disagrees "the bundle of another namespace" runtime-ambiguous -- \
  --root "$root" run --bundle "$elsewhere/known" known
disagrees "the runtime's folder of another namespace" runtime-ambiguous -- \
  --root /run/containerd/runc/elsewhere run --bundle "$state/known" known
disagrees "the environment of another namespace" runtime-ambiguous \
  NAMESPACE=elsewhere -- --root "$root" run --bundle "$state/known" known
disagrees "a winding path to the bundle" container-unknown -- \
  --root "$root" run --bundle "$WORK/bundle/../${state#"$WORK/"}/known" known
disagrees "the bundle, with a root of its own" subject-mount-mismatch -- \
  --root "$root" run --bundle "$state/known" known

# Nobody but root's containerd is believed.
disagrees "no containerd" runtime-unreachable GRPC_ADDRESS="$WORK/none.sock" -- \
  --root "$root" run --bundle "$state/known" known
chown 1 "$CONTAINERD_ADDRESS"
disagrees "a socket that is not root's" runtime-unreachable -- \
  --root "$root" run --bundle "$state/known" known
chown 0 "$CONTAINERD_ADDRESS"
