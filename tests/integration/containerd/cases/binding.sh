# A container's root file system is bound to an image, whatever the names say.
# shellcheck source=tests/integration/containerd/lib.sh
. "$CASE_DIR/lib.sh"
start_registry
install_probe "$WORK/containerd"
start_containerd "$PEER" "$WORK/containerd"

one=$(push_image demo/one:1 --file etc/motd=one)
two=$(push_image demo/two:1 --file etc/motd=two)
config=$(config_of demo/one:1)
pull demo/one:1
pull demo/two:1

creates c1 "$REGISTRY/demo/one:1"
bound "a container is bound"
expect_equal "to its manifest" "$(answers manifest)" "$one"
expect_equal "to its configuration" "$(answers config)" "$config"
expect_equal "under the name that was asked for" "$(answers name)" "$REGISTRY/demo/one:1"
expect_equal "its documents are told" "$(answers document)" "$one good"
expect_equal "the blobs' folder is told" \
  "$(blob x | sed 's|/x$||')" "$(answers blobs)"
expect_equal "and who asks" "$(answers namespace) $(answers id)" "$CONTAINERD_NAMESPACE c1"
CTR_OPTIONS=(--snapshotter native)
creates c2 "$REGISTRY/demo/one:1"
bound "a container on the native snapshotter is bound"
CTR_OPTIONS=(--read-only)
creates c3 "$REGISTRY/demo/one:1"
bound "a read-only container is bound"
CTR_OPTIONS=()
