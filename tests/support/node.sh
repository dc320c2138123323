# A node: a whole system below an overlay, with its systemd, dpkg and libraries, in
# which packages are installed and removed while that system stays as it is.
# Source peers.sh and services.sh first.
#
# It shares the network of the test, and sees $WORK at /mnt.

NODE="$WORK/node/root"

# make_node PEER: this machine's own system, with that containerd.
make_node() {
  lay_node /
  add_containerd "$1"
  printf 'version = 2\n' >"$NODE/etc/containerd/config.toml"
  rm -f "$NODE/usr/sbin/policy-rc.d" # a container's: no service may start
}

# make_clean_node RELEASE [PEER]: a minimal Debian of clean_root, with the
# containerd that it ships, or with that one.
make_clean_node() {
  local root="$ASSAY_PEERS_DIR/node-$1"
  [[ -d $root ]] || die "there is no $root: run tests/support/clean_root $1 node"
  lay_node "$root"
  tr -d - </proc/sys/kernel/random/uuid >"$NODE/etc/machine-id"
  (($# == 1)) || add_containerd "$2"
}

# lay_node ROOT
lay_node() {
  local unit
  mkdir -p "$WORK/node"
  mount -t tmpfs tmpfs "$WORK/node"
  mkdir -p "$WORK"/node/{upper,work,root}
  mount -t overlay overlay -o \
    "lowerdir=$1,upperdir=$WORK/node/upper,workdir=$WORK/node/work" "$NODE"
  # Here a snapshotter must be able to lay overlays over each other.
  mkdir -p "$NODE/var/lib/containerd"
  mount -t tmpfs tmpfs "$NODE/var/lib/containerd"
  mkdir -p "$NODE/etc/containerd/certs.d"
  # Nothing but what boots.
  rm -rf "$NODE"/etc/systemd/system/*.wants
  for unit in systemd-udevd systemd-udev-trigger systemd-remount-fs \
    systemd-sysctl systemd-modules-load; do
    ln -sf /dev/null "$NODE/etc/systemd/system/$unit.service"
  done
  mount --bind "$WORK" "$NODE/mnt"
}

# add_containerd PEER: as its package has it.
add_containerd() {
  local peer="$ASSAY_PEERS_DIR/$1"
  cp -a "$peer/usr/bin/." "$NODE/usr/bin/"
  cp -a "$peer"/{,usr/}lib/systemd/system/containerd.service \
    "$NODE/lib/systemd/system/" 2>/dev/null || true # it is in one of them
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

# Every file, link and folder of the node with its mode, owner and target, and
# what files hold; but for what dpkg, rpm, apt and systemd note for themselves, and for
# what containerd keeps.
node_files() {
  local noted='var/(lib/(dpkg/(status|lock|triggers)|apt/|systemd/(timers|catalog|random-seed))|'
  noted+='log/|cache/((apt|ldconfig)/|debconf/tmp[.]ci))|root/[.]rpmdb'
  local places=(.)
  [[ ! -e $NODE/var/lib/containerd/opt ]] || places+=(./var/lib/containerd/opt)
  (
    cd "$NODE" || exit
    find "${places[@]}" -xdev -printf '%p %y %m %U:%G %l\n'
    find "${places[@]}" -xdev -type f -exec sha256sum {} + |
      sed -E 's/^(\S+)  (.*)/\2 \1/'
  ) | LC_ALL=C sort | grep -vE "^\./($noted)"
}

# unit UNIT PROPERTY
unit() { node systemctl show --value -p "$2" "$1"; }

# Key, policy and registry of the test, as an operator puts them there.
configure_node() {
  local folder="$NODE/etc/containerd/certs.d/$REGISTRY"
  cp "$WORK/keys/release.pub" "$NODE/etc/assay/trust/"
  ASSAY_ROOT=$NODE write_release_policy
  mkdir -p "$folder"
  printf 'server = "http://%s"\n[host."http://%s"]\ncapabilities = ["pull", "resolve"]\n' \
    "$REGISTRY" "$REGISTRY" >"$folder/hosts.toml"
}
