# For the cases of this folder; source after run_case's own files. The probe
# stands where runc would be, through the folder that containerd puts before
# PATH, so that every client of this containerd meets it.

PROBE_OUT=$WORK/probe.out
export ASSAY_PROBE_TRUSTED='' ASSAY_PROBE_REPEAT=1

# install_probe ROOT: before start_containerd. The wrapper asks at `create`,
# after running $WORK/before BUNDLE if there is one, and refuses unless
# $WORK/go exists.
install_probe() {
  mkdir -p "$1/opt/bin"
  cat >"$1/opt/bin/runc" <<WRAPPER
#!/bin/bash
for word in "\$@"; do [[ \$word != create ]] || asked=1; done
[[ -n \${asked:-} ]] || exec /usr/sbin/runc "\$@"
printf '%s\n' "\$@" >"$WORK/argv"
bundle=\$(sed -n '/^--bundle\$/{n;p}' "$WORK/argv")
[[ ! -x $WORK/before ]] || "$WORK/before" "\$bundle"
"$(probe)" runc "\$@" >"$PROBE_OUT" 2>"$PROBE_OUT.err"
[[ ! -e $WORK/go ]] || exec /usr/sbin/runc "\$@"
exit 1
WRAPPER
  chmod 755 "$1/opt/bin/runc"
}

probe() { echo "$ASSAY_BIN_DIR/tests/integration/containerd/containerd_probe"; }

# before COMMANDS: what happens to the bundle ($1) before the probe asks.
before() {
  printf '#!/bin/bash\nset -e\n%s\n' "$1" >"$WORK/before"
  chmod 755 "$WORK/before"
}
nothing_before() { rm -f "$WORK/before"; }

# answers KEY: the probe's values of that key, one a line.
answers() { sed -n "s/^$1 //p" "$PROBE_OUT"; }

# creates ID IMAGE [ARGUMENT...]: lets ctr run it, as far as the probe. Options
# of ctr run go into CTR_OPTIONS.
creates() {
  local id=$1
  shift
  rm -f "$PROBE_OUT"
  OUTPUT=$(ctr run --rm "${CTR_OPTIONS[@]}" "$1" "$id" "${@:2}" 2>&1) || true
  [[ -s $PROBE_OUT ]] || fail "the probe was not asked about $id"
}
CTR_OPTIONS=()

# starts ID: the same for a container that was created before.
starts() {
  rm -f "$PROBE_OUT"
  OUTPUT=$(ctr tasks start "$1" 2>&1) || true
  [[ -s $PROBE_OUT ]] || fail "the probe was not asked about $1"
}

# asks ARGUMENT...: the probe by hand.
asks() {
  OUTPUT=$(GRPC_ADDRESS=${ADDRESS:-$CONTAINERD_ADDRESS} "$(probe)" "$@" 2>&1 |
    tee "$PROBE_OUT") || true
}

# bound WHAT: the probe found out what image it is.
bound() {
  OUTPUT=$(cat "$PROBE_OUT" "$PROBE_OUT.err" 2>/dev/null) || true
  expect_equal "$1" "$(answers reason)" none
}
# refused WHAT REASON
refused() {
  OUTPUT=$(cat "$PROBE_OUT" "$PROBE_OUT.err" 2>/dev/null) || true
  expect_equal "$1" "$(answers reason)" "$2"
}

config_of() {
  registry_manifest "${1%:*}" "${1#*:}" |
    python3 -c 'import json,sys; print(json.load(sys.stdin)["config"]["digest"])'
}

blob() {
  echo "$WORK/containerd/root/io.containerd.content.v1.content/blobs/${1/://}"
}

registry_digest() {
  echo "sha256:$(registry_manifest "$1" "$2" | sha256sum | cut -d' ' -f1)"
}
