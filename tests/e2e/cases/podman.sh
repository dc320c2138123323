# podman behind the shim: what its containers are is read from
# containers-storage, and a refusal reaches whoever called podman.
prepare_podman "$PEER"
start_registry
CONTAINERD_ADDRESS="$WORK/no-containerd.sock"
install_product
rm "$SHIM" "$ASSAY_ROOT/etc/assay/runtimes/runc"
make_cosign_key release
trust release
write_policy <<'TOML'
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = { any_of = ["release"] }

[[rule]]
scope = "**"
namespaces = ["open"]
action = "allow"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
start_assayd

push_signed demo/signed:1 --file etc/motd=signed >/dev/null
push_signed demo/copied:1 --file etc/motd=copied >/dev/null
push_image demo/unsigned:1 --env A=b >/dev/null
podman_pull demo/signed:1 demo/unsigned:1
signed="$REGISTRY/demo/signed:1"
unsigned="$REGISTRY/demo/unsigned:1"

# --- wired
expect_podman_starts "before it is wired an unsigned image starts" "$unsigned"
before=$(cd "$ASSAY_ROOT/etc" && find . -type f -exec sha256sum {} +)
expect_output "podman is wired" "It is in effect." assay wire podman
expect_output "wiring again changes nothing" "Nothing to change" assay wire podman
run assay doctor --json
expect_equal "doctor judges podman, and looks for no containerd" "podman ok" \
  "$(jq -r '[.checks[] | select(.id | test("^(podman|containerd|handler)")) |
    "\(.id) \(.health)"] | join(", ")' <<<"$OUTPUT")"
expect_podman_starts "a signed image starts" "$signed"
expect_audited "  the audit log says so" signed
expect_equal "  and that its layers were looked at" layers \
  "$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" | jq -r .integrity)"
expect_equal "  under the name that was asked for, of no namespace" \
  "null $signed" "$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" |
    jq -r '"\(.namespace) \(.reference)"')"
expect_podman_refused "an unsigned image does not" no-signature "$unsigned"
wait_for 20 grep -q "warmed up $(podman image inspect -f '{{.Id}}' "$signed"): signed: " \
  "$WORK/assayd.log" || fail "what podman pulled is not warmed up"
passed "what podman pulled has been warmed up"
run podman_run "$signed" -- /bin/sh -c 'echo out; echo err >&2; exit 7'
expect_equal "what runs is heard as without the gate" "7 out err" \
  "$STATUS $(xargs <<<"$OUTPUT")"

# --- other ways for an image to come to the node
skopeo copy -q --insecure-policy --src-tls-verify=false "docker://$REGISTRY/demo/copied:1" \
  "containers-storage:[overlay@$STORE+$RUN_STORE]$REGISTRY/demo/copied:1"
expect_podman_starts "a signed image that skopeo brought" "$REGISTRY/demo/copied:1"
skopeo copy -q --insecure-policy "oci:$(layout):demo.unsigned.1" \
  "containers-storage:[overlay@$STORE+$RUN_STORE]$REGISTRY/demo/brought:1"
expect_podman_refused "an unsigned one that skopeo brought" no-signature \
  "$REGISTRY/demo/brought:1"

# --- stores of other forms; podman 4 makes none of them
if [[ $PEER == podman ]]; then
  parts="$REGISTRY/demo/parts:1"
  push_image demo/parts:1 --file etc/motd=parts >/dev/null
  quietly late_skopeo --insecure-policy copy -q --dest-compress-format zstd:chunked \
    --dest-force-compress-format --dest-tls-verify=false \
    "oci:$(layout):demo.parts.1" "docker://$parts"
  sign_cosign25 release \
    "demo/parts@sha256:$(registry_manifest demo/parts 1 | sha256sum | cut -d' ' -f1)"
  push_signed demo/other:1 --file etc/motd=other >/dev/null
  # pull_parts UNPREDICTABLE [OPTION...]: nothing is known of the layers before.
  pull_parts() {
    quietly podman rmi -f "$parts"
    rm -rf /var/lib/containers/cache
    quietly podman --pull-option=enable_partial_images=true \
      --pull-option=insecure_allow_unpredictable_image_contents="$1" "${@:2}" \
      pull -q --tls-verify=false "$parts"
    grep -q toc-digest "$STORE/overlay-layers/layers.json" || fail "it was pulled whole"
  }
  pull_parts false
  expect_podman_starts "pulled in parts that podman has put together" "$parts"
  expect_equal "  and whose layers were looked at" layers \
    "$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" | jq -r .integrity)"
  pull_parts true
  expect_podman_refused "in parts of which nobody computed the whole" subject-storage \
    "$parts"
  PODMAN_OPTIONS=(--storage-opt overlay.use_composefs=true)
  pull_parts false
  expect_podman_refused "mounted by composefs" subject-storage "$parts"
  PODMAN_OPTIONS=()
  STORE="$WORK/additional" podman_pull demo/other:1
  PODMAN_OPTIONS=(--storage-opt "additionalimagestore=$WORK/additional")
  expect_podman_refused "an image of an additional store" subject-storage \
    "$REGISTRY/demo/other:1"
  PODMAN_OPTIONS=()
  expect_podman_refused "a part of a signed image as a volume" subject-volume "$signed" \
    --mount "type=image,source=$signed,destination=/volume,subpath=/etc" --
  quietly podman artifact add registry.example.com/model:1 "$WORK/keys/release.pub"
  expect_podman_refused "an artifact as a volume" subject-volume "$signed" --mount \
    type=artifact,source=registry.example.com/model:1,destination=/volume --
