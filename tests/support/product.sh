# Assay itself, installed below a folder of the test and wired to its
# containerd; source peers.sh, services.sh and images.sh first.

ASSAY_ROOT="$WORK/assay"
SHIM="$ASSAY_ROOT/usr/lib/assay/bin/runc"

# Where the build has a program; the same for every build folder.
built() {
  local program
  program=$(find "${ASSAY_BIN_DIR:?the build folder}" -name "$1" -type f \
    -perm -u+x | head -n 1)
  [[ -n $program ]] || die "$1 is not built in $ASSAY_BIN_DIR"
  echo "$program"
}

# Lays out what a package would install, below $ASSAY_ROOT.
install_product() {
  local runtime lib="$ASSAY_ROOT/usr/lib/assay"
  runtime=$(command -v runc)
  install -d -m 0755 "$lib/bin" "$ASSAY_ROOT"/etc/assay/{policy.d,trust,runtimes}
  install -d -m 0755 "$ASSAY_ROOT"/usr/{bin,sbin}
  install -m 0755 "$(built assay-shim)" "$(built assay-decide)" \
    "$(built assay-node)" "$lib"
  install -d -m 0755 "$lib/image-verifier"
  install -m 0755 "$(built assay-image-verifier)" "$lib"
  ln -s ../assay-image-verifier "$lib/image-verifier"
  install -m 0755 "$(built assayd)" "$ASSAY_ROOT/usr/sbin"
  install -m 0755 "$(built assay)" "$ASSAY_ROOT/usr/bin"
  ln -s ../assay-shim "$SHIM"
  ln -s "$runtime" "$ASSAY_ROOT/etc/assay/runtimes/runc"
  cat >"$ASSAY_ROOT/etc/assay/assayd.toml" <<TOML
[containerd]
address = "$CONTAINERD_ADDRESS"

[registry]
hosts_dirs = ["$ASSAY_ROOT/etc/certs.d"]
TOML
  write_hosts "$REGISTRY"
}

# write_hosts HOST:PORT: the registry there speaks plain HTTP; containerd's
# hosts.toml says so.
write_hosts() {
  local registry=$1 folder
  folder="$ASSAY_ROOT/etc/certs.d/$registry"
  mkdir -p "$folder"
  cat >"$folder/hosts.toml" <<TOML
server = "http://$registry"

[host."http://$registry"]
capabilities = ["pull", "resolve"]
TOML
}

# trust NAME...: puts public keys where policies find them.
trust() {
  local name
  for name in "$@"; do
    install -m 0644 "$WORK/keys/$name.pub" "$ASSAY_ROOT/etc/assay/trust/"
  done
}

# write_policy < TOML
write_policy() {
  sed "s|@REGISTRY@|$REGISTRY|g; s|@ROOT@|$ASSAY_ROOT|g" \
    >"$ASSAY_ROOT/etc/assay/policy.d/10-test.toml"
  chmod 0644 "$ASSAY_ROOT/etc/assay/policy.d/10-test.toml"
}

# With $ASSAY_TRACE, a folder, what it asks the kernel is written there.
start_assayd() {
  local traced=()
  [[ -z ${ASSAY_TRACE:-} ]] || traced=(strace -D -ff -y -s 256 --seccomp-bpf
    -e 'trace=%file,%network,flock,fcntl,mmap,kill,tkill,tgkill,ptrace,ftruncate'
    -o "$(mktemp "$ASSAY_TRACE/assayd.XXXXXX")")
  start_service "$WORK/assayd.log" "${traced[@]}" \
    "$ASSAY_ROOT/usr/sbin/assayd" --root "$ASSAY_ROOT"
  ASSAYD_PID=$SERVICE_PID
  wait_for 10 test -S "$ASSAY_ROOT/run/assay/ask.sock" ||
    die "assayd does not listen: $(tail -n 5 "$WORK/assayd.log")"
}

assay() { "$ASSAY_ROOT/usr/bin/assay" --root "$ASSAY_ROOT" "$@"; }

# --- containers behind the shim -----------------------------------------------

# gated_run NAME ID [COMMAND...]
gated_run() {
  local name=$1
  shift
  ctr run --rm --runc-binary "$SHIM" "$REGISTRY/$name" "$@"
}

# gated_create NAME ID [COMMAND...]: the record and its snapshot, no task. ctr
# 1.6 takes no --runc-binary here, so gated_start puts the shim in runc's way.
gated_create() {
  local name=$1
  shift
  ctr containers create "$REGISTRY/$name" "$@"
}

# The task is where the runtime is called. containerd looks for runc in its opt
# folder before it looks in PATH.
gated_start() {
  local shadow="$CONTAINERD_OPT/bin/runc" status=0
  mkdir -p "$CONTAINERD_OPT/bin"
  ln -s "$SHIM" "$shadow"
  ctr tasks start "$1" || status=$?
  rm "$shadow"
  return "$status"
}
