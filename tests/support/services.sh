# Starts and stops the peers' servers for one test; source peers.sh first.
# $WORK is the test's own folder. A server's process id goes into SERVICE_PIDS,
# so these functions must not run in a subshell; they answer in variables.

declare -a SERVICE_PIDS=()

free_port() {
  python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
  local tries=$(($1 * 20))
  shift
  until "$@" >/dev/null 2>&1; do
    ((tries-- > 0)) || return 1
    sleep 0.05
  done
}

# start_service LOG COMMAND...: sets SERVICE_PID.
start_service() {
  local log=$1
  shift
  "$@" >>"$log" 2>&1 </dev/null &
  SERVICE_PID=$!
  SERVICE_PIDS+=("$SERVICE_PID")
}

# stop_service PID [SIGNAL]: returns when it is gone, whatever that takes.
stop_service() {
  local pid=$1 signal=${2:-TERM} left=() other
  kill -"$signal" "$pid" 2>/dev/null || true
  kill -CONT "$pid" 2>/dev/null || true
  if ! wait_for 10 service_gone "$pid"; then
    kill -KILL "$pid" 2>/dev/null || true
  fi
  wait "$pid" 2>/dev/null || true
  for other in "${SERVICE_PIDS[@]}"; do
    [[ $other == "$pid" ]] || left+=("$other")
  done
  SERVICE_PIDS=("${left[@]}")
}

# A dead child is a zombie until it is waited for.
service_gone() {
  [[ ! -e /proc/$1 ]] || grep -q '^State:\s*[ZX]' "/proc/$1/status"
}

stop_all() {
  while ((${#SERVICE_PIDS[@]})); do
    stop_service "${SERVICE_PIDS[-1]}"
  done
}

# --- registry -----------------------------------------------------------------

# start_registry [USER PASSWORD]: sets REGISTRY to 127.0.0.1:PORT, or to
# REGISTRY_NAME, which must lead to this machine, with the port 80.
start_registry() {
  local config="$WORK/registry.yml"
  local address=${REGISTRY_NAME:+$REGISTRY_NAME:80}
  address=${address:-127.0.0.1:$(free_port)}
  REGISTRY=${REGISTRY_NAME:-$address}
  mkdir -p "$WORK/registry"
  cat >"$config" <<YAML
version: 0.1
log: {accesslog: {disabled: false}, level: warn}
storage:
  filesystem: {rootdirectory: $WORK/registry}
  delete: {enabled: true}
http: {addr: "$address"}
YAML
  if (($# == 2)); then
    htpasswd -Bbn "$1" "$2" >"$WORK/htpasswd"
    printf 'auth: {htpasswd: {realm: tests, path: %s}}\n' "$WORK/htpasswd" \
      >>"$config"
  fi
  start_service "$WORK/registry.log" \
    "$(peer_bin registry)/docker-registry" serve "$config"
  REGISTRY_PID=$SERVICE_PID
  wait_for 10 curl -s "http://$REGISTRY/v2/" ||
    die "the registry does not answer: $(tail -n 3 "$WORK/registry.log")"
}

# --- containerd ---------------------------------------------------------------

# Everything containerd would touch outside its root is named here.
containerd_config() {
  local root=$1
  cat <<TOML
version = 2
root = "$root/root"
state = "$root/state"
[grpc]
address = "$root/containerd.sock"
[debug]
level = "debug"
[plugins."io.containerd.internal.v1.opt"]
path = "$root/opt"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${REGISTRY:-registry.example.com}/pause/pause:1"
# Some virtual machines let nobody lower it.
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
conf_dir = "$root/cni"
bin_dir = "$root/cni-bin"
[plugins."io.containerd.grpc.v1.cri".containerd]
discard_unpacked_layers = ${CRI_DISCARDS:-false}
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
BinaryName = "${CRI_RUNC_BINARY:-}"
[plugins."io.containerd.nri.v1.nri"]
disable = ${NRI_DISABLED:-true}
${CONTAINERD_EXTRA:-}
TOML
}

# start_containerd PEER ROOTDIR: a private containerd. Exports what ctr reads
# (CONTAINERD_ADDRESS, CONTAINERD_NAMESPACE) and the PATH that finds its
# programs. CRI is on, so that it can be used through containerd.sock as well.
start_containerd() {
  local peer=$1 root=$2
  [[ -d $(peer_bin "$peer") ]] || die "$peer is missing: run peers.sh prepare"
  mkdir -p "$root"
  containerd_config "$root" >"$root/config.toml"
  PATH=$(peer_bin "$peer"):$PATH
  export PATH CONTAINERD_ADDRESS="$root/containerd.sock"
  export CONTAINERD_NAMESPACE=${CONTAINERD_NAMESPACE:-assay-test-$$}
  start_service "$root/containerd.log" containerd -c "$root/config.toml"
  CONTAINERD_PID=$SERVICE_PID
  CONTAINERD_OPT=$root/opt
  wait_for 20 ctr version ||
    die "$peer does not answer: $(tail -n 3 "$root/containerd.log")"
}

# restart_containerd [CONFIG]: its containers go on without it.
restart_containerd() {
  local root="$WORK/containerd"
  stop_service "$CONTAINERD_PID"
  start_service "$root/containerd.log" containerd -c "${1:-$root/config.toml}"
  CONTAINERD_PID=$SERVICE_PID
  wait_for 20 ctr version || die "containerd does not answer"
}

start_containerd12() { start_containerd containerd16 "$1"; }
start_containerd13() { start_containerd containerd17 "$1"; }
start_containerd21() { start_containerd containerd21 "$1"; }

# Kills and removes every container of our namespace; containerd still runs. A
# task that a refused restore left half-made never ends, hence the time limits.
remove_containers() {
  local id
  [[ -n ${CONTAINERD_PID:-} ]] || return 0
  for id in $(timeout 5 ctr tasks ls -q 2>/dev/null); do
    timeout 5 ctr tasks rm -f "$id" >/dev/null 2>&1 || true
  done
  for id in $(timeout 5 ctr containers ls -q 2>/dev/null); do
    timeout 5 ctr containers rm "$id" >/dev/null 2>&1 || true
  done
}

# runc leaves the cgroup of its parent folder, which is our namespace's.
remove_cgroups() {
  [[ -n ${CONTAINERD_NAMESPACE:-} ]] || return 0
  find /sys/fs/cgroup -depth -type d \
    -path "*/$CONTAINERD_NAMESPACE*" -exec rmdir {} + 2>/dev/null || true
}
