# Image volumes: an image that a pod mounts into its container is decided like
# the one the container is made of, and bound to what is really mounted. Neither
# runc nor an admission by the container's image hears of it.
start_for_pods
push_signed demo/app:1 --cmd /bin/sleep --cmd 1000 >/dev/null
push_signed demo/model:1 --env A=b >/dev/null
push_image demo/unsigned:1 --env C=d >/dev/null
push_image aopen/model:1 --env E=f >/dev/null
retag demo/unsigned:1 aopen/unsigned:1
write_policy <<'TOML'
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/pause/*"
action = "allow"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = { any_of = ["release"] }

[[rule]]
scope = "@REGISTRY@/aopen/*"
namespaces = ["lab-*"]
action = "allow"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
start_assayd
start_pod
for image in demo/app:1 demo/model:1 demo/unsigned:1 aopen/model:1 aopen/unsigned:1; do
  cri pull "$REGISTRY/$image" >/dev/null
done

# made NAME IMAGE...: a container of the signed image with these volumes, below
# /volumes in their order.
made() {
  local name=$1 number=0 image
  local options=()
  for image in "${@:2}"; do
    options+=(--volume "/volumes/$((number++))=$REGISTRY/$image")
  done
  cri "${options[@]}" create "$POD" "$name" "$REGISTRY/demo/app:1"
}

# expect_volume_refused WHAT REASON TEXT CONTAINER
expect_volume_refused() {
  expect_failure "$1" "$2: " cri start "$4"
  [[ $OUTPUT == *"$3"* ]] || fail "$1: no '$3' in it"
  expect_audited "  the audit log says so" "$2"
}

# last_audited FILTER: from the last line of the audit log.
last_audited() { tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" | jq -r "$1"; }

expect_ok "a signed volume in a signed container" cri start "$(made good demo/model:1)"
expect_equal "  the audit log says who signed it" "/volumes/0 $REGISTRY/demo/model:1 release" \
  "$(last_audited '.volumes[0] | .path + " " + .names[0] + " " + .signers[0].signer')"
expect_volume_refused "an unsigned volume" no-signature \
  "image volume at /volumes/0 (image " "$(made bad demo/unsigned:1)"
expect_volume_refused "an unsigned one after a signed one" no-signature \
  "image volume at /volumes/1 (image " "$(made second demo/model:1 demo/unsigned:1)"
expect_equal "  where its signature was looked for, not the container's" \
  "/volumes/1 $(last_audited '.volumes[1].manifest' | tr : -)" \
  "$(last_audited '.volume + " " + (.places[0] | capture("(?<tag>sha256-[0-9a-f]+)").tag)')"
expect_volume_refused "a volume that no rule is about" no-rule-matches \
  "image volume at /volumes/0 (image " "$(made unruled aopen/model:1)"

# The pod's namespace selects the rule of its volumes, too.
POD_NAME=other POD_NAMESPACE=lab-1
start_pod
expect_ok "a volume that a rule of the pod's namespace allows" \
  cri start "$(made lenient aopen/model:1)"
# One image under two names: the one that was asked for counts.
expect_ok "the lenient name of an unsigned volume" \
  cri start "$(made named aopen/unsigned:1)"
expect_volume_refused "its strict name" no-signature \
  "image volume at /volumes/0 (image " "$(made strict demo/unsigned:1)"

# What is mounted counts, not what the record says.
container=$(made swapped demo/model:1)
mounted=$(ctr -n k8s.io containers info "$container" |
  jq -r '.Spec.mounts[] | select(.destination == "/volumes/0").source')
mkdir -p "$WORK/evil"
mount --bind "$WORK/evil" "$mounted"
expect_volume_refused "another folder mounted over the volume" \
  subject-mount-mismatch "image volume at /volumes/0" "$container"
umount "$mounted"
expect_ok "and the right one again" cri start "$(made again demo/model:1)"

stop_service "$ASSAYD_PID" KILL
expect_ok "with the daemon dead, a signed volume" \
  cri start "$(made offline demo/model:1)"
expect_failure "with the daemon dead, an unsigned one" "no-signature: " \
  cri start "$(made offline-bad demo/unsigned:1)"
