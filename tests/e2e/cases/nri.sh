# Assay as a plugin of containerd, over NRI: it refuses before the shim is asked,
# guards handlers that the shim does not stand before, and is never the only
# guard of those it stands before. Pods. Its settings follow the table of NRI, and
# no decision is late because the machine is.
CONTAINERD_EXTRA="socket_path = \"$WORK/nri.sock\"
plugin_path = \"$WORK/nri-plugins\"
plugin_config_path = \"$WORK/nri-config\"
plugin_request_timeout = \"40s\"
[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.bare]
runtime_type = \"io.containerd.runc.v2\"
[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.bare.options]
BinaryName = \"$(command -v runc)\""
NRI_DISABLED=false
start_for_pods
cat >>"$ASSAY_ROOT/etc/assay/assayd.toml" <<TOML

[nri]
socket = "$WORK/nri.sock"
TOML
push_signed demo/signed:1 >/dev/null
push_image demo/unsigned:1 --env A=b >/dev/null
push_image demo/before:1 --env B=c --cmd /bin/sleep --cmd 1000 >/dev/null
push_image demo/imported:1 --env C=d >/dev/null
write_policy <<'TOML'
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/pause/*"
action = "allow"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = { any_of = ["release"] }

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML

AUDIT="$ASSAY_ROOT/var/log/assay/audit.jsonl"

# nri_status FILTER: of `assay status`.
nri_status() { assay status --json | jq -r ".nri | $1"; }
looked_at_running() { [[ $(nri_status .running) == 1 ]]; }
# met COUNT: so often, or more, the daemons of this case met containerd.
met() { (($(grep -c "NRI: plugin of containerd" "$WORK/assayd.log") >= $1)); }

# last_line HOOK: verdict and reason of its last line in the audit log.
last_line() {
  jq -r "select(.hook == \"$1\") | \"\(.verdict) \(.reason) \(.namespace)/\(.pod)\"" \
    "$AUDIT" | tail -n 1
}

# hooks_of NAME: that asked about the container, in their order.
hooks_of() {
  jq -r "select(.container == \"$1\") | .hook" "$AUDIT" | xargs
}

expect_hello() {
  wait_for 10 test -s "$WORK/logs/$1.log" || fail "$1 says nothing"
  expect_output "  and says its hello" "hello from" cat "$WORK/logs/$1.log"
}

# bare_pod, gated_pod: set POD, a pod whose handler is plain runc, or the shim.
bare_pod() {
  POD_NAME=bare
  POD_HANDLER=bare
  start_pod
}
gated_pod() {
  POD_NAME=gated
  POD_HANDLER=
  start_pod
}

# created NAME IMAGE: says the container's id.
created() { cri create "$POD" "$1" "$REGISTRY/$2"; }
started() {
  local container
  container=$(created "$1" "$2") && cri start "$container"
}

for image in signed unsigned before; do
  cri pull "$REGISTRY/demo/$image:1" >/dev/null
done
import_image demo/imported:1 k8s.io
bare_pod
expect_ok "without the daemon a bare handler starts anything" started before demo/before:1

start_assayd
wait_for 20 met 1 || fail "no plugin: $(assay status)"
passed "the daemon is containerd's plugin"

# It decides from disk: what the daemon fetches for that must have come.
wait_for 60 grep -q "warmed up .*/demo/signed:1: signed" "$WORK/assayd.log" ||
  fail "no evidence of demo/signed:1"
wait_for 20 looked_at_running || fail "what runs was not looked at"
expect_equal "  it says that one that runs would be refused" 1 "$(nri_status .unwanted)"
expect_equal "  so does the audit log" "rejected no-signature shop/bare" \
  "$(last_line nri-running)"

# --- a handler that the shim does not stand before ------------------------------
# expect_refused_early WHAT REASON NAME IMAGE
expect_refused_early() {
  expect_failure "$1" "$2: " created "$3" "$4"
  expect_equal "  the audit log says so" "rejected $2 shop/$POD_NAME" \
    "$(last_line nri)"
}
expect_ok "a bare handler starts a signed image" started signed demo/signed:1
expect_hello signed
expect_equal "  it was asked at its creation and at its start" "nri nri" \
  "$(hooks_of signed)"
expect_refused_early "an unsigned image is not even created" no-signature \
  unsigned demo/unsigned:1
expect_refused_early "nor is one that was there before" no-signature \
  again demo/before:1
expect_refused_early "nor one that was imported" no-signature \
  imported demo/imported:1
