# Real docker with folders and settings of its own, below the product's root, on
# the test's containerd; source peers.sh, services.sh and product.sh first.

DOCKER_FILE="$ASSAY_ROOT/etc/docker/daemon.json"

docker() {
  DOCKER_HOST="unix://$WORK/docker.sock" DOCKER_CONFIG="$WORK/home" \
    "$(peer_bin docker)/docker" "$@"
}

# start_docker [OPTION...]: sets DOCKERD_PID. It has no bridge and changes no
# rule of the host's firewall; containers are given no network.
start_docker() {
  local place="$WORK/docker"
  mkdir -p "$place" "$(dirname "$DOCKER_FILE")"
  start_service "$WORK/dockerd.log" "$(peer_bin docker)/../sbin/dockerd" \
    --config-file "$DOCKER_FILE" --data-root "$place/data" --exec-root "$place/exec" \
    --pidfile "$place/pid" --host "unix://$WORK/docker.sock" \
    --containerd "$CONTAINERD_ADDRESS" --cgroup-parent "/$CONTAINERD_NAMESPACE" \
    --exec-opt native.cgroupdriver=cgroupfs --bridge none --iptables=false \
    --ip6tables=false --userland-proxy=false --insecure-registry 127.0.0.0/8 "$@"
  DOCKERD_PID=$SERVICE_PID
  wait_for 30 docker version ||
    die "dockerd does not answer: $(tail -n 3 "$WORK/dockerd.log")"
}

docker_pull() {
  local name
  for name in "$@"; do quietly docker pull -q "$REGISTRY/$name"; done
}

# docker_run NAME [ARGUMENT...]: options of the run stand in DOCKER_OPTIONS.
docker_run() {
  docker run --rm --network none ${DOCKER_OPTIONS:-} "$@"
}
