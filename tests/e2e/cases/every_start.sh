# One node's life, for each containerd and both of its clients: what starts and
# what does not, whoever asks, wherever the image came from, whatever is dead.
start_for_pods
push_signed demo/signed:1 --cmd /bin/sleep --cmd 1000 >/dev/null
push_image demo/unsigned:1 --env A=b >/dev/null
push_image demo/elsewhere:1 --env C=d >/dev/null
# The node has these before it has Assay.
for namespace in "$CONTAINERD_NAMESPACE" k8s.io; do
  for name in demo/signed:1 demo/unsigned:1; do
    CONTAINERD_NAMESPACE=$namespace pull "$name"
  done
done
import_image demo/elsewhere:1 "$CONTAINERD_NAMESPACE" k8s.io
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
start_assayd
start_pod

# by_ctr NAME: a container that stays, or is refused; each with a RUNS of its own.
by_ctr() {
  timeout 60 ctr run -d --runc-binary "$SHIM" "$REGISTRY/$1" "by-ctr-$RUNS"
}

# by_pod NAME: without a pull, as with IfNotPresent.
by_pod() {
  local container
  container=$(cri create "$POD" "by-pod-$RUNS" "$REGISTRY/$1") && cri start "$container"
}

# expect_gate WHAT: both clients start the signed image and nothing else, and
# are told why.
expect_gate() {
  local client name
  for client in by_ctr by_pod; do
    RUNS=$((RUNS + 1))
    run_decided "$client" demo/signed:1
    ((STATUS == 0)) || fail "$1: $client: signed does not start"
    for name in demo/unsigned:1 demo/elsewhere:1; do
      RUNS=$((RUNS + 1))
      run_decided "$client" "$name"
      ((STATUS != 0)) || fail "$1: $client: $name starts"
      [[ $OUTPUT == *"no-signature: "*"$name"* ]] ||
        fail "$1: $client: $name is not refused with no-signature"
    done
    passed "$1: $client"
  done
}

running() { ctr -n k8s.io tasks ls | grep -c RUNNING; }

expect_gate "images that were there before, and imported ones"
# The name that the record has tells no more what the container was made of.
quietly ctr images tag "$REGISTRY/demo/unsigned:1" "$REGISTRY/demo/moved:1"
expect_ok "a container is made from an unsigned image" gated_create demo/moved:1 moved
quietly ctr images tag --force "$REGISTRY/demo/signed:1" "$REGISTRY/demo/moved:1"
expect_refused "  its name now leads to the signed one" subject-config-unproven \
  gated_start moved

before=$(running)
stop_service "$CONTAINERD_PID"
start_service "$WORK/containerd/containerd.log" \
  containerd -c "$WORK/containerd/config.toml"
CONTAINERD_PID=$SERVICE_PID
wait_for 20 cri pull "$REGISTRY/pause/pause:1"
expect_equal "containerd restarts, and pods run on" "$before" "$(running)"
expect_gate "after the restart"

# Each start waits until the shim gives the daemon up, so they wait together.
kill -STOP "$ASSAYD_PID"
declare -A hung=()
since=$SECONDS
for client in by_ctr by_pod; do
  for name in signed elsewhere; do
    RUNS=hung-$name
    "$client" "demo/$name:1" >"$WORK/hung-$client-$name" 2>&1 &
    hung[$client-$name]=$!
  done
done
for client in by_ctr by_pod; do
  wait "${hung[$client-signed]}" ||
    fail "the daemon hangs: $client: signed does not start"
  ! wait "${hung[$client-elsewhere]}" ||
    fail "the daemon hangs: $client: unsigned starts"
  expect_output "the daemon hangs: $client" "no-signature: " \
    cat "$WORK/hung-$client-elsewhere"
done
((SECONDS - since < 30)) || fail "it took $((SECONDS - since)) s"
RUNS=100
kill -CONT "$ASSAYD_PID"
expect_ok "the daemon answers again" by_pod demo/signed:1
stop_service "$ASSAYD_PID" KILL
expect_gate "the daemon is dead"
stop_service "$REGISTRY_PID"
RUNS=$((RUNS + 1))
expect_ok "the registry is gone as well: signed starts" by_pod demo/signed:1
