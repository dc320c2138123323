# The installer of packaging/kubernetes on a node with systemd and containerd, as
# the pods of its DaemonSet run it: it wires nothing that would shut it out, keeps
# the policy that was good, is killed in the middle, and leaves as it came. The
# cluster it speaks to was made by kubectl from the manifests and lets it do what
# these say.
. "$ASSAY_SOURCE_DIR/tests/support/node.sh"

packages=${ASSAY_PACKAGES:-$ASSAY_BIN_DIR/packages}
sources="$ASSAY_SOURCE_DIR/packaging/kubernetes"
POD_NAME=assay-x7k2p
POD_NAMESPACE=assay-system

# --- the cluster ----------------------------------------------------------------

start_cluster() {
  local authority="$WORK/account/ca.crt"
  mkdir -p "$WORK/account"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -keyout "$WORK/cluster.pem" -out "$authority" -subj /CN=cluster \
    -addext subjectAltName=IP:127.0.0.1 2>/dev/null
  printf 'node one' >"$WORK/account/token"
  start_service "$WORK/cluster.log" /usr/bin/python3 -B \
    "$ASSAY_SOURCE_DIR/tests/packaging/kubernetes/cluster.py" \
    "$ASSAY_PEERS_DIR/kubernetes" "$authority" "$WORK/cluster.pem"
  wait_for 10 test -s "$WORK/cluster.log" || die "no cluster"
  CLUSTER=127.0.0.1:$(head -n 1 "$WORK/cluster.log")
  kubectl_create "$sources/manifests/assay.yaml"
  printf 'apiVersion: v1\nkind: %s\nmetadata: {name: %s}\n---\n' Node one Node two \
    Namespace shop >"$WORK/others.yaml"
  kubectl_create "$WORK/others.yaml"
}

kubectl_create() {
  quietly "$(peer_bin kubectl)/kubectl" --kubeconfig /dev/null --token admin \
    --server "https://$CLUSTER" --certificate-authority "$WORK/account/ca.crt" \
    create --validate=ignore --filename "$1"
}

# told PATH [BODY]: what the cluster says to those who test it.
told() {
  curl -s --cacert "$WORK/account/ca.crt" -H "Authorization: Bearer admin" \
    "https://$CLUSTER$1" ${2:+--data "$2"}
}

# condition TYPE: "STATUS REASON MESSAGE" of the node.
condition() {
  told /_objects | jq -r --arg type "$1" '.[] | select(.kind == "Node" and
    .metadata.name == "one") | .status.conditions[]? | select(.type == $type) |
    "\(.status) \(.reason) \(.message)"'
}

events() { told /_objects | jq -r '.[] | select(.kind == "Event") | .message'; }

# --- the node -------------------------------------------------------------------

# installer MODE [NAME=VALUE...]: one look, as by a pod of that mode.
installer() { in_pod once "$@"; }

# in_pod WORD MODE [NAME=VALUE...]: the installer with that word.
in_pod() {
  local word=$1 mode=$2
  shift 2
  env ASSAY_NODE_ROOT="$NODE" ASSAY_SETTINGS="$WORK/settings" ASSAY_RUN="$WORK/run" \
    ASSAY_NODE_ENTER="nsenter -t $NODE_PID -m -u -i -p -C -r -w" \
    ASSAY_PAYLOAD="$WORK/payload" ASSAY_ACCOUNT="$WORK/account" ASSAY_MODE="$mode" \
    ASSAY_IMAGE="$REGISTRY/assay/installer:1" ASSAY_PURGE=yes NODE_NAME=one \
    POD_NAME="$POD_NAME" POD_NAMESPACE="$POD_NAMESPACE" \
    KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT="${CLUSTER#*:}" "$@" \
    "$sources/installer/assay-installer" "$word"
}

# killed_at WORD COUNT COMMAND...: the command, killed in its COUNTth mv of
# something with WORD in its path.
killed_at() {
  local word=$1 count=$2
  shift 2
  mkdir -p "$WORK/kills"
  echo "$count" >"$WORK/kills/left"
  cat >"$WORK/kills/mv" <<SH
#!/bin/bash
left=\$(cat "$WORK/kills/left")
if [[ "\$*" == *$word* ]] && ((--left == 0)); then kill -KILL \$PPID; fi
echo "\$left" >"$WORK/kills/left"
exec /usr/bin/mv "\$@"
SH
  chmod +x "$WORK/kills/mv"
  PATH="$WORK/kills:$PATH" "$@"
}

