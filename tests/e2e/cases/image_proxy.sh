# What a kubelet pulls through the image proxy: judged for the pod's namespace,
# with the pull's own credentials, and bound to what was judged.
WORK="$WORK/other" start_registry
OTHER=$REGISTRY
start_registry alice secret
mkdir -p "$HOME/.docker"
cat >"$HOME/.docker/config.json" <<JSON
{"auths": {"$REGISTRY": {"auth": "$(printf alice:secret | base64)"}}}
JSON
start_containerd "$PEER" "$WORK/containerd"
install_product
make_cosign_key release
make_cosign_key shop
trust release shop
cat >>"$ASSAY_ROOT/etc/assay/assayd.toml" <<'TOML'

[image_proxy]
TOML
write_policy <<'TOML'
version = 1

[[rule]]
scope = "@REGISTRY@/demo/**"
require = { any_of = ["release"] }

[[rule]]
scope = "@REGISTRY@/demo/shop"
namespaces = ["shop*"]
require = { any_of = ["shop"] }

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]

[signers.shop]
type = "sigstore-key"
keys = ["shop.pub"]
TOML
signed=$(push_signed demo/app:1)
push_signed demo/moved:1 --env A=a >/dev/null
unsigned=$(push_image demo/evil:1 --env A=b)
of_shop=$(push_image demo/shop:1 --env A=c)
sign_cosign25 shop "demo/shop@$of_shop"
start_assayd
IMAGES="$ASSAY_ROOT/run/assay/image.sock"
AUDIT="$ASSAY_ROOT/var/log/assay/audit.jsonl"

# kubelet [OPTION...] STEP...: through the proxy.
kubelet() { cri --socket "$IMAGES" "$@"; }
kubelet_pull() { kubelet --auth alice:secret pull "$REGISTRY/$1"; }
# held DIGEST: how often the node has it.
held() { ctr -n k8s.io content ls -q | grep -c "$1" || true; }
# last_line FILTER: of the audit log.
last_line() { tail -n 1 "$AUDIT" | jq -r "$1"; }

wait_for 10 test -S "$IMAGES" || fail "there is no image.sock"
expect_equal "the socket is root's alone" "$(stat -c %a "$IMAGES")" 600
for method in RuntimeService/Version ImageService/ListImages; do
  expect_equal "what $method answers is what the runtime does" \
    "$(kubelet ask "${method%/*}" "${method#*/}")" \
    "$(cri ask "${method%/*}" "${method#*/}")"
done
run cri ask ImageService NoSuchMethod
expect_failure "an error is the runtime's own" "$OUTPUT" \
  kubelet ask ImageService NoSuchMethod

# doctor: the health that assay doctor gives the proxy.
doctor() {
  run assay doctor --json
  jq -r '.checks[] | select(.id == "image-proxy").health' <<<"$OUTPUT"
}
expect_equal "no kubelet is known" "$(doctor)" unknown
mkdir -p "$ASSAY_ROOT/var/lib/kubelet"
echo "imageServiceEndpoint: unix://$IMAGES" >"$ASSAY_ROOT/var/lib/kubelet/config.yaml"
expect_equal "one that pulls through it" "$(doctor)" ok

# --- who may pull what ----------------------------------------------------------
expect_failure "an unsigned image is refused" \
  "UNKNOWN: SignatureValidationFailed: no-signature: " kubelet_pull demo/evil:1
[[ $OUTPUT == *"rule "*"next: "*"[request "* ]] ||
  fail "the refusal does not say by which rule and what to do"
expect_equal "  the audit log says for which namespace" \
  "$(last_line '"\(.hook) \(.reason) \(.namespace)"')" "pull no-signature shop"
expect_equal "  nothing of it was fetched" "$(held "$unsigned")" 0
expect_failure "nor by its digest" "no-signature: " \
  kubelet_pull "demo/evil@$unsigned"
expect_failure "without credentials nothing is known of an image" \
  "registry-unauthorized: " kubelet pull "$REGISTRY/demo/app:1"
expect_failure "nor with wrong ones" "registry-unauthorized: " \
  kubelet --auth alice:guess pull "$REGISTRY/demo/app:1"
expect_equal "  and nothing was fetched" "$(held "$signed")" 0
expect_ok "with the pull's credentials a signed image is pulled" \
  kubelet_pull demo/app:1
