# A client of containerd's socket can write any record and any snapshot, but
# none that makes another process of a signed image.
start_everything
push_signed demo/good:1 >/dev/null
push_image demo/evil:1 --cmd /bin/echo --cmd "hello from evil" >/dev/null
pull demo/good:1
pull demo/evil:1
config=$(registry_manifest demo/good 1 | jq -r .config.digest)
chain=$(ctr snapshots ls | awk '$NF == "Committed" {print $1}')
[[ $chain == sha256:* && $chain != *$'\n'* ]] || fail "not one layer: $chain"
mkdir -p "$WORK/evil/bin"
cp /bin/busybox "$WORK/evil/bin/echo"

ctr containers create "$REGISTRY/demo/good:1" template >/dev/null
ctr containers info template | jq -c .Spec >"$WORK/good.json"
# spec_of ID [FILTER]: a specification of a container's own in $WORK/ID.json.
spec_of() {
  jq -c --arg id "$1" --arg evil "$WORK/evil" --arg group "/$CONTAINERD_NAMESPACE" \
    ".linux.cgroupsPath = \$group + \"/\" + \$id | ${2:-.}" \
    "$WORK/good.json" >"$WORK/$1.json"
}
says_evil='.process.args = ["/bin/echo", "hello from evil"]'

# forge [-n NAMESPACE] [--cri JSON] [--sandbox JSON] ID [IMAGE [PARENT]]
forge() {
  local namespace=$CONTAINERD_NAMESPACE options=()
  while [[ $1 == -* ]]; do
    if [[ $1 == -n ]]; then namespace=$2; else options+=("$1" "$2"); fi
    shift 2
  done
  [[ -s $WORK/$1.json ]] || spec_of "$1"
  ctr -n "$namespace" snapshots prepare "$1" "${3:-$chain}" >/dev/null
  "$ASSAY_SOURCE_DIR/tests/support/record.py" "${options[@]}" \
    --spec "$WORK/$1.json" "$namespace" "$1" \
    "$REGISTRY/${2:-demo/good:1}" overlayfs "$1"
}

forge honest
expect_output "a record that tells the truth starts" "hello from" gated_start honest

# --- the specification
spec_of path '.root.path = $evil'
forge path
expect_refused "the record's root is a folder of the host" subject-mount-mismatch \
  gated_start path
spec_of dots '.mounts = [{destination: "/bin/..", type: "bind", source: $evil,
  options: ["rbind"]}] + .mounts'
forge dots
expect_refused "the record mounts a folder over the root" subject-mount-mismatch \
  gated_start dots

# --- the snapshot
mkdir "$WORK/mnt"
# commit_evil NAME [PARENT]: a committed snapshot with a layer of the client's.
commit_evil() {
  ctr snapshots prepare "$1-active" "${@:2}" >/dev/null
  ctr snapshots mounts "$WORK/mnt" "$1-active" | sh -e
  cp -a "$WORK/evil/." "$WORK/mnt/"
  umount "$WORK/mnt"
  ctr snapshots commit "$1" "$1-active" >/dev/null
}
commit_evil committed "$chain"
forge layers demo/good:1 committed
expect_refused "another layer on top of the image's" subject-unbound gated_start layers
commit_evil rootless
forge foreign demo/good:1 rootless
expect_refused "layers of no image" subject-unbound gated_start foreign

# --- what the CRI plugin would have written
# claim ID SANDBOX
claim() { jq -nc --arg id "$1" --arg sandbox "$2" --arg ref "$config" \
  '{Metadata: {ID: $id, SandboxID: $sandbox, ImageRef: $ref,
    Config: {metadata: {name: "pod", namespace: "shop"}}}}'; }
# forge_pod NAMESPACE CONTAINER SANDBOX ID [IMAGE [PARENT]]: a container that is
# its own pod; its two records say that they are those of CONTAINER and SANDBOX.
forge_pod() {
  forge -n "$1" --cri "$(claim "$2" "$4")" --sandbox "$(claim "$3" "$4")" "${@:4}"
}
spec_of outside "$says_evil"
forge_pod "$CONTAINERD_NAMESPACE" outside outside outside demo/evil:1
expect_refused "a pod's record outside the pods' namespace" no-signature \
  gated_start outside

in_pods() { CONTAINERD_NAMESPACE=k8s.io "$@"; }
quietly in_pods ctr images pull --plain-http "$REGISTRY/demo/good:1"
forge_pod k8s.io another borrowed borrowed
expect_refused "the record of another container" runtime-ambiguous \
  in_pods gated_start borrowed
forge_pod k8s.io moved another moved
expect_refused "the record of another pod" runtime-ambiguous in_pods gated_start moved
in_pods commit_evil committed "$chain"
forge_pod k8s.io parent parent parent demo/good:1 committed
expect_refused "a signed configuration, claimed for other layers" subject-unbound \
  in_pods gated_start parent
forge_pod k8s.io truth truth truth
expect_output "a pod's record that tells the truth" "hello from" \
  in_pods gated_start truth
for id in borrowed moved parent truth; do
  in_pods ctr tasks rm -f "$id" >/dev/null 2>&1 || true
  in_pods ctr containers rm "$id" >/dev/null 2>&1 || true
done
