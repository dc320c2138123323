# The packages' life on a node with systemd: installed, they enforce nothing and
# say so; wired, they do; upgraded while containers start and images are pulled,
# they give no wrong answer; removed, they leave running containers and runtimes as they were; and
# purged, no file.
. "$ASSAY_SOURCE_DIR/tests/support/node.sh"

packages=${ASSAY_PACKAGES:-$ASSAY_BIN_DIR/packages}
starts=${ASSAY_UPGRADE_STARTS:-15} # of each kind, at least
ASSAY_ROOT=$NODE

start_registry
make_cosign_key release
push_signed demo/app:1 --cmd /bin/true >/dev/null
push_signed demo/lasting:1 --cmd /bin/sleep --cmd 1000 >/dev/null
push_image demo/unsigned:1 --cmd /bin/true --file etc/motd=unsigned >/dev/null
"$ASSAY_SOURCE_DIR/packaging/build-deb" --build "$ASSAY_BIN_DIR" --fast \
  --output "$WORK/newer" --version 0.1.0+1 >/dev/null &
builder=$!
mkdir "$WORK/packages"
cp "$packages"/*.deb "$WORK/packages"
make_node containerd21
start_node
node systemctl start containerd
wait_for 20 node ctr version || fail "containerd does not answer"
pull_there() { node ctr images pull --plain-http "$REGISTRY/demo/$1:1"; }
for image in app lasting unsigned; do quietly pull_there "$image"; done
run_there() { node ctr run --rm "$REGISTRY/demo/$1:1" "$2"; }
expect_ok "without Assay the unsigned image starts" run_there unsigned before
node_files >"$WORK/files.before"

install_packages_there() { node sh -c "dpkg -i /mnt/$1/*.deb"; }
expect_ok "the packages install" install_packages_there packages
expect_ok "the socket is there" node systemctl is-active assayd.socket
expect_ok "the daemon runs in its sandbox" node systemctl is-active assayd.service
expect_failure "doctor says what does not enforce yet" \
  "sudo assay wire containerd" node assay doctor
expect_ok "nothing is refused by that" run_there unsigned installed

cp "$WORK/keys/release.pub" "$NODE/etc/assay/trust/"
ASSAY_ROOT=$NODE write_release_policy
mkdir -p "$NODE/etc/containerd/certs.d/$REGISTRY"
printf 'server = "http://%s"\n[host."http://%s"]\ncapabilities = ["pull", "resolve"]\n' \
  "$REGISTRY" "$REGISTRY" >"$NODE/etc/containerd/certs.d/$REGISTRY/hosts.toml"
expect_ok "the policy is taken" node assay policy check
expect_ok "  also by systemctl reload" node systemctl reload assayd
expect_ok "containerd is wired" node assay wire containerd
node systemctl restart containerd
starts_soon() { run_decided run_there "$1" "start-$((RUNS += 1))" && ((STATUS == 0)); }
wait_for 60 starts_soon app || fail "the signed image does not start"
passed "the signed image starts"
expect_failure "the unsigned one is refused" "create failed: no-signature: " \
  run_there unsigned refused
expect_failure "  and not pulled" "no-signature: " pull_there unsigned
expect_ok "a container is to outlive it all" node ctr run -d \
  --runc-binary /usr/lib/assay/bin/runc "$REGISTRY/demo/lasting:1" lasting

# --- upgrade ------------------------------------------------------------------

# do_many COMMAND: with the signed and the unsigned image, until $WORK/upgraded is
# there, and so many times; a line for each in COMMAND.IMAGE, with its status and
# what was said last.
do_many() {
  local image said count=0 status
  while ((count < starts)) || [[ ! -e $WORK/upgraded ]]; do
    count=$((count + 1))
    for image in app unsigned; do
      status=0
      said=$("$1" "$image" "$image-$count" 2>&1) || status=$?
      printf '%s %s\n' "$status" "$(tail -n 1 <<<"$said")" >>"$WORK/$1.$image"
    done
  done
}

# expect_answers COMMAND: every line of the two files is right. Too busy to decide
# in time is an answer, though not a wrong one.
late='^1 .*: (deadline|overloaded|[a-z]+-pending): '
expect_answers() {
  local wrong
  wrong=$(grep -vE "^0 |$late" "$WORK/$1.app" || true)
  [[ -z $wrong ]] || fail "$1 of a signed image: $wrong"
  passed "  $1: $(grep -c '^0 ' "$WORK/$1.app") of $(wc -l <"$WORK/$1.app") signed came about"
  wrong=$(grep -vE "^1 .*no-signature: |$late" "$WORK/$1.unsigned" || true)
  [[ -z $wrong ]] || fail "$1 of an unsigned image: $wrong"
  passed "  $1: $(wc -l <"$WORK/$1.unsigned") unsigned were refused"
}

unit() { node systemctl show --value -p "$2" "$1"; }
wait "$builder" || fail "the newer packages cannot be built"
socket_since=$(unit assayd.socket ActiveEnterTimestampMonotonic)
daemon=$(unit assayd.service MainPID)
do_many run_there &
workers=($!)
do_many pull_there &
workers+=($!)
all_began() { [[ -s $WORK/run_there.unsigned && -s $WORK/pull_there.unsigned ]]; }
wait_for 60 all_began || fail "nothing is started or pulled"
run install_packages_there newer
touch "$WORK/upgraded"
((STATUS == 0)) || fail "the upgrade: $OUTPUT"
passed "an upgrade, while containers start"
wait "${workers[@]}"
expect_equal "  to the newer version" 0.1.0+1 \
  "$(node dpkg-query -W -f '${Version}' assay-shim)"
expect_equal "  the socket stayed" "$socket_since" \
  "$(unit assayd.socket ActiveEnterTimestampMonotonic)"
[[ $(unit assayd.service MainPID) != "$daemon" ]] || fail "the old daemon still runs"
passed "  the daemon did not"
expect_answers run_there
expect_answers pull_there

# --- removal ------------------------------------------------------------------

printf '# by hand\n' >>"$NODE/etc/containerd/config.toml"
expect_failure "what was wired and edited since cannot be restored, and the shim stays" \
  "assay-shim stays installed" node dpkg -r assay-shim
expect_failure "  in force" "no-signature: " run_there unsigned still
sed -i '/^# by hand$/d' "$NODE/etc/containerd/config.toml"
expect_ok "the packages are removed" node dpkg -r assay-shim assay
expect_equal "containerd's configuration is what it was" "version = 2" \
  "$(cat "$NODE/etc/containerd/config.toml")"
expect_ok "the unsigned image starts, as it did before" run_there unsigned after
expect_ok "  also where the shim's place is called" node ctr run --rm \
  --runc-binary /usr/lib/assay/bin/runc "$REGISTRY/demo/unsigned:1" called
expect_ok "  and is pulled" pull_there unsigned
expect_output "the container that outlived it is seen" RUNNING node ctr tasks ls
expect_ok "  entered" node ctr tasks exec --exec-id one lasting /bin/true
expect_ok "  killed" node ctr tasks kill -s KILL lasting
wait_for 20 node ctr tasks delete lasting || fail "it cannot be deleted"
passed "  and deleted"
node ctr containers rm lasting
# Whether containerd is younger than the link is told by seconds.
link_is_old() { (($(date +%s) - $(stat -c %Y "$NODE/usr/lib/assay/bin/runc") > 3)); }
wait_for 10 link_is_old || fail "the link that is handed over is not there"
node systemctl restart containerd
expect_ok "the packages are purged" node dpkg --purge assay-shim assay
rm -r "$NODE/etc/containerd/certs.d/$REGISTRY"
node_files >"$WORK/files.after"
run diff "$WORK/files.before" "$WORK/files.after"
((STATUS == 0)) || fail "files are left, or gone"
passed "and no file is left"