fi

# --- claims
podman create -q --name made --network none "${PODMAN_CGROUPS[@]}" "$signed" >/dev/null
podman tag "$unsigned" "$signed"
expect_podman_refused "the tag of a signed image on an unsigned one" no-signature "$signed"
expect_failure "a container made before, whose image has lost its name" \
  "subject-no-name: " podman start --attach made
expect_equal "  of which assay running says so" "containers-storage false subject-no-name" \
  "$(assay running --json | jq -r '.containers[] |
    "\(.runtime_namespace) \(.running) \(.reason)"')"
podman rm -f made >/dev/null
podman_pull demo/signed:1
expect_podman_refused "annotations of a namespace and an image are claims" no-signature \
  "$unsigned" --annotation io.kubernetes.pod.namespace=open \
  --annotation "io.kubernetes.cri-o.ImageName=$signed" --
mkdir -p "$WORK/folder/bin"
cp /bin/busybox "$WORK/folder/bin/echo"
expect_podman_refused "a folder is no image" subject-rootfs-path "$WORK/folder" \
  --rootfs -- /bin/echo hello from a folder
expect_podman_refused "an unsigned image as a volume" no-signature \
  "$signed" --mount "type=image,source=$unsigned,destination=/volume" --
expect_podman_refused "a layer as a volume" subject-volume "$signed" \
  --volume "$STORE/overlay/l:/volume" --

# --- other kinds of containers
expect_podman_starts "a read-only root" "$signed" --read-only --
expect_podman_starts "with a volume of its own and a signed image as one" "$signed" \
  --volume /data --mount "type=image,source=$REGISTRY/demo/copied:1,destination=/volume" --
expect_podman_starts "in a user namespace" "$signed" \
  --uidmap 0:100000:1000 --gidmap 0:100000:1000 --

# --- the bytes
base=$(jq -r '.[] | select(.parent == null) | .id' "$STORE/overlay-layers/layers.json" |
  head -n 1)
tool="$STORE/overlay/$base/diff/bin/busybox"
printf X | dd of="$tool" bs=1 seek=1000000 conv=notrunc status=none
expect_podman_refused "a byte of an unpacked file is changed" rootfs-layer-mismatch "$signed"
dd if=/bin/busybox of="$tool" conv=notrunc status=none
# A refusal is remembered for seconds.
wait_for 60 podman_run "$signed" || true
expect_podman_starts "  as it was, it starts" "$signed"

# --- crun: it refuses a node with both versions of cgroups; see crun.sh
mount -t cgroup2 cgroup2 /sys/fs/cgroup
PODMAN_RUNTIME=crun PODMAN_CGROUPS=(--cgroups disabled)
expect_podman_starts "by crun, signed" "$signed"
expect_podman_refused "by crun, unsigned" no-signature "$unsigned"
umount /sys/fs/cgroup
PODMAN_RUNTIME=runc PODMAN_CGROUPS=(--cgroup-parent "/$CONTAINERD_NAMESPACE")

# --- a daemon that hangs, and none. Each start waits until the shim gives the
# daemon up, so they wait together.
kill -STOP "$ASSAYD_PID"
podman_run "$signed" >"$WORK/hung-signed.log" 2>&1 &
hung=$!
! podman_run "$unsigned" >"$WORK/hung-unsigned.log" 2>&1 ||
  fail "the daemon hangs: unsigned starts"
wait "$hung" || fail "the daemon hangs: signed does not start"
expect_output "the daemon hangs: signed" "hello from" cat "$WORK/hung-signed.log"
expect_output "the daemon hangs: unsigned" ": no-signature: " cat "$WORK/hung-unsigned.log"
kill -CONT "$ASSAYD_PID"
stop_service "$ASSAYD_PID" KILL
expect_podman_starts "the daemon is dead: signed" "$signed"
expect_podman_refused "the daemon is dead: unsigned" no-signature "$unsigned"

# --- undone
expect_output "podman is wired no more" "Not wired any more. It is in effect." \
  assay wire podman --undo
expect_equal "every file is as it was" "$before" \
  "$(cd "$ASSAY_ROOT/etc" && find . -type f -exec sha256sum {} +)"
expect_podman_starts "and an unsigned image starts" "$unsigned"
