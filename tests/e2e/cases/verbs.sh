# Behind the shim every verb does what it does without it: output, errors, exit
# status and signals.
start_everything
push_signed demo/tool:1 --file etc/motd=tool >/dev/null
pull demo/tool:1
image="$REGISTRY/demo/tool:1"

# Runs a command and writes it down with all that can be seen of it. Times,
# process ids and the path of the runtime differ from run to run.
note() {
  local status=0 output
  output=$("$@" 2>&1) || status=$?
  printf '$ %s\n%s\n= %d\n' "$*" "$output" "$status" |
    sed -E "s|$SHIM|RUNC|g; s|$(command -v runc)|RUNC|g; s|\\bpid [0-9]+|pid N|g
      s| +| |g; s| $||; s|time=\"[^\"]*\"|TIME|g; s|[0-9]{4}-[0-9-]+T[0-9:.]+Z|TIME|g
      s|^([a-z]+ )[0-9]+( [A-Z]+)|\\1PID\\2|; s|^[0-9]+( -)?$|PID|"
}

transcript() {
  local runtime=$1
  note ctr run --rm --runc-binary "$runtime" "$image" echo
  note ctr run --rm --runc-binary "$runtime" "$image" args /bin/cat /etc/motd
  note ctr run --rm --runc-binary "$runtime" "$image" seven /bin/sh -c 'exit 7'
  note ctr run --rm --runc-binary "$runtime" "$image" err /bin/sh -c 'echo oops >&2'
  note ctr run --rm --runc-binary "$runtime" "$image" none /bin/missing
  ctr containers rm none >/dev/null 2>&1 || true
  note ctr run --rm --runc-binary "$runtime" --cwd /etc/motd "$image" badcwd
  ctr containers rm badcwd >/dev/null 2>&1 || true
  note ctr run -d --runc-binary "$runtime" "$image" long /bin/sleep 60
  note ctr tasks ls
  note ctr tasks exec --exec-id one long /bin/sh -c 'echo in; exit 5'
  note ctr tasks exec --exec-id two long /bin/missing
  note ctr tasks pause long
  note ctr tasks ls
  note ctr tasks resume long
  note ctr tasks checkpoint long checkpointed
  note ctr tasks kill -s USR1 long
  note ctr tasks kill -s KILL long
  wait_for 10 task_stopped long
  note ctr tasks ls
  note ctr tasks delete long
  note ctr containers delete long
  note "$runtime" --version
  note "$runtime" --root "$WORK/empty" list
  note "$runtime" --root "$WORK/empty" state nothing
  note "$runtime" --root "$WORK/empty" delete nothing
  note "$runtime" --root "$WORK/empty" kill nothing
  note "$runtime" --root "$WORK/empty" frobnicate
  note "$runtime" --frobnicate
  note "$runtime" features
  note "$runtime"
}

task_stopped() { ctr tasks ls | grep "^$1 .*STOPPED"; }

transcript "$(command -v runc)" >"$WORK/plain.txt"
transcript "$SHIM" >"$WORK/gated.txt"
commands=$(grep -c '^\$ ' "$WORK/plain.txt")
((commands == 28)) || fail "the transcript has $commands commands, not 28"
grep -q '^= 7$' "$WORK/plain.txt" || fail "the transcript shows no exit status"
if ! diff -u "$WORK/plain.txt" "$WORK/gated.txt"; then
  fail "the shim is seen"
fi
CHECKS=$((CHECKS + commands))
passed "$commands commands behave the same with and without the shim"
