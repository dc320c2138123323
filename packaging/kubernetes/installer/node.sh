# How the installer speaks: to its log, and to the node.

say() { printf '%s\n' "$*" >&2; }

# problem REASON TEXT: why the node is not what it is to be. Fails.
problem() {
  PROBLEM=$1
  PROBLEM_TEXT=$2
  say "$1: $2"
  return 1
}

read -ra ENTER <<<"${ASSAY_NODE_ENTER:-nsenter --target 1 --mount --uts --ipc --net --pid --root --wd}"

# on_node COMMAND...: runs it as one of the node's own.
on_node() {
  "${ENTER[@]}" env -i HOME=/root LC_ALL=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null
}

# on_node_script NAME ARGUMENT: a script of the packages, which need not lie there.
on_node_script() {
  "${ENTER[@]}" env -i HOME=/root LC_ALL=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    sh -s "$2" <"$PAYLOAD/scripts/$1"
}

# put_file TEXT PATH: replaces the file in one step.
put_file() {
  printf '%s' "$1" >"$2.assay-new" && sync "$2.assay-new" && mv -fT "$2.assay-new" "$2"
}
