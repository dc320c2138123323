# docker behind the shim: with containerd's image store its containers are what
# their snapshots are, with a store of its own nobody can tell.
start_registry
start_containerd containerd21 "$WORK/containerd"
install_product
rm "$SHIM" "$ASSAY_ROOT/etc/assay/runtimes/runc"
make_cosign_key release
trust release
write_release_policy
start_assayd
push_signed demo/signed:1 >/dev/null
push_signed demo/other:1 --file etc/motd=other >/dev/null
push_image demo/unsigned:1 --env A=b --file etc/motd=unsigned >/dev/null
mkdir -p "$(dirname "$DOCKER_FILE")"
cat >"$DOCKER_FILE" <<'JSON'
{
    "features": { "containerd-snapshotter": true },
    "live-restore": true,
    "log-level":"warn"
}
JSON
start_docker
docker_pull demo/signed:1 demo/other:1 demo/unsigned:1
signed="$REGISTRY/demo/signed:1"
unsigned="$REGISTRY/demo/unsigned:1"

# --- wired
expect_runs "before it is wired an unsigned image starts" docker_run "$unsigned"
docker create -q --name before --network none "$unsigned" >/dev/null
before=$(cd "$ASSAY_ROOT/etc" && find . -type f -exec sha256sum {} +)
expect_output "docker is wired" "systemctl reload docker" assay wire docker
expect_output "wiring again changes nothing" "Nothing to change" assay wire docker
kill -HUP "$DOCKERD_PID"
is_default() { [[ $(docker info -f '{{.DefaultRuntime}}') == assay-runc ]]; }
wait_for 20 is_default || fail "docker does not read its file"
passed "docker has read it, and goes on"
expect_runs "a signed image starts" docker_run "$signed"
expect_audited "  the audit log says so" signed
expect_equal "  under the name that was asked for" "moby $signed layers" \
  "$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" |
    jq -r '"\(.runtime_namespace) \(.reference) \(.integrity)"')"
expect_refused "an unsigned image does not" no-signature docker_run "$unsigned"
run docker_run "$signed" /bin/sh -c 'echo out; echo err >&2; exit 7'
expect_equal "what runs is heard as without the gate" "7 err out" \
  "$STATUS $(sort <<<"$OUTPUT" | xargs)"

# --- past the default
expect_runs "a container made before, with the runtime it was made with" \
  docker start --attach before
DOCKER_OPTIONS="--runtime runc" expect_runs "and by the runtime's name" \
  docker_run "$unsigned"
# The link that wiring containerd makes.
mkdir -p "$CONTAINERD_OPT/bin"
ln -s "$SHIM" "$CONTAINERD_OPT/bin/runc"
expect_refused "with containerd wired, the first does not" no-signature \
  docker start --attach before
DOCKER_OPTIONS="--runtime runc" expect_refused "nor the other" no-signature \
  docker_run "$unsigned"
DOCKER_OPTIONS="--runtime runc" expect_runs "  but what is signed" \
  docker_run "$signed"

# --- other ways for an image to come to the node
quietly docker save -o "$WORK/saved.tar" "$unsigned"
quietly docker rmi -f "$unsigned"
quietly docker load -i "$WORK/saved.tar"
expect_refused "an unsigned image that was loaded" no-signature docker_run "$unsigned"
docker create -q --name made --network none "$signed" >/dev/null
docker tag "$unsigned" "$signed"
expect_refused "the tag of a signed image on an unsigned one" no-signature \
  docker_run "$signed"
expect_refused "a container made before, whose image has lost its name" \
  subject-tag-moved docker start --attach made
docker_pull demo/signed:1

# --- what is mounted
init_layer() {
  ctr -n moby snapshots mounts /none "$(docker inspect -f '{{.Id}}' "$1")" |
    grep -oE 'lowerdir=[^,: ]*' | cut -d= -f2
}
docker create -q --name changed --network none "$signed" >/dev/null
echo 127.0.0.1 registry.example.com >"$(init_layer changed)/etc/hosts"
expect_refused "something in the layer that docker puts between" \
  subject-mount-mismatch docker start --attach changed
: >"$(init_layer changed)/etc/hosts"
wait_for 60 docker start --attach changed || true
expect_runs "  without it the container starts" docker start --attach changed
DOCKER_OPTIONS="--mount type=image,source=$REGISTRY/demo/other:1,target=/volume" \
  expect_refused "an image as a volume" subject-volume docker_run "$signed"
DOCKER_OPTIONS="--read-only --volume /data --hostname named" \
  expect_runs "a read-only root with a volume of its own" docker_run "$signed"

