# What is mounted at the bundle's rootfs must be the container's snapshot, and
# config.json must start from there. Whoever can write to the bundle between
# containerd's mount and the runtime's start gains nothing.
start_everything
push_signed demo/app:1 --file etc/release=good >/dev/null
pull demo/app:1
mkdir -p "$WORK/evil/bin"
cp /bin/busybox "$WORK/evil/bin/"
cp /bin/busybox "$WORK/evil/bin/echo"

# attack COMMANDS [OPTION...]: a container of the signed image; COMMANDS change
# the bundle, their current folder, just before the gate is asked.
attack() {
  local commands=$1
  shift
  cat >"$WORK/meddler" <<WRAPPER
#!/bin/bash
for word in "\$@"; do
  [[ \$word == create ]] && creates=yes
  [[ \${before:-} == --bundle ]] && bundle=\$word
  before=\$word
done
[[ -z \${creates:-} ]] || (set -e; cd "\$bundle"; $commands) || exit 9
exec "$SHIM" "\$@"
WRAPPER
  chmod 755 "$WORK/meddler"
  ctr run --rm --runc-binary "$WORK/meddler" "$@" "$REGISTRY/demo/app:1" \
    "meddled-$BASHPID"
}

expect_output "nothing is meddled with" "hello from" attack true
expect_output "on the native snapshotter" "hello from" attack true --snapshotter native
mismatch() { expect_refused "$1" subject-mount-mismatch attack "${@:2}"; }
mismatch "another folder is mounted over it" "mount --bind $WORK/evil rootfs"
mismatch "the same on the native snapshotter" "mount --bind $WORK/evil rootfs" \
  --snapshotter native
mismatch "nothing is mounted, the folder below is filled" \
  "umount rootfs; cp -a $WORK/evil/. rootfs/"
[[ $OUTPUT == *"nothing is mounted"* ]] || fail "it is refused for something else"
mismatch "another folder is mounted instead" \
  "umount rootfs; mount --bind $WORK/evil rootfs"

# The overlay once more, with one folder changed: options are those of
# /proc/self/mountinfo, whose first is the mount's own.
remount='options=$(grep " $PWD/rootfs " /proc/self/mountinfo | sed "s/.* - [^ ]* [^ ]* //")
  options=$(grep -oE "(lowerdir|upperdir|workdir)=[^,]*" <<<"$options" | paste -sd,)
  umount rootfs; mkdir -p '"$WORK"'/upper '"$WORK"'/work
  mount -t overlay overlay rootfs -o '
mismatch "a lower folder is put above the image's" \
  "$remount\"\${options/lowerdir=/lowerdir=$WORK/evil:}\""
mismatch "another upper folder" \
  "$remount\"\$(sed 's|upperdir=[^,]*|upperdir=$WORK/upper|; s|workdir=[^,]*|workdir=$WORK/work|' <<<\"\$options\")\""

change='mv config.json old; jq '
mismatch "config.json names another root" \
  "$change'.root.path = \"$WORK/evil\"' old >config.json"
mismatch "config.json mounts over the root" \
  "$change'.mounts = [{destination: \"//.\", type: \"bind\", source: \"$WORK/evil\",
    options: [\"rbind\"]}] + .mounts' old >config.json"
expect_refused "config.json is broken" hook-malformed attack "echo '{' >config.json"
