# What CRI-O 1.36 and podman 5.8 were recorded to hand to conmon, handed to the
# conmon of this node, with the shim as the runtime: a refusal reaches whoever
# asked, through conmon; what is signed is created and started by runc. Of the
# recordings only folders, cgroups, limits and the pod's process are other than
# they were; what the layers hold was not recorded and is made up.
RECORDED="$ASSAY_SOURCE_DIR/tests/unit/io/storage/recorded"
STORE="$ASSAY_ROOT/var/lib/containers/storage"
BUNDLES=/run/containers/storage/overlay-containers
IMAGE=ece1f6e9ebde6190d4f308b692d0f0d5b7fdc4cf0de4952f41e9633bb1876e42
MANIFEST=sha256:ed0198dfb74b15962cecf88c5f37055d22bfc79329daecbf95744a46aff85869
BASE=e4695cadfaeb5af3a019566d82816f85ea7a9356025eb52aa1935521aed34186
TOP=40c95c98ce41b408a613105bf93062dc42e1ebbe7fece976b7dc40519c5b3b52
AUDIT="$ASSAY_ROOT/var/log/assay/audit.jsonl"

# The recorded image is of a registry at this place.
free_port() { echo 5000; }
start_registry
REGISTRY=localhost:5000
CONTAINERD_ADDRESS="$WORK/no-containerd.sock"
install_product
cat >>"$ASSAY_ROOT/etc/assay/assayd.toml" <<TOML

[nri]
socket = "$WORK/nri.sock"
TOML
make_openssl_key release
trust release
write_policy <<'TOML'
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "release"
integrity = "manifest"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML

# --- the store --------------------------------------------------------------------
# in_place FILE: a recording, with the folders of this test.
in_place() { sed "s|/var/lib/containers/storage|$STORE|g" "$RECORDED/$1"; }

big_data() { printf '=%s' "$(printf %s "$1" | base64 -w 0)"; }

# make_layer LAYER LINK
make_layer() {
  mkdir -p "$STORE/overlay/$1/diff" "$STORE/overlay/l"
  printf %s "$2" >"$STORE/overlay/$1/link"
  ln -s "../$1/diff" "$STORE/overlay/l/$2"
}

make_store() {
  local documents="$STORE/overlay-images/$IMAGE"
  mkdir -p "$documents" "$STORE"/overlay-{layers,containers}
  cp "$RECORDED/images.json" "$STORE/overlay-images/"
  cp "$RECORDED"/{,volatile-}layers.json "$STORE/overlay-layers/"
  cp "$RECORDED/volatile-containers.json" "$STORE/overlay-containers/"
  cp "$RECORDED/podman-containers.json" "$STORE/overlay-containers/containers.json"
  cp "$RECORDED/config" "$documents/$(big_data "sha256:$IMAGE")"
  cp "$RECORDED/manifest" "$documents/$(big_data "manifest-$MANIFEST")"
  cp "$RECORDED/manifest" "$documents/manifest"
  make_layer "$BASE" N4DXRW3C5AUTAWNR5KUXOWPHVZ
  make_layer "$TOP" SNNVVJ74SB43PDXE3LZDEP7SUJ
  install -D /bin/busybox "$STORE/overlay/$BASE/diff/bin/sh"
  mkdir -p "$STORE/overlay/$TOP/diff/app"
  printf '#!/bin/sh\necho hello from a recording\n' >"$STORE/overlay/$TOP/diff/app/run.sh"
  chmod +x "$STORE/overlay/$TOP/diff/app/run.sh"
}

# add_last FILE JQ: the records and one more, which is the last with a change.
add_last() {
  jq -c ". + [.[-1] | $2]" "$1" >"$WORK/records"
  mv "$WORK/records" "$1"
}

# add_records ID LAYER: of a container of the recorded pod, unless it has some.
add_records() {
  grep -qs "$2" "$STORE/overlay-layers/volatile-layers.json" ||
    add_last "$STORE/overlay-layers/volatile-layers.json" ".id = \"$2\" | .names = []"
  grep -qs "$1" "$STORE"/overlay-containers/*.json ||
    add_last "$STORE/overlay-containers/volatile-containers.json" \
      ".id = \"$1\" | .layer = \"$2\" | .names = []"
}

# What a kubelet and CRI-O have made before: namespaces and files of the pod.
make_pod() {
  local bundle=$1 source kind
  for kind in net ipc uts; do
    source=$(jq -r ".linux.namespaces[] | select(.path // \"\" | contains(\"/${kind}ns/\")).path" \
      "$bundle/config.json")
    [[ -n $source && ! -e $source ]] || continue
    install -D /dev/null "$source"
    unshare "--$kind=$source" true
  done
  for source in $(jq -r '.mounts[] | select(.type == "bind").source' "$bundle/config.json"); do
    case $source in
      */shm | */_data) mkdir -p "$source" ;;
      *) [[ -e $source ]] || install -D /dev/null "$source" ;;
    esac
  done
}