expect_equal "  it is on the node" "$(held "$signed")" 1
expect_equal "  the audit log says so" \
  "$(last_line '"\(.hook) \(.verdict) \(.manifest)"')" "pull accepted $signed"
expect_failure "and nobody else may use them" "registry-unauthorized: " \
  kubelet pull "$REGISTRY/demo/app:1"
expect_ok "by digest, too" kubelet_pull "demo/app@$signed"
expect_failure "the passwords are nowhere" "" \
  grep -rqsE "secret|$(printf alice:secret | base64)" "$WORK/assayd.log" \
  "$ASSAY_ROOT/var"
expect_ok "the rule of the pod's namespace is asked" kubelet_pull demo/shop:1
POD_NAMESPACE=other expect_failure "  and no other namespace's" \
  "signature-" kubelet_pull demo/shop:1

expect_failure "a pull of nothing is refused" "INVALID_ARGUMENT: hook-malformed: " \
  kubelet ask ImageService PullImage
expect_equal "  the audit log says so" \
  "$(last_line '"\(.hook) \(.verdict) \(.reason)"')" \
  "pull undetermined hook-malformed"
expect_failure "so is one of a name that is none" \
  "SignatureValidationFailed: reference-malformed: " kubelet_pull "demo//app"
expect_equal "  the audit log says so" "$(last_line .reason)" reference-malformed

# --- a tag that moves -----------------------------------------------------------
# The registry that assayd asks still has the signed image under the tag.
sums=$(skopeo list-tags --tls-verify=false "docker://$REGISTRY/demo/moved" |
  jq -r '.Tags[]')
for tag in $sums; do
  skopeo --insecure-policy copy -q --preserve-digests --src-tls-verify=false \
    --dest-tls-verify=false "docker://$REGISTRY/demo/moved:$tag" \
    "docker://$OTHER/demo/moved:$tag"
done
retag demo/evil:1 demo/moved:1
sed -i "s/$REGISTRY/$OTHER/g" "$ASSAY_ROOT/etc/certs.d/$REGISTRY/hosts.toml"
expect_failure "what was pulled is held against what was judged" \
  "SignatureValidationFailed: subject-tag-moved: " kubelet_pull demo/moved:1
expect_equal "  the audit log says so" \
  "$(last_line '"\(.hook) \(.verdict) \(.reason)"')" \
  "pull rejected subject-tag-moved"
write_hosts "$REGISTRY"
expect_failure "it is judged for what it is" "no-signature: " \
  kubelet_pull demo/moved:1

# --- what the node has already, a restart, a daemon that hangs ------------------
quietly ctr -n k8s.io images pull --plain-http --user alice:secret \
  --platform "$(platform)" "$REGISTRY/demo/evil:1"
expect_failure "what the node has already is not pulled again" "no-signature: " \
  kubelet_pull demo/evil:1
restart_containerd
proxy_meets_it() { kubelet ask ImageService ListImages; }
wait_for 20 proxy_meets_it || fail "the proxy does not meet a new containerd"
expect_ok "containerd was restarted: signed is pulled" kubelet_pull demo/app:1
expect_failure "  unsigned is not" "no-signature: " kubelet_pull demo/evil:1
kill -STOP "$ASSAYD_PID"
expect_failure "a daemon that hangs: a kubelet's pull is not answered" \
  "DEADLINE_EXCEEDED: " kubelet --patience 1 --auth alice:secret pull \
  "$REGISTRY/demo/app:1"
kill -CONT "$ASSAYD_PID"
expect_ok "  and it pulls when the daemon goes on" kubelet_pull demo/app:1

# --- what fails -------------------------------------------------------------------
# Alike whatever the runtime is.
[[ $PEER == containerd21 ]] || return 0
# Signatures that the pull fetched are what a start needs; the node has no
# credentials of its own.
stop_service "$REGISTRY_PID"
CONTAINERD_NAMESPACE=k8s.io expect_starts "what was pulled starts" demo/app:1
expect_failure "with the registry dead nothing is pulled" \
  "registry-unreachable: " kubelet_pull demo/app:1
stop_service "$CONTAINERD_PID"
CONTAINERD_PID=
expect_failure "a runtime that is down is unavailable" "UNAVAILABLE: " \
  kubelet ask RuntimeService Version
stop_service "$ASSAYD_PID"
expect_failure "with the daemon dead nothing is pulled" "UNAVAILABLE: " \
  kubelet_pull demo/app:1