# What of the node is not this machine's: every file, link and folder, with mode,
# target and bytes, but for what systemd and containerd note for themselves.
node_bytes() {
  local path type rest
  local noted='var/(lib/(containerd|systemd)/|log/journal|log/wtmp|cache)|usr/bin/c|.*[.]pyc '
  noted+='|etc/(machine-id|ld[.]so[.]cache|[.]updated|[.]pwd[.]lock)|var/[.]updated'
  (
    cd "$WORK/node/upper" || exit
    # A folder of the machine is there as soon as anything in it has changed.
    while read -r path type rest; do
      [[ $type == d && -d /$path ]] || echo "$path $type $rest"
    done < <(find . -mindepth 1 -printf '%P %y %m %l\n')
    find . -type f -not -path './usr/bin/c*' -not -path './var/lib/containerd/*' \
      -exec sha256sum {} + | sed -E 's/^(\S+)  \.\/(.*)/\2 \1/'
  ) | LC_ALL=C sort | grep -vE "^($noted)"
}

# But for what the daemon and the installer keep for themselves.
settled_bytes() { node_bytes | grep -E '^(etc|usr|opt)/'; }

cri_there() {
  node timeout 130 /usr/bin/python3 -B /mnt/cri.py --logs /mnt/logs \
    --socket /run/containerd/containerd.sock --cgroup-parent "/$CONTAINERD_NAMESPACE" "$@"
}

pull_there() { cri_there --pod "$1" --namespace "$2" pull "$REGISTRY/$3"; }

# start_there POD NAMESPACE IMAGE: a pod with one container, as a kubelet makes it
# of an image that is there.
start_there() {
  local pod container options=(--pod "$1" --namespace "$2")
  pod=$(cri_there "${options[@]}" pod) &&
    container=$(cri_there "${options[@]}" create "$pod" app "$REGISTRY/$3") &&
    cri_there "${options[@]}" start "$container"
}

# run_there IMAGE: what was pulled, without a pod.
run_there() { node ctr -n k8s.io run --rm "$REGISTRY/$1" "run-$((RUNS += 1))"; }

# starts_soon IMAGE
starts_soon() {
  run_decided run_there "$1"
  ((STATUS == 0))
}

write_settings() {
  mkdir -p "$WORK"/settings/{policy.d,trust,assayd.d} "$WORK/logs"
  cp "$WORK/keys/release.pub" "$WORK/settings/trust/"
  sed "s|@REGISTRY@|$REGISTRY|g" >"$WORK/settings/policy.d/10-cluster.toml" <<'TOML'
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "release"

[[rule]]
scope = "@REGISTRY@/pause/*"
action = "allow"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
}

allow_installer() {
  printf '\n[[rule]]\nscope = "%s/assay/**"\nrequire = "release"\n' "$REGISTRY" \
    >>"$WORK/settings/policy.d/10-cluster.toml"
}

start_registry
make_cosign_key release
push_image pause/pause:1 --cmd /bin/sleep --cmd 1000 >/dev/null
push_signed demo/app:1 --cmd /bin/true >/dev/null
push_image demo/unsigned:1 --cmd /bin/true --env A=b >/dev/null
push_signed assay/installer:1 --cmd /bin/sleep --cmd 1000 --env A=c >/dev/null
"$sources/make-payload" "$packages" "$WORK/payload"
cp "$ASSAY_SOURCE_DIR/tests/support/cri.py" "$WORK/"
start_cluster
make_node containerd21
mkdir -p "$NODE/etc/containerd/certs.d/$REGISTRY"
cat >"$NODE/etc/containerd/config.toml" <<TOML
version = 2
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "$REGISTRY/pause/pause:1"
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "/etc/containerd/certs.d"
TOML
printf 'server = "http://%s"\n[host."http://%s"]\ncapabilities = ["pull", "resolve"]\n' \
  "$REGISTRY" "$REGISTRY" >"$NODE/etc/containerd/certs.d/$REGISTRY/hosts.toml"
start_node
node systemctl start containerd
wait_for 20 node ctr version || fail "containerd does not answer"
write_settings
for image in assay/installer demo/app demo/unsigned; do
  pull_there "$POD_NAME" "$POD_NAMESPACE" "$image:1" >/dev/null
done
expect_ok "a pod of the installer's starts, as long as nobody is asked" \
  start_there "$POD_NAME" "$POD_NAMESPACE" assay/installer:1
node_bytes >"$WORK/before"

# --- installation ---------------------------------------------------------------

mkdir -p "$NODE/usr/lib/assay"
echo "by hand" >"$NODE/usr/lib/assay/assay-shim"
expect_failure "a program that is there already stays there" "ForeignPrograms: /usr/lib/assay/assay-shim" \
  installer install
