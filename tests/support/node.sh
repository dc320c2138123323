# A node: this machine's own system below an overlay, with its systemd, dpkg and
# libraries, in which packages are installed and removed while the machine stays
# as it is. Source peers.sh and services.sh first.
#
# What the node changes is in $WORK/node/upper and can be listed. It shares the
# network of the test, and sees $WORK at /mnt.

NODE="$WORK/node/root"

# make_node PEER: with that containerd, as its package has it.
make_node() {
  local peer="$ASSAY_PEERS_DIR/$1"
  mkdir -p "$WORK/node"
  mount -t tmpfs tmpfs "$WORK/node"
  mkdir -p "$WORK"/node/{upper,work,root}
  mount -t overlay overlay -o \
    "lowerdir=/,upperdir=$WORK/node/upper,workdir=$WORK/node/work" "$NODE"
  # Here a snapshotter must be able to lay overlays over each other.
  mkdir -p "$NODE/var/lib/containerd"
  mount -t tmpfs tmpfs "$NODE/var/lib/containerd"
  cp -a "$peer/usr/bin/." "$NODE/usr/bin/"
  cp -a "$peer"/{,usr/}lib/systemd/system/containerd.service \
    "$NODE/lib/systemd/system/" 2>/dev/null || true # it is in one of them
  mkdir -p "$NODE/etc/containerd/certs.d"
  printf 'version = 2\n' >"$NODE/etc/containerd/config.toml"
  # Nothing of this machine's but what boots.
  rm -rf "$NODE"/etc/systemd/system/*.wants
  rm -f "$NODE/usr/sbin/policy-rc.d"  # a container's: no service may start
  local unit
  for unit in systemd-udevd systemd-udev-trigger systemd-remount-fs \
    systemd-sysctl systemd-modules-load; do
    ln -sf /dev/null "$NODE/etc/systemd/system/$unit.service"
  done
  mount --bind "$WORK" "$NODE/mnt"
}

# start_node: returns when systemd is up. It has cgroups of its own, which the
# test's name marks for removal.
start_node() {
  local cgroup
  for cgroup in /sys/fs/cgroup/{systemd,unified,}; do
    [[ -e $cgroup/cgroup.procs ]] || continue
    mkdir -p "$cgroup/$CONTAINERD_NAMESPACE-node"
  done
  start_service "$WORK/node.log" "$ASSAY_SOURCE_DIR/tests/support/node_init" \
    "$NODE" "$CONTAINERD_NAMESPACE-node"
  wait_for 20 find_node || die "systemd does not start: $(tail -n 5 "$WORK/node.log")"
  wait_for 30 node systemctl is-active basic.target ||
    die "the node does not boot: $(tail -n 5 "$WORK/node.log")"
}

find_node() {
  NODE_PID=$(pgrep -P "$SERVICE_PID") && [[ $(cat "/proc/$NODE_PID/comm") == systemd ]]
}

# node COMMAND...: runs it there.
node() {
  nsenter -t "$NODE_PID" -m -u -i -p -C -r -w env -i HOME=/root LC_ALL=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    CONTAINERD_NAMESPACE="$CONTAINERD_NAMESPACE" DEBIAN_FRONTEND=noninteractive "$@"
}

# Every file, link and folder by which the node differs from this machine, but
# for what dpkg and systemd note for themselves.
node_files() {
  local path type target
  local noted='var/(lib/(dpkg|containerd|systemd/(timers|catalog|random-seed))|'
  noted+='log|cache)/|etc/(machine-id|ld.so.cache|[.]updated)|var/[.]updated'
  while IFS=$'\t' read -r path type target; do
    # A folder of the machine is there as soon as anything in it has changed.
    [[ $type == d && -d /$path ]] || printf '%s\n' "$path $type $target"
  done < <(find "$WORK/node/upper" -mindepth 1 -printf '%P\t%y\t%l\n') |
    LC_ALL=C sort | grep -vE "^($noted)"
}
