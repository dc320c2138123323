# Records that a client wrote to look like something else.
# shellcheck source=tests/integration/containerd/lib.sh
. "$CASE_DIR/lib.sh"
start_registry
start_containerd "$PEER" "$WORK/containerd"
push_image demo/one:1 --file etc/motd=one >/dev/null
push_image demo/evil:1 --file etc/motd=one --cmd /bin/echo --cmd evil >/dev/null
pull demo/one:1
pull demo/evil:1
config=$(config_of demo/one:1)
namespace=$CONTAINERD_NAMESPACE snapshotter=${CONTAINERD_SNAPSHOTTER:-overlayfs}

record() { "$ASSAY_SOURCE_DIR/tests/support/record.py" "$@"; }
# A snapshot of the layers that both images have.
chain=$(ctr snapshots ls | awk '$3 == "Committed" && $2 != "Committed" {print $1; exit}')
[[ $chain == sha256:* ]] || fail "no committed snapshot with a parent"
prepare() { ctr -n "$1" snapshots prepare "$2" "$chain" >/dev/null; }

record "$namespace" lazy "$REGISTRY/demo/one:1" stargz lazy
asks record "$namespace" lazy
refused "a snapshotter that mounts what containerd never hashed" subject-snapshotter
export ASSAY_PROBE_TRUSTED=stargz
asks record "$namespace" lazy
refused "the same, trusted, where no such snapshotter answers" runtime-unreachable
export ASSAY_PROBE_TRUSTED=''

record "$namespace" imageless "" "" ""
asks record "$namespace" imageless
refused "no image" subject-no-image

prepare "$namespace" claims
record --cri "{\"Metadata\":{\"ID\":\"claims\",\"ImageRef\":\"$config\"}}" \
  "$namespace" claims "$REGISTRY/demo/evil:1" "$snapshotter" claims
asks record "$namespace" claims
bound "a CRI record outside the CRI plugin's namespace"
expect_equal "says nothing" "$(answers config)" "$(config_of demo/evil:1)"

ctr -n k8s.io images pull --plain-http "$REGISTRY/demo/one:1" >/dev/null
prepare k8s.io borrowed
record --cri "{\"Metadata\":{\"ID\":\"another\",\"ImageRef\":\"$config\"}}" \
  k8s.io borrowed "$REGISTRY/demo/one:1" "$snapshotter" borrowed
asks record k8s.io borrowed
refused "the CRI record of another container" runtime-ambiguous
prepare k8s.io podless
record --cri "{\"Metadata\":{\"ID\":\"podless\",\"SandboxID\":\"none\",\"ImageRef\":\"$config\"}}" \
  k8s.io podless "$REGISTRY/demo/one:1" "$snapshotter" podless
asks record k8s.io podless
refused "a container of a pod that is not there" container-unknown
prepare k8s.io refless
record --cri '{"Metadata":{"ID":"refless","ImageRef":"demo/one:1"}}' \
  k8s.io refless "$REGISTRY/demo/one:1" "$snapshotter" refless
asks record k8s.io refless
refused "a CRI record that tells no configuration" subject-config-unproven

# Content that a client committed under a name of its own, on good layers.
ctr snapshots prepare made "$chain" >/dev/null
ctr snapshots commit made-over made >/dev/null
ctr snapshots prepare on-top made-over >/dev/null
record "$namespace" on-top "$REGISTRY/demo/one:1" "$snapshotter" on-top
asks record "$namespace" on-top
refused "a snapshot on top of good layers" subject-unbound
record "$namespace" committed "$REGISTRY/demo/one:1" "$snapshotter" "$chain"
asks record "$namespace" committed
refused "a committed snapshot as root" subject-unbound

# A layer that the runtime discarded is not needed to bind.
layer=$(registry_manifest demo/one 1 | jq -r '.layers[0].digest')
ctr content rm "$layer" >/dev/null
prepare "$namespace" discarded
record "$namespace" discarded "$REGISTRY/demo/one:1" "$snapshotter" discarded
asks record "$namespace" discarded
bound "an image without its layer blobs"
