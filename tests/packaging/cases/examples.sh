# What the documents and man pages say is to be typed is typed on a node with
# systemd and containerd, where the packages are installed as the README says.
. "$ASSAY_SOURCE_DIR/tests/support/node.sh"

packages=${ASSAY_PACKAGES:-$ASSAY_BIN_DIR/packages}
mapfile -t pages < <(find "$ASSAY_SOURCE_DIR/packaging/man" \
  "$ASSAY_BIN_DIR/packaging/man" -maxdepth 1 -name '*.[0-9]')

# The registry of the examples is on this machine, for the test and its node.
printf '127.0.0.1 localhost registry.example.com\n' >"$WORK/hosts"
mount --bind "$WORK/hosts" /etc/hosts
REGISTRY_NAME=registry.example.com
start_registry
make_cosign_key cosign
make_cosign_key release-2027
cart=$(push_image shop/cart:2 --cmd /bin/true)
for key in cosign release-2027; do sign_cosign25 "$key" "shop/cart@$cart"; done
pause=$(push_image shop/pause:1 --cmd /bin/sleep --cmd 1000)
for key in cosign release-2027; do sign_cosign25 "$key" "shop/pause@$pause"; done
push_image shop/api:1 --cmd /bin/true --file etc/motd=unsigned >/dev/null

make_node containerd21
cat >"$NODE/etc/containerd/config.toml" <<'TOML'
version = 2
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "registry.example.com/shop/pause:1"
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "/etc/containerd/certs.d"
TOML
mkdir -p "$NODE/etc/containerd/certs.d/$REGISTRY" "$NODE/root/documents/build"
printf 'server = "http://%s"\n[host."http://%s"]\ncapabilities = ["pull", "resolve"]\n' \
  "$REGISTRY" "$REGISTRY" >"$NODE/etc/containerd/certs.d/$REGISTRY/hosts.toml"
cp "$WORK/hosts" "$NODE/etc/hosts"
# Runtimes that are wired and not started.
mkdir -p "$NODE"/etc/{crio,containers,docker}
printf '[crio.runtime]\ndefault_runtime = "runc"\n[crio.runtime.runtimes.runc]\n' \
  >"$NODE/etc/crio/crio.conf"
printf '[engine]\n' >"$NODE/etc/containers/containers.conf"
printf '{"features": {"containerd-snapshotter": true}}\n' >"$NODE/etc/docker/daemon.json"
rm -f "$NODE/var/lib/man-db/auto-update" # all pages of this machine, each time
printf 'APT::Get::Assume-Yes "true";\n' >"$NODE/etc/apt/apt.conf.d/assume-yes"

configured() {
  (cd "$NODE/etc" && find containerd/config.toml crio containers docker -type f \
    -exec sha256sum {} + | sort)
}
configured >"$WORK/configured.before"

# What lies in the folder in which a reader types.
documents="$NODE/root/documents"
cp -r "$packages" "$documents/build/packages"
cp "$WORK/keys"/{cosign,release-2027}.pub "$documents"
echo "$cart" >"$documents/cart.digest"
for tag in 2 "${cart/:/-}.sig"; do
  skopeo --insecure-policy copy -q --src-tls-verify=false \
    "docker://$REGISTRY/shop/cart:$tag" "oci:$documents/build/layout:$tag"
done
echo goods >"$documents/cart.tgz"
quietly cosign31 sign-blob -y --key "$WORK/keys/cosign.key" --tlog-upload=false \
  --use-signing-config=false --bundle "$documents/cart.tgz.sigstore.json" \
  "$documents/cart.tgz"
cp "$(peer_bin prometheus)/promtool" "$WORK/"

start_node
node systemctl start containerd
wait_for 20 node ctr version || fail "containerd does not answer"
for image in cart:2 pause:1 api:1; do
  for namespace in default k8s.io; do
    quietly node ctr -n "$namespace" images pull --plain-http "$REGISTRY/shop/$image"
  done
done
run python3 -B "$ASSAY_SOURCE_DIR/tests/packaging/examples/run.py" \
  "$ASSAY_SOURCE_DIR" "$NODE" "$NODE_PID" "${pages[@]}"
((STATUS == 0)) || fail "an example does not do what is said of it"
passed "$(tail -n 1 <<<"$OUTPUT")"

# The guide ends with a removal.
expect_equal "every runtime has its own configuration again" \
  "$(cat "$WORK/configured.before")" "$(configured)"
for folder in etc/assay var/lib/assay var/log/assay usr/lib/assay; do
  [[ ! -e $NODE/$folder ]] || fail "/$folder is left: $(find "$NODE/$folder" -ls)"
done
passed "and nothing of Assay is left"
