# Behind the shim every verb does what it does without it: output, errors, exit
# status and signals.
start_everything
# What says something waits a little before it ends: see run_heard.
push_signed demo/tool:1 --file etc/motd=tool --cmd /bin/sh --cmd=-c \
  --cmd 'echo hello from tool; sleep .2' >/dev/null
pull demo/tool:1
image="$REGISTRY/demo/tool:1"

# note STATUS COMMAND...: runs the command, which must end so, and writes down
# all that can be seen of it. Times, process ids and the path of the runtime
# differ from run to run.
note() {
  local wanted=$1 status=0
  shift
  "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
  ((status == wanted)) || {
    OUTPUT=$(cat "$WORK/out" "$WORK/err")
    fail "exit status $status, not $wanted, of: $*"
  }
  {
    printf '$ %s\n' "$*"
    cat "$WORK/out"
    printf '\n--- errors\n'
    cat "$WORK/err"
    printf '\n= %d\n' "$status"
  } | sed -E "s|$SHIM|RUNC|g; s|$(command -v runc)|RUNC|g; s|\\bpid [0-9]+|pid N|g
      s| +| |g; s| $||; s|time=\"[^\"]*\"|TIME|g; s|[0-9]{4}-[0-9-]+T[0-9:.]+Z|TIME|g
      s|\"pid\": [0-9]+|\"pid\": N|; s|^\\[[0-9,]+\\]$|PIDS|
      s|^([a-z]+ )[0-9]+( [A-Z]+)|\\1PID\\2|; s|^[0-9]+( -)?$|PID|"
}

# What a client of containerd does, as far as it reaches the runtime.
by_client() {
  local run=(ctr run --rm --runc-binary "$1")
  note 0 "${run[@]}" "$image" echo
  note 0 "${run[@]}" "$image" args /bin/sh -c 'cat /etc/motd; sleep .2'
  note 7 "${run[@]}" "$image" seven /bin/sh -c 'exit 7'
  note 0 "${run[@]}" "$image" err /bin/sh -c 'echo oops >&2; sleep .2'
  note 0 script -qec "${run[*]} -t $image tty /bin/sh -c '[ -t 0 ] && echo a terminal; sleep .2'" \
    /dev/null
  note 1 "${run[@]}" "$image" none /bin/missing
  ctr containers rm none >/dev/null 2>&1 || true
  note 1 "${run[@]}" --cwd /etc/motd "$image" badcwd
  ctr containers rm badcwd >/dev/null 2>&1 || true
  note 0 ctr run -d --runc-binary "$1" "$image" long /bin/sleep 600
  note 0 ctr tasks ls
  note 0 ctr tasks ps long
  note 5 ctr tasks exec --exec-id one long /bin/sh -c 'echo in; echo out >&2; sleep .2; exit 5'
  note 0 sh -c 'echo said | ctr tasks exec --exec-id in long /bin/cat'
  note 137 ctr tasks exec --exec-id killed long /bin/sh -c 'kill -9 $$'
  note 1 ctr tasks exec --exec-id two long /bin/missing
  note 0 ctr tasks pause long
  note 0 ctr tasks ls
  note 1 ctr tasks exec --exec-id paused long /bin/echo
  note 0 ctr tasks resume long
  note 1 ctr tasks checkpoint long checkpointed
}

# The runtime called for a container that runs.
by_hand() {
  local runtime=("$1" --root "/run/containerd/runc/$CONTAINERD_NAMESPACE")
  note 0 "${runtime[@]}" state long
  note 0 "${runtime[@]}" ps --format json long
  note 0 "${runtime[@]}" list -q
  note 3 "${runtime[@]}" exec long /bin/sh -c 'echo in; echo out >&2; sleep .2; exit 3'
  note 255 "${runtime[@]}" exec long /bin/missing
  note 0 "${runtime[@]}" pause long
  note 0 "${runtime[@]}" resume long
  note 0 "${runtime[@]}" update --cpu-share 512 long
  note 0 sh -c '"$@" events --stats long | jq -c "[.type, (.data | keys)]"' - "${runtime[@]}"
  note 1 "${runtime[@]}" checkpoint --image-path "$WORK/image" long
  note 1 "${runtime[@]}" kill long NOSIGNAL
  note 1 "${runtime[@]}" delete long
  note 1 "${runtime[@]}" start long
}

to_its_end() {
  note 0 ctr tasks kill -s USR1 long
  note 0 ctr tasks kill -s KILL long
  wait_for 10 task_stopped long
  note 0 ctr tasks ls
  note 0 ctr tasks delete long
  note 0 ctr containers delete long
}

# Calls that are about no container of ours.
about_nothing() {
  local runtime=("$1" --root "$WORK/empty")
  note 0 "$1" --version
  note 0 "$1" features
  note 0 "$1"
  note 0 "${runtime[@]}" list
  note 1 "${runtime[@]}" state nothing
  note 1 "${runtime[@]}" delete nothing
  note 1 "${runtime[@]}" kill nothing
  note 3 "${runtime[@]}" frobnicate
  note 1 "$1" --frobnicate
  note 0 "$1" create --help
}

task_stopped() { ctr tasks ls | grep "^$1 .*STOPPED"; }

transcript() {
  by_client "$1"
  by_hand "$1"
  to_its_end
  about_nothing "$1"
}

transcript "$(command -v runc)" >"$WORK/plain.txt"
transcript "$SHIM" >"$WORK/gated.txt"
commands=$(grep -c '^\$ ' "$WORK/plain.txt")
((commands == 47)) || fail "the transcript has $commands commands, not 47"
if ! diff -u "$WORK/plain.txt" "$WORK/gated.txt"; then
  fail "the shim is seen"
fi
CHECKS=$((CHECKS + commands))
passed "$commands commands behave the same with and without the shim"
