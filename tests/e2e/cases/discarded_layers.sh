# A containerd that discards the layers it unpacked: the bindings of manifest,
# configuration and snapshot stand without them. Layers that are not there
# cannot be hashed, so a rule has to say that it does not ask for that.
CRI_DISCARDS=true
start_for_pods
push_signed demo/app:1 --env A=b --file etc/motd=one >/dev/null
push_signed lean/app:1 --env C=d --file etc/motd=two >/dev/null
push_image lean/unsigned:1 --env E=f --file etc/motd=three >/dev/null
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
scope = "@REGISTRY@/lean/**"
require = { any_of = ["release"] }
integrity = "manifest"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
start_assayd

blob() {
  echo "$WORK/containerd/root/io.containerd.content.v1.content/blobs/sha256/${1#*:}"
}
# start_in_pod NAME IMAGE: its layers are gone before it starts.
start_in_pod() {
  local layer container
  layer=$(registry_manifest "${2%:*}" 1 | jq -r '.layers[-1].digest')
  cri pull "$REGISTRY/$2" >/dev/null
  wait_for 20 test ! -e "$(blob "$layer")" || fail "$2: the layer is still there"
  container=$(cri create "$POD" "$1" "$REGISTRY/$2") && cri start "$container"
}

start_pod
expect_failure "layers are to be hashed" "layer-missing: " start_in_pod hashed demo/app:1
expect_audited "  the audit log says so" layer-missing
expect_ok "the manifest's signature is enough" start_in_pod lean lean/app:1
expect_failure "which an unsigned image lacks" "no-signature: " \
  start_in_pod unsigned lean/unsigned:1
expect_audited "  the audit log says so" no-signature

container=$(cri create "$POD" spoilt "$REGISTRY/lean/app:1")
config=$(registry_manifest lean/app 1 | jq -r .config.digest)
sed -i 's/C=d/C=e/' "$(blob "$config")"
expect_failure "manifest and configuration are hashed all the same" \
  "config-digest-mismatch: " cri start "$container"