# All images here have the same layers, so a name that lies passes the creation,
# but only where containerd announces what its client said: 1.7 announces the
# name of its own record.
lie() { cri --user-name "$REGISTRY/demo/signed:1" create "$POD" liar "$REGISTRY/demo/unsigned:1"; }
if [[ $PEER == containerd17 ]]; then
  expect_failure "one that was said to be another is not created" "no-signature: " lie
else
  container=$(lie)
  expect_failure "one that was said to be another is not started" \
    "no-signature: " cri start "$container"
fi
[[ ! -s $WORK/logs/liar.log ]] || fail "liar ran"

# --- a handler that the shim stands before --------------------------------------
gated_pod
expect_ok "a gated handler starts a signed image" started both demo/signed:1
expect_hello both
expect_equal "  the audit log tells both hooks" "nri create nri" "$(hooks_of both)"
expect_equal "  and that it was decided once" hit \
  "$(jq -r 'select(.container == "both" and .hook == "create") | .cache' "$AUDIT")"
expect_refused_early "an unsigned image is not created here either" no-signature \
  unsigned demo/unsigned:1

# While it creates a container the daemon is killed, and containerd goes on.
kill -STOP "$ASSAYD_PID"
cri create "$POD" killed "$REGISTRY/demo/unsigned:1" >"$WORK/killed" &
creating=$!
wait_for 20 grep -q "CreateContainer within sandbox.*Name:killed" \
  "$WORK/containerd/containerd.log" || fail "containerd creates nothing"
kill -KILL "$ASSAYD_PID"
wait "$creating" || fail "containerd does not go on without its plugin"
expect_failure "a daemon that dies over it: the shim refuses" \
  "no-signature: " cri start "$(cat "$WORK/killed")"
expect_equal "  the audit log says so" "create" "$(hooks_of killed)"
stop_service "$ASSAYD_PID"

# --- containerd is away -----------------------------------------------------------
start_assayd
wait_for 20 met 2 || fail "no plugin: $(assay status)"
sed -i 's/^plugin_request_timeout = .*/plugin_request_timeout = "1s"/' \
  "$WORK/containerd/config.toml"
restart_containerd
wait_for 20 met 3 || fail "no plugin again: $(assay status)"
passed "the daemon meets a containerd that was restarted"

# A daemon that hangs is thrown out after a second.
kill -STOP "$ASSAYD_PID"
container=$(created hung demo/unsigned:1)
kill -CONT "$ASSAYD_PID"
expect_failure "a daemon that hangs over it: the shim refuses" "no-signature: " \
  cri start "$container"
wait_for 20 met 4 || fail "no plugin once more: $(assay status)"
passed "  and the daemon comes back"

# --- other plugins go wrong ---------------------------------------------------------
# The daemon is no plugin any more. Those that are here go wrong each time that a
# container is created; containerd goes on without them, the shim does not.
stop_service "$ASSAYD_PID"
sed -i '/^\[nri\]/,$d' "$ASSAY_ROOT/etc/assay/assayd.toml"
start_assayd

# bad_plugins: that answer nothing, bytes, and nothing ever again.
bad_plugins() {
  local mode pid index=10
  for pid in "${BAD_PIDS[@]}"; do stop_service "$pid" KILL; done
  BAD_PIDS=()
  for mode in garbage crash silent; do
    rm -f "$WORK/bad-$mode.log"
    start_service "$WORK/bad-$mode.log" /usr/bin/python3 -B \
      "$ASSAY_SOURCE_DIR/tests/support/bad_nri.py" "$WORK/nri.sock" "$index" "$mode"
    BAD_PIDS+=("$SERVICE_PID")
    index=$((index + 1))
  done
  for mode in garbage crash silent; do
    wait_for 30 grep -q registered "$WORK/bad-$mode.log" || fail "$mode is no plugin"
  done
}
declare -a BAD_PIDS=()
asked() { grep -hx asked "$WORK"/bad-{garbage,crash,silent}.log | xargs; }

# created_badly NAME IMAGE: sets CONTAINER; again where a busy machine had thrown
# one of them out before.
created_badly() {
  local tries=3
  while ((tries-- > 0)); do
    bad_plugins
    CONTAINER=$(created "$1" "$2")
    [[ $(asked) != "asked asked asked" ]] || return 0
    cri erase "$CONTAINER"
  done
  fail "only these were asked: $(asked)"
}
created_badly mistold demo/unsigned:1
passed "plugins that go wrong do not stop containerd"
expect_failure "  the shim refuses an unsigned image" "no-signature: " \
  cri start "$CONTAINER"
expect_equal "  the audit log says that nobody else was asked" create \
  "$(hooks_of mistold)"
created_badly untold demo/signed:1
expect_ok "  and starts a signed one" cri start "$CONTAINER"
expect_hello untold
