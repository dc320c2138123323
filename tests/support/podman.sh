# Real podman with a store and settings of its own, below the product's root;
# source peers.sh, services.sh and product.sh first.

STORE="$ASSAY_ROOT/var/lib/containers/storage"
RUN_STORE="$ASSAY_ROOT/run/containers/storage"

# prepare_podman PEER: in a mount namespace of the test's own. podman has itself
# started when a container ends, without the environment that told where its
# libraries are, so they are laid over the host's; a late one needs the libc of
# its release as well.
prepare_podman() {
  PODMAN="$(peer_bin "$1")/podman"
  local libraries=/usr/lib/x86_64-linux-gnu
  PODMAN_CGROUPS=(--cgroup-parent "/$CONTAINERD_NAMESPACE")
  PODMAN_RUNTIME=runc
  PODMAN_OPTIONS=()
  if [[ $1 == podman ]]; then
    mount -t overlay overlay -o "lowerdir=$(peer_bin crun)/..:\
$(peer_bin composefs)/..:$ASSAY_PEERS_DIR/podman/usr:$ASSAY_PEERS_DIR/skopeo/usr:/usr" /usr
    PODMAN=/usr/bin/podman
  else
    mount -t overlay overlay \
      -o "lowerdir=$ASSAY_PEERS_DIR/$1$libraries:$libraries" "$libraries"
  fi
  # What tools remember of layers outside of any store is the test's own, too.
  mkdir -p /var/lib/containers
  mount -t tmpfs tmpfs /var/lib/containers
  mkdir -p "$ASSAY_ROOT"/etc/containers/containers.conf.d "$STORE" "$RUN_STORE" \
    "$WORK/helpers"
  # It looks for a program for networks before it does anything, and the
  # containers of tests have none.
  ln -s /bin/true "$WORK/helpers/netavark"
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' \
    >"$ASSAY_ROOT/etc/containers/policy.json"
  cat >"$ASSAY_ROOT/etc/containers/containers.conf" <<TOML
[engine]
helper_binaries_dir = ["$WORK/helpers"]
events_logger = "none"
cgroup_manager = "cgroupfs"
[network]
network_backend = "netavark"
network_config_dir = "$WORK/networks"
TOML
  mount --bind "$ASSAY_ROOT/etc/containers" /etc/containers
}

podman() {
  env PODMAN_IGNORE_CGROUPSV1_WARNING=1 "$PODMAN" --root "$STORE" \
    --runroot "$RUN_STORE" --storage-driver overlay \
    --runtime "$PODMAN_RUNTIME" "${PODMAN_OPTIONS[@]}" "$@"
}

podman_pull() {
  local name
  for name in "$@"; do
    quietly podman pull -q --tls-verify=false "$REGISTRY/$name" >/dev/null
  done
}

# podman_run NAME [OPTION... --] [COMMAND...]
podman_run() {
  local name=$1 options=()
  shift
  if [[ " $* " == *" -- "* ]]; then
    while [[ $1 != -- ]]; do
      options+=("$1")
      shift
    done
    shift
  fi
  podman run --rm --network none "${PODMAN_CGROUPS[@]}" "${options[@]}" "$name" "$@"
}

# --- expectations; source harness.sh and gate.sh first ------------------------

# expect_podman_starts WHAT NAME [OPTION... --] [COMMAND...]
expect_podman_starts() { expect_runs "$1" podman_run "${@:2}"; }

# expect_podman_refused WHAT REASON NAME [OPTION... --] [COMMAND...]
expect_podman_refused() {
  expect_denied "$1" "$2" ": " podman_run "${@:3}"
  ((STATUS == 126)) || fail "$1: exit status $STATUS of podman"
}
