# Who asks without right, who answers without right, and what comes and goes.
# shellcheck source=tests/integration/containerd/lib.sh
. "$CASE_DIR/lib.sh"
start_registry
install_probe "$WORK/containerd"
start_containerd "$PEER" "$WORK/containerd"
push_image demo/one:1 >/dev/null
pull demo/one:1
one="$REGISTRY/demo/one:1"
tasks="$WORK/containerd/state/io.containerd.runtime.v2.task"

# by_hand BUNDLE ID [--root ROOT]: runc by hand.
by_hand() { asks runc "${@:3}" create --bundle "$1" "$2"; }

by_hand "$tasks/$CONTAINERD_NAMESPACE/nobody" nobody
refused "a container the runtime does not know" container-unknown
by_hand "$WORK/bundle" c1
refused "a bundle that is not containerd's" container-unknown
by_hand "$tasks/$CONTAINERD_NAMESPACE/../other/c1" c1
refused "a bundle with a winding path" container-unknown
by_hand "$tasks/$CONTAINERD_NAMESPACE/c1" c2
refused "two ids" runtime-ambiguous
by_hand "$tasks/$CONTAINERD_NAMESPACE/c1" c1 --root /run/runc/other
refused "two namespaces, by bundle and root" runtime-ambiguous
NAMESPACE=other by_hand "$tasks/$CONTAINERD_NAMESPACE/c1" c1
refused "two namespaces, by bundle and environment" runtime-ambiguous

# A container that exists, by a bundle of one's own.
ctr containers create "$one" exists >/dev/null
forged="$WORK/forged/io.containerd.runtime.v2.task/$CONTAINERD_NAMESPACE/exists"
mkdir -p "$forged/rootfs"
echo '{"root":{"path":"rootfs"},"process":{"user":{}}}' >"$forged/config.json"
by_hand "$forged" exists
refused "a forged bundle with an empty root" subject-mount-mismatch
mkdir "$WORK/mine"
mount --bind "$WORK/mine" "$forged/rootfs"
by_hand "$forged" exists
refused "a forged bundle with a root of its own" subject-mount-mismatch
umount "$forged/rootfs"
rmdir "$forged/rootfs"
ln -s "$WORK/mine" "$forged/rootfs"
by_hand "$forged" exists
refused "a forged bundle with a link as root" subject-mount-mismatch

# --- who answers
ADDRESS=$WORK/none.sock by_hand "$tasks/$CONTAINERD_NAMESPACE/exists" exists
refused "no socket" runtime-unreachable
ADDRESS=$WORK/containerd/config.toml by_hand "$tasks/$CONTAINERD_NAMESPACE/exists" exists
refused "a file for a socket" runtime-unreachable
chown 1 "$CONTAINERD_ADDRESS"
by_hand "$tasks/$CONTAINERD_NAMESPACE/exists" exists
refused "a socket that is not root's" runtime-unreachable
chown 0 "$CONTAINERD_ADDRESS"
kill -STOP "$CONTAINERD_PID"
by_hand "$tasks/$CONTAINERD_NAMESPACE/exists" exists
kill -CONT "$CONTAINERD_PID"
refused "a containerd that does not answer" runtime-unreachable

# --- events, over a restart
GRPC_ADDRESS=$CONTAINERD_ADDRESS start_service "$WORK/events.log" \
  "$(probe)" events 60
events=$SERVICE_PID
wait_for 10 grep -q resync "$WORK/events.log" || fail "no connection"
push_image demo/two:1 >/dev/null
pull demo/two:1
ctr containers create "$one" seen >/dev/null
wait_for 10 grep -q "^/containers/create $CONTAINERD_NAMESPACE seen$" \
  "$WORK/events.log" || fail "no event of the container"
grep -q "^/images/create $CONTAINERD_NAMESPACE $REGISTRY/demo/two:1$" \
  "$WORK/events.log" || fail "no event of the image"
passed "events tell of images and containers"
stop_service "$CONTAINERD_PID"
wait_for 10 grep -q "^lost runtime-unreachable$" "$WORK/events.log" ||
  fail "the loss is not told"
by_hand "$tasks/$CONTAINERD_NAMESPACE/exists" exists
refused "a containerd that is gone" runtime-unreachable
start_containerd "$PEER" "$WORK/containerd"
wait_for 20 bash -c "(( \$(grep -c resync '$WORK/events.log') >= 2 ))" ||
  fail "no second connection"
passed "events come back with containerd, and tell to look again"
stop_service "$events"
creates after "$one"
bound "a container after the restart"
