# Pods: what a kubelet asks for, the namespace of the pod, and a refusal where
# `kubectl describe` shows it. CRI names an image by its id; the name that the
# pod asked for is known from containerd 2 on.
start_for_pods
push_signed demo/signed:1 >/dev/null
push_image demo/unsigned:1 --env A=b >/dev/null
# One image under two names; records sort the lenient one first.
push_image aopen/app:1 --env C=d >/dev/null
retag aopen/app:1 demo/app:1
write_policy <<'TOML'
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/pause/*"
action = "allow"

[[rule]]
scope = "@REGISTRY@/pause/*"
namespaces = ["strict"]
action = "reject"

[[rule]]
scope = "@REGISTRY@/aopen/*"
action = "allow"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = { any_of = ["release"] }

[[rule]]
scope = "@REGISTRY@/demo/**"
namespaces = ["lab-*"]
action = "allow"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
start_assayd

# start_in_pod NAME IMAGE: pull, create and start, as a kubelet does.
start_in_pod() {
  local container
  cri pull "$REGISTRY/$2" >/dev/null &&
    container=$(cri create "$POD" "$1" "$REGISTRY/$2") &&
    cri start "$container"
}

expect_hello() {
  wait_for 10 test -s "$WORK/logs/$1.log" || fail "$1 says nothing"
  expect_output "  and says its hello" "hello from" cat "$WORK/logs/$1.log"
}

# expect_pod_refuses WHAT REASON NAME IMAGE
expect_pod_refuses() {
  expect_failure "$1" "$2: " start_in_pod "$3" "$4"
  [[ ! -s $WORK/logs/$3.log ]] || fail "$3 ran: $(cat "$WORK/logs/$3.log")"
  expect_audited "  the audit log says so" "$2"
}

start_pod
passed "the pause image starts by a rule of its own"
expect_ok "a signed image starts in a pod" start_in_pod signed demo/signed:1
expect_hello signed
expect_equal "the audit log names the pod" "shop/pod/signed" \
  "$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" |
    jq -r '.namespace + "/" + .pod + "/" + .container')"
expect_pod_refuses "an unsigned image does not" no-signature unsigned demo/unsigned:1

expect_ok "one image's lenient name is asked for" start_in_pod open aopen/app:1
expect_hello open
if [[ $PEER == containerd16 ]]; then
  expect_ok "its strict name, where the record does not tell it" \
    start_in_pod strict demo/app:1
else
  expect_pod_refuses "its strict name is asked for" no-signature strict demo/app:1
fi

# What a caller says it asked for counts only where the node holds it so.
# expect_liar WHAT NAME CLAIMED
expect_liar() {
  local container
  container=$(cri --user-name "$3" create "$POD" "$2" "$REGISTRY/demo/unsigned:1")
  expect_failure "$1" "no-signature: " cri start "$container"
  expect_audited "  the audit log says so" no-signature
}
unsigned=$(registry_manifest demo/unsigned 1 | sha256sum | cut -d' ' -f1)
expect_liar "a made-up name under a lenient rule" liar "$REGISTRY/aopen/none:1"
expect_liar "the name of another image" thief "$REGISTRY/aopen/app:1"
expect_liar "a made-up repository with the right digest" digest-liar \
  "$REGISTRY/aopen/app@sha256:$unsigned"

# The record tells the configuration that a container was made from; equal
# layers, or a tag that moved since, say nothing against it.
push_image demo/signed:evil --env A=b >/dev/null
cri pull "$REGISTRY/demo/signed:evil" >/dev/null
container=$(cri create "$POD" moved "$REGISTRY/demo/signed:evil")
retag demo/signed:1 demo/signed:evil
cri pull "$REGISTRY/demo/signed:evil" >/dev/null
expect_failure "the tag moved to a signed image of the same layers" \
  "no-signature: " cri start "$container"
expect_audited "  the audit log says so" no-signature
container=$(cri create "$POD" stays "$REGISTRY/demo/signed:1")
retag demo/unsigned:1 demo/signed:1
cri pull "$REGISTRY/demo/signed:1" >/dev/null
expect_ok "the tag moved away from a signed image" cri start "$container"
expect_hello stays

# A running pod gets one container more, which is what an ephemeral one is.
expect_pod_refuses "an ephemeral container of an unsigned image" no-signature \
  debugger demo/unsigned:1

POD_NAME=other
POD_NAMESPACE=lab-1
start_pod
expect_ok "a rule for the pod's namespace goes first" start_in_pod lab demo/unsigned:1
expect_hello lab

# The pause image is decided under a rule like any other; a pod without one has
# no container either.
POD_NAME=unpaused
POD_NAMESPACE=strict
expect_failure "a pause image that the pod's namespace does not allow" \
  "rule-rejects: " cri pod
expect_audited "  the audit log says so" rule-rejects
