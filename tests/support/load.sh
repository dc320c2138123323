# A node under load: containers are started and images pulled all the while, by
# run_there and pull_there of the test, with an image app that is signed and one
# that is not. Source node.sh first.

# do_many COMMAND COUNT: with either image, so many times and until
# $WORK/COMMAND.end is there; a line for each in COMMAND.IMAGE, with its status and what was said last.
do_many() {
  local image said count=0 status
  while ((count < $2)) || [[ ! -e $WORK/$1.end ]]; do
    count=$((count + 1))
    for image in app unsigned; do
      status=0
      said=$("$1" "$image" "$image-$count" 2>&1) || status=$?
      printf '%s %s\n' "$status" "$(tail -n 1 <<<"$said")" >>"$WORK/$1.$image"
    done
  done
}

# start_load COUNT: so many of each image are started at least, and pulled meanwhile.
start_load() {
  do_many run_there "$1" &
  STARTER=$!
  do_many pull_there 1 &
  PULLER=$!
}

# load_reached COUNT: so many were started, and some pulled.
load_reached() {
  [[ -s $WORK/pull_there.unsigned && -s $WORK/run_there.unsigned ]] &&
    (($(wc -l <"$WORK/run_there.unsigned") >= $1))
}

end_load() {
  touch "$WORK/run_there.end"
  wait "$STARTER"
  touch "$WORK/pull_there.end"
  wait "$PULLER"
  expect_answers run_there
  expect_answers pull_there
}

# expect_answers COMMAND: every line of its two files is right. Too busy to decide
# in time is an answer, though not a wrong one; so is a kubelet's that it is to
# try again, because the daemon is just being replaced.
late='^1 .*: (deadline|overloaded|[a-z]+-pending): |^1 UNAVAILABLE: '
expect_answers() {
  local wrong all="$WORK/$1"
  wrong=$(grep -vE "^0 |$late" "$all.app" || true)
  [[ -z $wrong ]] || fail "$1 of a signed image: $wrong"
  passed "  $1: $(grep -c '^0 ' "$all.app") of $(wc -l <"$all.app") signed came about"
  wrong=$(grep -vE "^1 .*no-signature: |$late" "$all.unsigned" || true)
  [[ -z $wrong ]] || fail "$1 of an unsigned image: $wrong"
  passed "  $1: $(grep -c 'no-signature: ' "$all.unsigned") of $(wc -l <"$all.unsigned") unsigned were refused"
}
