# The packages' life on a node with systemd: installed, they enforce nothing and
# say so; wired, they do; upgraded while containers start and images are pulled,
# they give no wrong answer; removed, they leave running containers and runtimes as they were; and
# purged, no file.
. "$ASSAY_SOURCE_DIR/tests/support/node.sh"
. "$ASSAY_SOURCE_DIR/tests/support/load.sh"

packages=${ASSAY_PACKAGES:-$ASSAY_BIN_DIR/packages}
starts=${ASSAY_UPGRADE_STARTS:-15} # of each kind, at least
upgrades=${ASSAY_UPGRADES:-1}      # every other one is back to the first version
ASSAY_ROOT=$NODE

# repack FOLDER VERSION: the same packages as of another version.
repack() {
  local deb work version
  mkdir "$1"
  for deb in "$packages"/*.deb; do
    work=$(mktemp -d)
    version=$(dpkg-deb -f "$deb" Version)
    dpkg-deb -R "$deb" "$work/root"
    sed -i "s/^Version: .*/Version: $2/; s/(= $version)/(= $2)/" "$work/root/DEBIAN/control"
    dpkg-deb -Zgzip -z1 -b "$work/root" "$1/$(dpkg-deb -f "$deb" Package).deb" >/dev/null
    rm -r "$work"
  done
}

start_registry
make_cosign_key release
push_signed demo/app:1 --cmd /bin/true >/dev/null
push_signed demo/lasting:1 --cmd /bin/sleep --cmd 1000 >/dev/null
push_image demo/unsigned:1 --cmd /bin/true --file etc/motd=unsigned >/dev/null
mkdir "$WORK/packages"
cp "$packages"/*.deb "$WORK/packages"
repack "$WORK/newer" 0.1.0+1
# What a release ships is its own; only the latest containerd asks before it pulls.
if [[ $PEER == containerd* ]]; then
  make_clean_node bookworm "$PEER"
else
  make_clean_node "$PEER"
fi
start_node
node systemctl start containerd
wait_for 20 node ctr version || fail "containerd does not answer"
config=$(sha256sum "$NODE/etc/containerd/config.toml")
pull_there() { node ctr images pull --plain-http "$REGISTRY/demo/$1:1"; }
for image in app lasting unsigned; do quietly pull_there "$image"; done
run_there() { node ctr run --rm "$REGISTRY/demo/$1:1" "$2"; }
expect_ok "without Assay the unsigned image starts" run_there unsigned before
node_files >"$WORK/files.before"

apt_there() { node sh -c "apt-get -qq -y --allow-downgrades $*"; }
install_packages_there() { apt_there install "/mnt/$1/*.deb"; }
expect_ok "the packages install" install_packages_there packages
expect_ok "the socket is there" node systemctl is-active assayd.socket
expect_ok "the daemon runs in its sandbox" node systemctl is-active assayd.service
expect_failure "doctor says what does not enforce yet" \
  "sudo assay wire containerd" node assay doctor
expect_ok "nothing is refused by that" run_there unsigned installed

configure_node
expect_ok "the policy is taken" node assay policy check
expect_ok "  also by systemctl reload" node systemctl reload assayd
if [[ $PEER != containerd* ]]; then # a kubelet that pulls through the daemon
  IMAGES=/proc/$NODE_PID/root/run/assay/image.sock CONTAINERD_ADDRESS=
  printf '\n[image_proxy]\n' >>"$NODE/etc/assay/assayd.toml"
  pull_there() { cri --socket "$IMAGES" pull "$REGISTRY/demo/$1:1"; }
  expect_ok "  and pulls are asked about" node systemctl restart assayd
fi
wire_there() {
  node assay wire containerd && node systemctl restart containerd
}
expect_ok "containerd is wired" wire_there
starts_soon() { run_decided run_there "$1" "start-$((RUNS += 1))" && ((STATUS == 0)); }
wait_for 60 starts_soon app || fail "the signed image does not start"
passed "the signed image starts"
expect_failure "the unsigned one is refused" "create failed: no-signature: " \
  run_there unsigned refused
expect_failure "  and not pulled" "no-signature: " pull_there unsigned
expect_ok "a container is to outlive it all" node ctr run -d \
  --runc-binary /usr/lib/assay/bin/runc "$REGISTRY/demo/lasting:1" lasting

# --- upgrade ------------------------------------------------------------------

socket_since=$(unit assayd.socket ActiveEnterTimestampMonotonic)
daemon=$(unit assayd.service MainPID)
start_load "$starts"
for ((upgrade = 0; upgrade < upgrades; ++upgrade)); do
  wait_for 300 load_reached $((upgrade * starts / upgrades + 1)) ||
    fail "nothing is started or pulled"
  if ((upgrade % 2)); then folder=packages; else folder=newer; fi
  run install_packages_there "$folder"
  ((STATUS == 0)) || fail "upgrade $upgrade: $OUTPUT"
done
passed "$upgrades upgrades, while containers start"
end_load
expect_equal "  to the newer version" 0.1.0+1 \
  "$(node dpkg-query -W -f '${Version}' assay-shim)"
expect_equal "  the socket stayed" "$socket_since" \
  "$(unit assayd.socket ActiveEnterTimestampMonotonic)"
[[ $(unit assayd.service MainPID) != "$daemon" ]] || fail "the old daemon still runs"
passed "  the daemon did not"

expect_ok "it is undone by hand" node assay wire containerd --undo
expect_equal "  containerd's configuration is what it was" "$config" \
  "$(sha256sum "$NODE/etc/containerd/config.toml")"
expect_ok "  nothing is refused" run_there unsigned undone
expect_ok "and wired again" wire_there
expect_failure "  the unsigned image is refused" "no-signature: " run_there unsigned again

# --- removal ------------------------------------------------------------------

printf '# by hand\n' >>"$NODE/etc/containerd/config.toml"
expect_failure "what was wired and edited since cannot be restored, and the shim stays" \
  "assay-shim stays installed" apt_there remove assay-shim
expect_failure "  in force" "no-signature: " run_there unsigned still
sed -i '/^# by hand$/d' "$NODE/etc/containerd/config.toml"
mkdir "$NODE/var/lib/kubelet"
echo "imageServiceEndpoint: unix:///run/assay/image.sock" >"$NODE/var/lib/kubelet/config.yaml"
expect_failure "while a kubelet pulls through it, it stays as well" \
  "its kubelet could pull nothing any more" apt_there remove assay-shim assay
expect_failure "  in force" "no-signature: " run_there unsigned pulled
rm -r "$NODE/var/lib/kubelet"
expect_ok "the packages are removed" apt_there remove assay-shim assay
expect_equal "containerd's configuration is what it was" "$config" \
  "$(sha256sum "$NODE/etc/containerd/config.toml")"
expect_ok "the unsigned image starts, as it did before" run_there unsigned after
expect_ok "  also where the shim's place is called" node ctr run --rm \
  --runc-binary /usr/lib/assay/bin/runc "$REGISTRY/demo/unsigned:1" called
IMAGES=/proc/$NODE_PID/root/run/containerd/containerd.sock # of who asked Assay's
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
expect_ok "the packages are purged" apt_there purge assay-shim assay
expect_ok "  and what came with them" apt_there autoremove --purge
rm -r "$NODE/etc/containerd/certs.d/$REGISTRY"
node_files >"$WORK/files.after"
run diff "$WORK/files.before" "$WORK/files.after"
((STATUS == 0)) || fail "files are left, or gone"
passed "and no file is left, of $(wc -l <"$WORK/files.after") lines about them"
