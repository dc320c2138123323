# The same packages as rpm has them: presets enable and start nothing by
# themselves, scripts run in rpm's order, an upgrade keeps the socket, and what is wired
# is undone before the programs go.
. "$ASSAY_SOURCE_DIR/tests/support/node.sh"
. "$ASSAY_SOURCE_DIR/tests/support/load.sh"
ASSAY_ROOT=$NODE

start_registry
make_cosign_key release
push_signed demo/app:1 --cmd /bin/true >/dev/null
push_signed demo/lasting:1 --cmd /bin/sleep --cmd 1000 >/dev/null
push_image demo/unsigned:1 --cmd /bin/true --file etc/motd=unsigned >/dev/null
for dist in 1 2; do
  "$ASSAY_SOURCE_DIR/packaging/build-rpm" --build "$ASSAY_BIN_DIR" \
    --output "$WORK/rpm$dist" --dist ".$dist" >/dev/null
done
make_clean_node bookworm "$PEER"
start_node
node systemctl start containerd
wait_for 20 node ctr version || fail "containerd does not answer"
# Whose names of libraries are not rpm's.
packages=${ASSAY_PACKAGES:-$ASSAY_BIN_DIR/packages}
libraries=$(dpkg-deb -f "$packages"/assay_*.deb Depends | sed 's/([^)]*)//g; s/,//g')
expect_ok "there is rpm" node sh -c "apt-get -qq -y install rpm $libraries"
config=$(sha256sum "$NODE/etc/containerd/config.toml")
pull_there() { node ctr images pull --plain-http "$REGISTRY/demo/$1:1"; }
for image in app lasting unsigned; do quietly pull_there "$image"; done
run_there() { node ctr run --rm "$REGISTRY/demo/$1:1" "$2"; }
mkdir "$NODE/usr/share/licenses" # where there is rpm, this is
node_files >"$WORK/files.before"

rpm_there() { node sh -c "rpm --nodeps $*"; }
expect_ok "the packages install" rpm_there -i "/mnt/rpm1/*.rpm"
for unit in assayd.socket assayd.service; do
  expect_equal "$unit is enabled by the preset" enabled "$(unit "$unit" UnitFileState)"
  expect_equal "  and not started" inactive "$(unit "$unit" ActiveState)"
done
expect_failure "doctor says what does not enforce yet" \
  "sudo systemctl start assayd" node assay doctor
expect_ok "nothing is refused by that" run_there unsigned installed
configure_node
expect_ok "the daemon starts in its sandbox" node systemctl start assayd
expect_ok "containerd is wired" node assay wire containerd
node systemctl restart containerd
starts_soon() { run_decided run_there "$1" "start-$((RUNS += 1))" && ((STATUS == 0)); }
wait_for 60 starts_soon app || fail "the signed image does not start"
passed "the signed image starts"
expect_failure "the unsigned one is refused" "create failed: no-signature: " \
  run_there unsigned refused
expect_ok "a container is to outlive it all" node ctr run -d \
  --runc-binary /usr/lib/assay/bin/runc "$REGISTRY/demo/lasting:1" lasting

socket_since=$(unit assayd.socket ActiveEnterTimestampMonotonic)
daemon=$(unit assayd.service MainPID)
start_load 5
wait_for 60 load_reached 1 || fail "nothing is started or pulled"
expect_ok "an upgrade, while containers start" rpm_there -U "/mnt/rpm2/*.rpm"
end_load
expect_equal "  to the newer release" 1.2 "$(node rpm -q --qf '%{RELEASE}' assay-shim)"
expect_equal "  the socket stayed" "$socket_since" \
  "$(unit assayd.socket ActiveEnterTimestampMonotonic)"
[[ $(unit assayd.service MainPID) != "$daemon" ]] || fail "the old daemon still runs"
passed "  the daemon did not"

printf '# by hand\n' >>"$NODE/etc/containerd/config.toml"
expect_failure "what was wired and edited since cannot be restored, and the shim stays" \
  "assay-shim stays installed" rpm_there -e assay-shim
expect_ok "  for rpm, too" node rpm -q assay-shim
expect_failure "  in force" "no-signature: " run_there unsigned still
sed -i '/^# by hand$/d' "$NODE/etc/containerd/config.toml"
expect_ok "the packages are removed" rpm_there -e assay assay-shim
expect_equal "containerd's configuration is what it was" "$config" \
  "$(sha256sum "$NODE/etc/containerd/config.toml")"
expect_ok "the unsigned image starts" run_there unsigned after
expect_ok "  and is pulled" pull_there unsigned
expect_ok "the container that outlived it is killed" node ctr tasks kill -s KILL lasting
wait_for 20 node ctr tasks delete lasting || fail "it cannot be deleted"
node ctr containers rm lasting
expect_ok "what running containers needed goes with the next boot" \
  node systemd-tmpfiles --remove --boot
# rpm knows no purge.
rm -r "$NODE"/etc/assay "$NODE"/var/{lib,log}/assay "$NODE/etc/containerd/certs.d/$REGISTRY"
node_files >"$WORK/files.after"
run diff "$WORK/files.before" "$WORK/files.after"
((STATUS == 0)) || fail "files are left, or gone"
passed "and no other file is left"
