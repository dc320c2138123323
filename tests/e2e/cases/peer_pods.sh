# The steps of a kubelet work on a private containerd: pod, pull, create, start.
start_registry
start_containerd "$PEER" "$WORK/containerd"
push_image pause/pause:1 --cmd /bin/sleep --cmd 1000 >/dev/null
push_image demo/app:1 >/dev/null

start_pod
[[ -n $POD ]] || fail "the pod has no id"
passed "a pod starts"
expect_ok "an image is pulled" cri pull "$REGISTRY/demo/app:1"
container=$(cri create "$POD" app "$REGISTRY/demo/app:1")
expect_ok "a container starts" cri start "$container"
wait_for 10 test -s "$WORK/logs/app.log" || fail "the container says nothing"
expect_output "it says its hello" "hello from demo.app.1" cat "$WORK/logs/app.log"
expect_failure "an image that is not there" "does not have" \
  cri create "$POD" none "$REGISTRY/demo/none:1"