docker run -d --name running --network none "$signed" /bin/sleep 1000 >/dev/null
id=$(docker inspect -f '{{.Id}}' running)
bundle="$WORK/containerd/state/io.containerd.runtime.v2.task/moby/$id"
root=$(jq -r .root.path "$bundle/config.json")
once_more() {
  env -i PATH="$PATH" NAMESPACE=moby GRPC_ADDRESS="$CONTAINERD_ADDRESS" \
    "$SHIM" --root "$WORK/docker/exec/runtime-runc/moby" create --bundle "$bundle" "$id"
}
expect_failure "a container that runs is created once more: so far runc gets" \
  "already exists" once_more
mount -t tmpfs tmpfs "$root"
expect_failure "but not with something mounted over its root" \
  "subject-mount-mismatch: " once_more
umount "$root"

# --- the life of a container
state_of() { docker inspect -f "{{.State.$1}}" "${2:-running}"; }
run docker exec running /bin/sh -c 'echo in; exit 7'
expect_equal "what is executed in it is heard" "7 in" "$STATUS $OUTPUT"
quietly docker pause running
expect_equal "it is paused" paused "$(state_of Status)"
quietly docker unpause running
pid=$(state_of Pid)
stop_service "$DOCKERD_PID"
[[ -d /proc/$pid ]] || fail "it ends with dockerd"
start_docker
expect_equal "dockerd is restarted, and it runs on" "running $pid" \
  "$(state_of Status) $(state_of Pid)"
expect_ok "  it is still reached" docker exec running /bin/true
expect_ok "it is restarted" docker restart -t 0 running
[[ $(state_of Pid) != "$pid" ]] || fail "it is the same process"
expect_ok "it is removed while it runs" docker rm -f running
[[ ! -e $bundle ]] || fail "its bundle is left"
docker run -d --name again --restart always --network none "$signed" \
  /bin/sleep .2 >/dev/null
has_restarted() { (($(docker inspect -f '{{.RestartCount}}' again) > 0)); }
wait_for 30 has_restarted || fail "it is not started again: $(state_of Error again)"
passed "a container that ends is started again, as its policy says"
docker tag "$unsigned" "$signed"
is_refused() { [[ $(state_of Error again) == *" failed: subject-tag-moved: "* ]]; }
wait_for 30 is_refused || fail "docker has it: $(state_of Error again)"
passed "  but not when its image has lost its name"
docker rm -f again >/dev/null
docker_pull demo/signed:1

# --- a daemon that hangs, and none. Each start waits until the shim gives the
# daemon up, so they wait together.
kill -STOP "$ASSAYD_PID"
docker_run "$signed" >"$WORK/hung-signed" 2>&1 &
hung=$!
! docker_run "$unsigned" >"$WORK/hung-unsigned" 2>&1 ||
  fail "the daemon hangs: unsigned starts"
wait "$hung" || fail "the daemon hangs: signed does not start"
expect_output "the daemon hangs: signed" "hello from" cat "$WORK/hung-signed"
expect_output "the daemon hangs: unsigned" ": no-signature: " cat "$WORK/hung-unsigned"
kill -CONT "$ASSAYD_PID"
stop_service "$ASSAYD_PID" KILL
expect_runs "the daemon is dead: signed" docker_run "$signed"
expect_refused "the daemon is dead: unsigned" no-signature docker_run "$unsigned"
start_assayd

# --- a store of docker's own
stop_service "$DOCKERD_PID"
sed -i 's/"containerd-snapshotter": true/"containerd-snapshotter": false/' "$DOCKER_FILE"
expect_output "wiring says what such a store means" "(subject-storage)" assay wire docker
start_docker
docker_pull demo/signed:1
expect_refused "with a store of docker's own nobody can tell" subject-storage \
  docker_run "$signed"
[[ $OUTPUT == *'give it containerd'*'"containerd-snapshotter": true'* ]] ||
  fail "it does not say what to do"

# --- undone
sed -i 's/"containerd-snapshotter": false/"containerd-snapshotter": true/' "$DOCKER_FILE"
quietly assay wire docker
rm "$CONTAINERD_OPT/bin/runc"
expect_output "docker is wired no more" "systemctl restart docker" assay wire docker --undo
expect_equal "every file is as it was" "$before" \
  "$(cd "$ASSAY_ROOT/etc" && find . -type f -exec sha256sum {} +)"
stop_service "$DOCKERD_PID"
start_docker
expect_runs "and an unsigned image starts" docker_run "$unsigned"
