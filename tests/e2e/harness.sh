# What the cases say: expectations about commands. The first one that does not
# hold ends the case and shows the logs.

CHECKS=0
OUTPUT=

# Ends the case: stops what it started while containerd can still be asked.
finish() {
  local status=$?
  trap - EXIT
  set +e
  ((status == 0)) || show_logs
  remove_pods
  remove_containers
  stop_all
  remove_cgroups
  exit "$status"
}

show_logs() {
  local log
  for log in "$WORK"/*.log "$WORK"/*/containerd.log "$WORK"/assay/var/log/assay/audit.jsonl; do
    [[ -s $log ]] || continue
    echo "--- the end of $log"
    grep -vE 'level=(debug|info)|" (20[0-9]|404) |err.code=' "$log" | tail -n 12 | cut -c1-500
  done
}

fail() {
  echo "FAIL: $*"
  [[ -z $OUTPUT ]] || printf -- '--- its output\n%s\n' "$OUTPUT"
  exit 1
}

# Runs a command; sets STATUS, and OUTPUT to both of its streams.
run() {
  STATUS=0
  OUTPUT=$("$@" 2>&1) || STATUS=$?
}

passed() {
  CHECKS=$((CHECKS + 1))
  echo "ok - $*"
}

# run_heard COMMAND...: run, again where it ended well without a word. On a busy
# machine ctr sometimes loses the output of a container that ends before ctr has
# opened its pipe.
run_heard() {
  local tries=3
  run "$@"
  while ((STATUS == 0 && --tries > 0)) && [[ -z $OUTPUT ]]; do run "$@"; done
}

# expect_ok WHAT COMMAND...
expect_ok() {
  local what=$1
  shift
  run "$@"
  ((STATUS == 0)) || fail "$what: exit status $STATUS of: $*"
  passed "$what"
}

# expect_output WHAT TEXT COMMAND...: it succeeds and its output has TEXT.
expect_output() {
  local what=$1 text=$2
  shift 2
  run_heard "$@"
  ((STATUS == 0)) || fail "$what: exit status $STATUS of: $*"
  [[ $OUTPUT == *"$text"* ]] || fail "$what: no '$text' in the output of: $*"
  passed "$what"
}

# expect_status WHAT STATUS COMMAND...
expect_status() {
  local what=$1 wanted=$2
  shift 2
  run "$@"
  ((STATUS == wanted)) ||
    fail "$what: exit status $STATUS, not $wanted, of: $*"
  passed "$what"
}

# expect_failure WHAT TEXT COMMAND...: it fails, and says TEXT.
expect_failure() {
  local what=$1 text=$2
  shift 2
  run "$@"
  ((STATUS != 0)) || fail "$what: this succeeded: $*"
  [[ $OUTPUT == *"$text"* ]] || fail "$what: no '$text' in the output of: $*"
  passed "$what"
}

expect_equal() {
  [[ $2 == "$3" ]] || fail "$1: '$2' is not '$3'"
  passed "$1"
}

# --- images and containers ----------------------------------------------------

pull() { quietly ctr images pull --plain-http --platform "$(platform)" "$REGISTRY/$1"; }

platform() { echo "linux/$(dpkg --print-architecture)"; }
