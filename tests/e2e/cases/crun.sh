# The other runtime that nodes have: crun behind the gate. It refuses a node
# with both versions of cgroups, so the case has a hierarchy of version 2 over
# them. On such a node its controllers are elsewhere, hence no shares of the CPU,
# and no filter of devices, for which crun raises a limit that it may not.
start_everything
mount -t cgroup2 cgroup2 /sys/fs/cgroup
BARE=(--privileged --cpu-shares 0)
CRUN=$(command -v crun)
GATED="$ASSAY_ROOT/usr/lib/assay/bin/crun"
ln -s ../assay-shim "$GATED"
ln -s "$CRUN" "$ASSAY_ROOT/etc/assay/runtimes/crun"
push_signed demo/tool:1 --file etc/motd=tool >/dev/null
push_image demo/unsigned:1 --env A=b >/dev/null
pull demo/tool:1
pull demo/unsigned:1

# crun_run RUNTIME NAME [OPTION...] -- ID [COMMAND...]
crun_run() {
  local options=(--rm "${BARE[@]}" --runc-binary "$1") name=$2
  shift 2
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  ctr run "${options[@]}" "$REGISTRY/$name" "${@:2}"
}

expect_output "an unsigned image starts without the gate" "hello from" \
  crun_run "$CRUN" demo/unsigned:1 -- bare
expect_output "a signed image starts behind it" "hello from" \
  crun_run "$GATED" demo/tool:1 -- signed
expect_audited "  the audit log says so" signed
expect_refused "an unsigned image does not" no-signature \
  crun_run "$GATED" demo/unsigned:1 -- unsigned

# --- the same with and without the gate
# note COMMAND...: all that can be seen of it, without what differs.
note() {
  local status=0
  "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
  printf '$ %s\n' "$*" | cat - "$WORK/out" "$WORK/err" |
    sed -E "s|$GATED|CRUN|g; s|$CRUN|CRUN|g; s|[0-9]{4}-[0-9-]+T[0-9:.]+Z|TIME|g
      s|\\bpid\": [0-9]+|pid N|; s|^([a-z]+ +)[0-9]+( +[A-Z]+)|\\1PID\\2|; s| +| |g"
  printf '= %d\n' "$status"
}

# What says something waits a little: see run_heard.
transcript() {
  local direct=("$1" --root "/run/containerd/runc/$CONTAINERD_NAMESPACE")
  note crun_run "$1" demo/tool:1 -- args /bin/sh -c 'cat /etc/motd; sleep .2'
  note crun_run "$1" demo/tool:1 -- seven /bin/sh -c 'echo oops >&2; sleep .2; exit 7'
  note crun_run "$1" demo/tool:1 -- none /bin/missing
  ctr containers rm none >/dev/null 2>&1 || true
  ctr run -d "${BARE[@]}" --runc-binary "$1" "$REGISTRY/demo/tool:1" long /bin/sleep 600
  note ctr tasks ls
  note ctr tasks exec --exec-id one long /bin/sh -c 'echo in; sleep .2; exit 5'
  note ctr tasks exec --exec-id two long /bin/missing
  note "${direct[@]}" state long
  note "${direct[@]}" exec long /bin/sh -c 'echo in; exit 3'
  note "${direct[@]}" kill long NOSIGNAL
  note "${direct[@]}" delete long
  note ctr tasks kill -s KILL long
  wait_for 10 task_stopped long
  note ctr tasks delete long
  ctr containers delete long
  note "$1" --version
  note "$1" --root "$WORK/empty" list
  note "$1" --root "$WORK/empty" state nothing
  note "$1" frobnicate
}
task_stopped() { ctr tasks ls | grep "^$1 .*STOPPED"; }

transcript "$CRUN" >"$WORK/plain.txt"
transcript "$GATED" >"$WORK/gated.txt"
for status in 7 5 3; do
  grep -q "^= $status\$" "$WORK/plain.txt" || fail "nothing ended with $status"
done
diff -u "$WORK/plain.txt" "$WORK/gated.txt" || fail "the shim is seen"
passed "$(grep -c '^\$ ' "$WORK/plain.txt") commands behave the same"

# --- options by which crun starts something else than the bundle it is told
make_bundle() {
  mkdir -p "$WORK/$1/rootfs/bin"
  cp /bin/busybox "$WORK/$1/rootfs/bin/"
  (cd "$WORK/$1" && crun spec)
  jq --arg text "hello from $1" '.process.args = ["/bin/busybox", "echo", $text]
    | .process.terminal = false | del(.linux.resources)' \
    "$WORK/$1/config.json" >"$WORK/config.json"
  mv "$WORK/config.json" "$WORK/$1/config.json"
}
make_bundle asked
make_bundle evil
for options in "--config $WORK/evil/config.json" "--conf=$WORK/evil/config.json" \
  "-f $WORK/evil/config.json" "-f$WORK/evil/config.json"; do
  # shellcheck disable=SC2086
  expect_output "crun runs another configuration: ${options%"$WORK"*}" "hello from evil" \
    crun --root "$WORK/crun" run $options --bundle "$WORK/asked" c1
  # shellcheck disable=SC2086
  expect_failure "  not behind the gate" "usage: " \
    "$GATED" --root "$WORK/crun" run $options --bundle "$WORK/asked" c1
done
for options in "-b$WORK/evil" "--bun $WORK/evil"; do
  # shellcheck disable=SC2086
  expect_output "crun runs another bundle: ${options%"$WORK"*}" "hello from evil" \
    crun --root "$WORK/crun" run --bundle "$WORK/asked" $options c1
  # shellcheck disable=SC2086
  expect_failure "  not behind the gate" "usage: " \
    "$GATED" --root "$WORK/crun" run --bundle "$WORK/asked" $options c1
done