rm -r "$NODE/usr/lib/assay"
mount --bind "$NODE/usr" "$NODE/usr"
mount -o remount,bind,ro "$NODE/usr"
expect_failure "nothing is placed where /usr is read-only" "Read-only file system; where /usr" \
  installer install
umount "$NODE/usr"
expect_equal "  to the byte" "$(cat "$WORK/before")" "$(node_bytes)"
expect_failure "a kill in the middle of the installation leaves it half way" "" \
  killed_at assay-installer-new 9 installer install
expect_ok "which the next look completes" installer install
expect_output "  with the daemon under the node's own systemd" active \
  node systemctl is-active assayd.service
expect_output "  which does not enforce, as the node's condition says" \
  "False Links /usr/lib/assay/bin holds no link to the shim; next: sudo assay wire containerd" \
  condition AssayEnforcing
expect_output "  by the cluster's policy" "True PolicyTaken" condition AssayPolicyCurrent
settled_bytes >"$WORK/installed"
expect_equal "a second look changes nothing and says nothing" "" "$(installer install 2>&1)"
expect_equal "  to the byte" "$(cat "$WORK/installed")" "$(settled_bytes)"

# --- wiring ---------------------------------------------------------------------

expect_failure "a policy that would refuse the installer itself wires nothing" \
  "OwnImageRefused" installer enforce
expect_output "  and the node says so" \
  "False OwnImageRefused nothing is wired, since the policy would refuse this installer: $REGISTRY/assay/installer:1: no-rule" \
  condition AssayEnforcing
expect_equal "  to the byte" "$(cat "$WORK/installed")" "$(settled_bytes)"
allow_installer
wait_for 1 installer enforce || fail "nothing is wired: $(condition AssayEnforcing)"
passed "with a rule for it the runtime is wired, and restarted"
expect_output "  and the node enforces" "True Enforcing" condition AssayEnforcing
wait_for 2 starts_soon demo/app:1 || fail "the signed image does not start"
passed "the signed image starts"
expect_failure "the unsigned one is refused" "no-signature: " \
  start_there refused-1 shop demo/unsigned:1
told /_mode '{"code": 503}' >/dev/null
expect_output "a cluster that does not answer stops nothing" "503" installer enforce
told /_mode '{"code": 0}' >/dev/null
expect_ok "the next look" installer enforce
expect_output "  tells an event of it" "no-signature: " events
expect_equal "  in the pod's namespace, once for all its tries" "shop refused-1" \
  "$(told /_objects | jq -r '.[] | select(.kind == "Event" and (.message | startswith("no-signature"))) |
    "\(.metadata.namespace) \(.involvedObject.name)"' | sort -u)"

rm -f "$WORK/run/told"
expect_output "no pod speaks for another node" "not told: 403" installer enforce NODE_NAME=two
expect_output "  as the admission policy says" "node one: patch /api/v1/nodes/two/status" told /_denied

# --- a pod's life ---------------------------------------------------------------

rm "$WORK/run/state"
expect_status "a pod that has not looked yet is not ready" 1 in_pod ready enforce
expect_ok "  but alive" in_pod alive enforce
start_service "$WORK/pod.log" in_pod run enforce ASSAY_INTERVAL=600
wait_for 10 in_pod ready enforce || fail "it does not get ready: $(cat "$WORK/pod.log")"
passed "it is ready when it has"
sed -i 's/^[0-9]*/1/' "$WORK/run/state"
expect_status "  and not when it has not for long" 1 in_pod ready enforce
expect_status "    nor alive" 1 in_pod alive enforce
settled_bytes >"$WORK/wired"
pod=$(pgrep -P "$SERVICE_PID" -f "assay-installer run" || echo "$SERVICE_PID")
kill "$pod"
wait_for 20 service_gone "$SERVICE_PID" || fail "the pod does not end"
passed "a pod that ends"
expect_output "  says that nobody looks any more" "Unknown InstallerStopped" \
  condition AssayEnforcing
expect_equal "  and changes nothing on the node" "$(cat "$WORK/wired")" "$(settled_bytes)"
rm -f "$WORK/run/told"

expect_ok "evidence" node assay evidence export /mnt/evidence.tar
mkdir "$WORK/settings/evidence"
mv "$WORK/evidence.tar" "$WORK/settings/evidence/"
expect_output "  that the cluster has is imported" "imported the evidence of evidence.tar" \
  installer enforce

# --- a bad policy ---------------------------------------------------------------

