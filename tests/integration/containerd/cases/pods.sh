# Pods: the CRI plugin's own record tells the configuration, the requested name
# counts only where the node holds the image under it.
# shellcheck source=tests/integration/containerd/lib.sh
. "$CASE_DIR/lib.sh"
start_registry
install_probe "$WORK/containerd"
start_containerd "$PEER" "$WORK/containerd"
touch "$WORK/go"

push_image pause/pause:1 --cmd /bin/sleep --cmd 1000 >/dev/null
app=$(push_image demo/app:1 --file etc/motd=app)
push_image demo/evil:1 --file etc/motd=app --cmd /bin/echo --cmd evil >/dev/null
# Another repository, another manifest, the same configuration: whichever name
# sorts first is what the container's record shows for both.
other=$(push_image another/app:1 --file etc/motd=app --gzip 1 \
  --cmd /bin/echo --cmd "hello from demo.app.1")
config=$(config_of demo/app:1)
expect_equal "two manifests share a configuration" "$config" \
  "$(config_of another/app:1)"

start_pod
bound "a pod's sandbox is bound"
expect_equal "to the pause image" "$(answers config)" "$(config_of pause/pause:1)"
[[ $(answers name) == "$REGISTRY/pause/pause:1"* ]] || fail "under $(answers name)"
expect_equal "of its pod" "$(answers pod)" "shop/pod/"

# create_and_start NAME IMAGE: as far as the probe; sets CONTAINER.
create_and_start() {
  CONTAINER=$(cri create "$POD" "$1" "$2")
  rm -f "$PROBE_OUT"
  cri start "$CONTAINER" || true
  [[ -s $PROBE_OUT ]] || fail "the probe was not asked about $1"
}

cri pull "$REGISTRY/demo/app:1" >/dev/null
create_and_start app "$REGISTRY/demo/app:1"
bound "a pod's container is bound"
expect_equal "to its manifest" "$(answers manifest)" "$app"
expect_equal "of its pod, by name" "$(answers pod)" "shop/pod/app"
expect_equal "the id that kubelet passes is no name" "" \
  "$(answers name | grep 'sha256:' | grep -v '@' || true)"

cri pull "$REGISTRY/another/app:1" >/dev/null
create_and_start shared "$REGISTRY/demo/app:1"
bound "where two repositories hold the image"
expect_equal "both manifests may be signed" \
  "$(answers manifest | sort)" "$(printf '%s\n' "$app" "$other" | sort)"
if [[ $PEER == containerd2* ]]; then
  expect_equal "the requested name selects the rule" \
    "$(answers name)" "$REGISTRY/demo/app:1"
  recorded=$(ctr -n k8s.io containers info "$CONTAINER" | jq -r .Image)
  [[ $recorded == "$REGISTRY/another/app"* ]] ||
    fail "the record was to show the other repository, not $recorded"
  passed "though the record shows the other repository"
else
  [[ $(answers name) == *"$REGISTRY/demo/app:1"* ]] || fail "$(answers name)"
  [[ $(answers name) == *"$REGISTRY/another/app:1"* ]] || fail "$(answers name)"
  passed "the request is unknown, every name of the image stands in"
fi

# --- a request by a name under which the node does not hold this image
id=$(cri pull "$REGISTRY/demo/app:1")
liar=$(cri --user-name "$REGISTRY/trusted/app:1" create "$POD" liar "$id")
rm -f "$PROBE_OUT"
cri start "$liar" || true
bound "a name that a caller made up"
[[ $(answers name) != *trusted/app* ]] || fail "it selects the rule"
passed "selects nothing"
digest_liar=$(cri --user-name "$REGISTRY/trusted/app@$app" \
  create "$POD" digest-liar "$id")
rm -f "$PROBE_OUT"
cri start "$digest_liar" || true
[[ $(answers reason) == none && $(answers name) != *trusted/app* ]] ||
  fail "a made-up repository with the right digest: $(answers name)"
passed "neither does a made-up repository with the right digest"

# --- the tag moves, the container stays what it was made of
CONTAINER=$(cri create "$POD" moved "$REGISTRY/demo/app:1")
retag demo/evil:1 demo/app:1
cri pull "$REGISTRY/demo/app:1" >/dev/null
rm -f "$PROBE_OUT"
cri start "$CONTAINER" || true
bound "the tag moved to another configuration of these layers"
expect_equal "the container is still bound to its own" "$(answers config)" "$config"
[[ $(answers name) != "$REGISTRY/demo/app:1" ]] ||
  fail "the moved tag selects the rule"
passed "and the moved tag does not select the rule"

# --- the sandbox's record is claimed by nothing else
asks record k8s.io "$CONTAINER"
bound "a container can be judged by its record"
expect_equal "and is the same" "$(answers config)" "$config"
asks image k8s.io "$REGISTRY/another/app:1"
bound "so can an image"
asks list containers
[[ $OUTPUT == *"k8s.io $POD "*"shop/pod/ running"* ]] || fail "no sandbox in the list"
[[ $OUTPUT == *"k8s.io $CONTAINER "*"shop/pod/moved"* ]] || fail "no container in the list"
passed "the inventory knows pods"
asks list images
[[ $OUTPUT == *"k8s.io $REGISTRY/another/app:1 $other"* ]] || fail "no image in the list"
passed "and images"