# hand NAME ID LAYER: makes a bundle as it was recorded, and mounts its root.
hand() {
  local options bundle="$BUNDLES/$2/userdata"
  mkdir -p "$bundle" "$STORE/overlay/$3"/{diff,work,merged} \
    "$STORE/overlay-containers/$2/userdata"
  in_place "$1.json" | jq ".linux.cgroupsPath = \"/$CONTAINERD_NAMESPACE/$2\"
    | .linux.resources |= {devices}
    | (.linux.namespaces[] | select(.type == \"pid\")) |= {type}" >"$bundle/config.json"
  options=$(in_place "$1.mountinfo" | grep -oE '(lower|upper|work)dir=[^,]*' | paste -sd,)
  mount -t overlay overlay -o "$options" "$STORE/overlay/$3/merged"
  make_pod "$bundle"
  add_records "$2" "$3"
}

# --- conmon -----------------------------------------------------------------------
# ask_conmon ID [OPTION...]: sets SAID to what conmon tells CRI-O, and LOG to the
# container's own log.
ask_conmon() {
  local id=$1 bundle="$BUNDLES/$1/userdata" sync="$WORK/sync"
  shift
  LOG="$WORK/pods/$id.log"
  mkdir -p "$WORK"/{exits,pods,sockets}
  rm -f "$sync" "$LOG"
  env -i PATH="$PATH" CRI_O_EXTERNAL=1 _OCI_SYNCPIPE=3 conmon \
    -b "$bundle" -c "$id" -u "$id" -n "$id" -l "$LOG" -P "$bundle/conmon-pidfile" \
    -p "$bundle/pidfile" --exit-dir "$WORK/exits" --socket-dir-path "$WORK/sockets" \
    --persist-dir "$STORE/overlay-containers/$id/userdata" -r "$SHIM" \
    --runtime-arg=--root=/run/runc "$@" 3>"$sync"
  wait_for 60 grep -q '}' "$sync" || fail "conmon says nothing of $id"
  SAID=$(cat "$sync")
}

# Again while the machine is too busy to decide in time.
ask_decided() {
  local tries=10
  ask_conmon "$@"
  while ((tries-- > 0)) && [[ $SAID == *'"deadline: '* ]]; do
    sleep 1
    ask_conmon "$@"
  done
}

# expect_said WHAT REASON ID [OPTION...]: the refusal is one line, CRI-O gets it,
# nothing is in the container's log, and the audit log says of whom it was.
expect_said() {
  local what=$1 reason=$2 line
  shift 2
  ask_decided "$@"
  line=$(jq -r 'select(.data < 0 or .pid < 0).message' <<<"$SAID")
  [[ $line == "$reason: "* ]] || fail "$what: not refused with $reason: $SAID"
  expect_equal "$what" 1 "$(grep -c . <<<"$line")"
  expect_audited "  the audit log says so" "$reason"
}

# expect_made WHAT ID [OPTION...]: runc has created it, and deletes it.
expect_made() {
  local what=$1 id=$2
  shift
  ask_decided "$@"
  [[ $(jq '.data // .pid' <<<"$SAID") -gt 0 ]] || fail "$what: $SAID"
  [[ $(runc --root /run/runc state "$id" | jq -r .status) == created ]] ||
    fail "$what: runc did not create it"
  passed "$what"
}

undo() { quietly "$SHIM" --root=/run/runc delete --force "$1"; }

# --- NRI --------------------------------------------------------------------------
# expect_over_nri WHAT FILTER ANSWER: CRI-O's recorded question over NRI is decided
# so, says the last line of the audit log; SAID is what the daemon told. Again
# while the machine is too busy to decide in time.
expect_over_nri() {
  local tries=10 told
  while ((tries-- > 0)) && [[ ${told:-} != "$3" ]]; do
    rm -f "$WORK/nri.sock"
    SAID=$(python3 -B "$ASSAY_SOURCE_DIR/tests/support/nri_replay.py" \
      "$WORK/nri.sock" "$ASSAY_SOURCE_DIR/tests/unit/io/nri/recorded/crio-1.36.3-validator")
    told=$(tail -n 1 "$AUDIT" | jq -r "$2")
  done
  expect_equal "$1" "$3" "$told"
}
OVER_NRI='"\(.hook) \(.verdict) \(.reason) \(.namespace)/\(.pod)/\(.container)"'

app=c84cf01d58cd2db417353a240489aa11e636387b2f4d4358e3e6e52c21f665a0
app_layer=e15d03f3e50b8e3dd3a8dc5896a846521cc99428a1e05ff428cdb1f26e349de3
podman=7ca8842c7be1dca32568d0947a1dde851f327f65a8c1e5ffd84b9de3d3756c81
podman_layer=530f32248f120f06a3eda66ba9ea3769e1ddee9d8a06c6f8881a087bb2f977ff
make_store
hand app-default "$app" "$app_layer"

# --- unsigned ---------------------------------------------------------------------
expect_said "without a daemon an unsigned image is refused" no-signature "$app"
start_assayd
expect_said "and with one" no-signature "$app"
expect_equal "  for the pod that CRI-O's records tell of" "create team-a/web/app $MANIFEST" \
  "$(tail -n 1 "$AUDIT" | jq -r '"\(.hook) \(.namespace)/\(.pod)/\(.container) \(.manifest)"')"

add_records c6813c1b65724deb8e607d820bc238ef418c22120a7523f3518463bcdba55025 \
  "$(printf %064d 8)"
expect_over_nri "over NRI it is not even created" "$OVER_NRI" \
  "nri rejected no-signature team-a/web/app"
[[ $SAID == *"no-signature: "* ]] || fail "CRI-O is not told: $SAID"

# podman has its runtime write to a file, and reads that.
hand podman "$podman" "$podman_layer"
with_log=(--runtime-arg --log-format=json --runtime-arg "--log=$WORK/oci.log")
expect_said "podman's, too" no-signature "$podman" "${with_log[@]}"
expect_equal "  which reads the same in the runtime's log" "error $(jq -r .message <<<"$SAID")" \
  "$(tail -n 1 "$WORK/oci.log" | jq -r '"\(.level) \(.msg)"')"

# --- signed -----------------------------------------------------------------------
sign_simply release demo/app "$MANIFEST"
stop_service "$ASSAYD_PID"
start_assayd
expect_made "a signed image is created by runc" "$app"
expect_audited "  the audit log says so" signed
quietly "$SHIM" --root=/run/runc start "$app"
wait_for 20 grep -qs "hello from a recording" "$LOG" || fail "it says no hello"
passed "  and started"
undo "$app"
expect_over_nri "over NRI it is created, too" "$OVER_NRI" \
  "nri accepted signed team-a/web/app"
[[ $SAID != *"[request "* ]] || fail "CRI-O is told: $SAID"
# Whatever a pod's author or a client wrote into the annotations of the last.
expect_made "so is podman's" "$podman" "${with_log[@]}"
undo "$podman"
while read -r bundle id layer option; do
  hand "$bundle" "$id" "$layer"
  # shellcheck disable=SC2086
  expect_made "so is that of $bundle" "$id" $option
  undo "$id"
done <<BUNDLES
tty a77d02181143deb841c23bbe07e9140532766126262def2ca5b0e515313fb16a 1a89c651577740a3a65b2c9d3e5b389dab9aff7abe02b2938a38839154b4cc29 -t
spoof-pod-annotations fd684a3aeeccaac5a061226cdc810b287b124fcaa98d7b4c6b5c1c9408352343 afcdc8d26cbb1af54fb424f68eaf1051dc41e2749dfbbd75fe72f0d4c528a95a
spoof-pod-annotations-infra 402310c2fc3fe1744a8951b38f3721afd6502f40adf4274a397f106a344fdc20 9cc8301047ff56e7d9d55714e8770539361cb38452d958552fbb5561d06e4c14
spoof-container-annotations c97635006668d7de3dcdb99fbafbf8644b4ca07d6dfadd49b2041f820954492b 694654a994db3b2b49d5b7487645e22c52c4b920a6a52bd10c4579d594cd603c
BUNDLES

# --- what a signature does not make right -------------------------------------------
volumes=d8dff85290711d07677d59e7572de92ee22f7833ce93693eea8b3f859db1e2b1
hand image-volumes "$volumes" c6c81bcc02d4e0616092cd8ebdc75e9f31737ffe4589ab93cf002bfdee098cdc
expect_said "image volumes and artifacts that cannot be told" subject-volume "$volumes"
restored=74d07d503318356d623463f054561739f46e8a2aeeeed72e2178e54eb5482bb7
# Its topmost layer is of no image here.
other=$(printf %064d 7)
make_layer "$other" "$(grep -oE 'l/[A-Z0-9]+' "$RECORDED/restore.mountinfo" | head -n 1 | cut -c3-)"
hand restore "$restored" 6832e138868ce3d68949c8ddffc563118e07ba09c772bf358c94a097bb9d8712
expect_said "a checkpoint that claims the signed image is not restored" restore-refused \
  "$restored" --restore "$WORK"
expect_said "nor created" subject-mount-mismatch "$restored"

# --- a daemon that hangs ------------------------------------------------------------
# Both wait until the shim gives it up, so they wait together.
kill -STOP "$ASSAYD_PID"
(WORK="$WORK/hung" && mkdir -p "$WORK" && ask_conmon "$volumes" && echo "$SAID") \
  >"$WORK/hung.json" &
hung=$!
expect_made "the daemon hangs: signed" "$app"
undo "$app"
wait "$hung" || fail "conmon says nothing"
expect_output "the daemon hangs: image volumes" '"subject-volume: ' cat "$WORK/hung.json"
kill -CONT "$ASSAYD_PID"

# --- without the daemon -------------------------------------------------------------
stop_service "$ASSAYD_PID" KILL
expect_made "the daemon is dead: signed" "$app"
expect_audited "  the audit log says so" signed
undo "$app"
expect_said "the daemon is dead: image volumes" subject-volume "$volumes"