policy="$WORK/settings/policy.d/10-cluster.toml"
cp "$policy" "$WORK/good.toml"
printf 'nonsense = 1\n' >>"$policy"
expect_failure "a policy that is not valid is not taken" "nonsense" installer enforce
expect_output "  the node says where" "False PolicyRefused" condition AssayPolicyCurrent
expect_output "  and what is in force stays" "True" condition AssayEnforcing
expect_equal "  on disk as well" "$(cat "$WORK/good.toml")" \
  "$(cat "$NODE/etc/assay/policy.d/10-cluster.toml")"
cp "$WORK/good.toml" "$policy"
printf '[nonsense]\n' >"$WORK/settings/assayd.d/50-bad.toml"
expect_failure "nor are settings that the daemon would not start with" "nonsense" \
  installer enforce
rm "$WORK/settings/assayd.d/50-bad.toml"
printf 'version = 1\n' >"$NODE/etc/assay/policy.d/90-own.toml"
printf 'version = 1\nmode = "audit"\n' >"$WORK/settings/policy.d/90-own.toml"
expect_failure "a file of the node's own is left alone" \
  "/etc/assay/policy.d/90-own.toml is there and is the node's own" installer enforce
rm "$WORK/settings/policy.d/90-own.toml" "$NODE/etc/assay/policy.d/90-own.toml"
expect_ok "all is well again" installer enforce
expect_output "  and the node says so" "True PolicyTaken" condition AssayPolicyCurrent

# --- an upgrade -----------------------------------------------------------------

cp -a "$WORK/payload" "$WORK/payload.before"
printf 'no program' >"$WORK/payload/root/usr/sbin/assayd"
echo '0.1.0 broken' >"$WORK/payload/version"
expect_failure "a program that the node cannot run takes no other's place" \
  "ProgramsDoNotRun" installer enforce
expect_ok "  which runs on" node assay status
expect_output "  as the node says" "True ProgramsDoNotRun" condition AssayEnforcing
rm -r "$WORK/payload"
cp -a "$WORK/payload.before" "$WORK/payload"
echo '0.1.0 newer' >"$WORK/payload/version"
printf 'newer' | tee -a "$WORK/payload/root/usr/sbin/assayd" >>"$WORK/payload/root/usr/bin/assay"
rm "$WORK/payload/root/usr/lib/systemd/system-preset/90-assay.preset"
socket_since=$(unit assayd.socket ActiveEnterTimestampMonotonic)
daemon=$(unit assayd.service MainPID)
expect_failure "a kill in the middle of an upgrade" "" \
  killed_at assay-installer-new 1 installer enforce
expect_failure "  leaves no gap" "no-signature: " run_there demo/unsigned:1
expect_ok "the next look completes it" installer enforce
expect_equal "  with the new bytes" newer "$(tail -c 5 "$NODE/usr/sbin/assayd")"
[[ $(unit assayd.service MainPID) != "$daemon" ]] || fail "the old daemon still runs"
passed "  which run"
expect_equal "  the socket stayed" "$socket_since" \
  "$(unit assayd.socket ActiveEnterTimestampMonotonic)"
[[ ! -e $NODE/usr/lib/systemd/system-preset/90-assay.preset ]] ||
  fail "what the version before had is left"
passed "  and what is no part of it is gone"

# --- removal --------------------------------------------------------------------

printf '# by hand\n' >>"$NODE/etc/containerd/config.toml"
expect_failure "what was wired and edited since cannot be restored, and all stays" \
  "CannotUnwire" installer remove
expect_failure "  in force" "no-signature: " run_there demo/unsigned:1
sed -i '/^# by hand$/d' "$NODE/etc/containerd/config.toml"
expect_ok "without that it is removed" installer remove
wait_for 2 starts_soon demo/unsigned:1 || fail "the unsigned image does not start"
passed "the unsigned image starts, as it did before"
expect_equal "the node has no condition of it" "" "$(condition AssayEnforcing)"
[[ -L $NODE/usr/lib/assay/bin/runc ]] || fail "containers cannot call what they began with"
passed "  and a link for containers that began behind the shim"
for task in $(node ctr -n k8s.io tasks ls -q); do
  node ctr -n k8s.io tasks rm -f "$task" >/dev/null 2>&1 || true # it may be gone
done
link_goes() { installer remove && [[ ! -e $NODE/usr/lib/assay ]]; }
wait_for 2 link_goes || fail "the link is still there"
passed "which another look takes away when they are gone"
expect_equal "the cluster was asked for nothing else that it denies" "[]" \
  "$(told /_denied | jq -c 'map(select(contains("nodes/two") | not))')"
node_bytes >"$WORK/after"
run diff "$WORK/before" "$WORK/after"
((STATUS == 0)) || fail "files are left, or gone"
passed "and no byte is left"
