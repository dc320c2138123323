# What would bind a container to an image it was not made of, each with the
# reason that stops it.
# shellcheck source=tests/integration/containerd/lib.sh
. "$CASE_DIR/lib.sh"
start_registry
install_probe "$WORK/containerd"
start_containerd "$PEER" "$WORK/containerd"

push_image demo/one:1 --file etc/motd=one >/dev/null
push_image demo/two:1 --file etc/motd=two >/dev/null
# The layers of demo/one under another configuration, and under other blobs.
push_image demo/evil:1 --file etc/motd=one --cmd /bin/echo --cmd evil >/dev/null
recompressed=$(push_image demo/again:1 --file etc/motd=one --gzip 1 \
  --cmd /bin/echo --cmd "hello from demo.one.1")
for name in one two evil again; do pull "demo/$name:1"; done
one="$REGISTRY/demo/one:1" two="$REGISTRY/demo/two:1" evil="$REGISTRY/demo/evil:1"
config=$(config_of demo/one:1)

# --- the tag moved between create and start
ctr containers create "$one" moved >/dev/null
quietly ctr images tag --force "$two" "$one"
starts moved
refused "the name now means another image" subject-tag-moved
quietly ctr images rm "$one"
starts moved
refused "the name means nothing any more" subject-unbound
pull demo/one:1

# --- the same layers under another configuration
ctr containers create "$evil" config >/dev/null
quietly ctr images tag --force "$one" "$evil"
starts config
refused "the name now means another configuration of these layers" \
  subject-config-unproven
ctr containers create "$one" same >/dev/null
pull demo/one:1
starts same
bound "a name that was written again, the process being that of its image"
expect_equal "that image" "$(answers config)" "$config"
ctr containers create "$one" args /bin/echo other >/dev/null
pull demo/one:1
starts args
refused "the same with arguments of its own" subject-config-unproven
ctr containers create --env LD_PRELOAD=/x "$one" env >/dev/null
pull demo/one:1
starts env
refused "the same with an environment of its own" subject-config-unproven
ctr containers create --cwd /tmp "$one" cwd >/dev/null
pull demo/one:1
starts cwd
refused "the same in a folder of its own" subject-config-unproven
pull demo/evil:1

# --- one configuration, several manifests; an index and its members
creates several "$REGISTRY/demo/again:1"
bound "an image whose configuration two manifests share"
expect_equal "to its own configuration" "$(answers config)" "$(config_of demo/again:1)"
[[ $(answers manifest) == *"$recompressed"* ]] || fail "without its manifest"
expect_equal "under the name that was asked for" "$(answers name)" \
  "$REGISTRY/demo/again:1"
index=$(push_index demo/index:1 demo/one:1 demo/two:1)
pull demo/index:1
creates indexed "$REGISTRY/demo/index:1"
bound "an image from an index"
expect_equal "which may be signed" "$(answers index)" "$index"
push_index demo/both:1 demo/one:1 demo/evil:1 >/dev/null
quietly ctr content fetch --plain-http --all-platforms "$REGISTRY/demo/both:1"
creates both "$REGISTRY/demo/both:1" /bin/echo other
refused "an index with two configurations of these layers" subject-config-unproven

# --- no image at all
mkdir -p "$WORK/folder"
OUTPUT=$(ctr run --rm --rootfs "$WORK/folder" folder /bin/true 2>&1) || true
refused "a host folder as root file system" subject-rootfs-path

# --- what is mounted is not the snapshot
before "mount --bind $WORK/folder \"\$1/rootfs\""
creates over "$one"
refused "another folder is mounted over the root file system" subject-mount-mismatch
CTR_OPTIONS=(--snapshotter native)
creates over-native "$one"
refused "the same on the native snapshotter" subject-mount-mismatch
CTR_OPTIONS=()
before 'umount "$1/rootfs"'
creates under "$one"
refused "nothing is mounted" subject-mount-mismatch
before 'low=$(grep " $1/rootfs " /proc/self/mountinfo | grep -o "lowerdir=[^,]*")
options=$(grep " $1/rootfs " /proc/self/mountinfo | sed "s/.* rw,lower/lower/;s/lowerdir=/lowerdir=/")
upper=$(echo "$options" | grep -o "upperdir=[^,]*") work=$(echo "$options" | grep -o "workdir=[^,]*")
umount "$1/rootfs"
mkdir -p '"$WORK"'/folder/bin
mount -t overlay overlay -o "$low:'"$WORK"'/folder,$upper,$work" "$1/rootfs"'
creates lower "$one"
refused "an overlay with one more lower folder" subject-mount-mismatch
before 'jq ".root.path = \"'"$WORK"'/folder\"" "$1/config.json" >"$1/new"
mv "$1/new" "$1/config.json"'
creates path "$one"
refused "config.json names another root" subject-mount-mismatch
before 'jq ".mounts += [{destination: \"//.\", type: \"bind\", source: \"'"$WORK"'/folder\"}]" \
  "$1/config.json" >"$1/new"
mv "$1/new" "$1/config.json"'
creates covered "$one"
refused "a mount of the container covers its root" subject-mount-mismatch
before 'printf "{" >"$1/config.json"'
creates broken "$one"
refused "config.json is broken" hook-malformed
nothing_before

# --- a snapshot that is not made of an image's layers
CTR_OPTIONS=(--uidmap 0:100000:65536 --gidmap 0:100000:65536)
creates mapped "$one"
refused "a snapshot that a client made over" subject-unbound
CTR_OPTIONS=()

# --- tampering with the content store
creates good "$one"
bound "before tampering"
chmod u+w "$(blob "$config")"
cp "$(blob "$config")" "$WORK/kept"
printf ' ' >>"$(blob "$config")"
creates config-changed "$one" /bin/true
refused "a configuration was changed on disk" config-digest-mismatch
cp "$WORK/kept" "$(blob "$config")"
manifest=$(registry_digest demo/one 1)
cp "$(blob "$manifest")" "$WORK/kept"
ctr containers create "$one" manifest-changed >/dev/null
chmod u+w "$(blob "$manifest")"
printf ' ' >>"$(blob "$manifest")"
starts manifest-changed
refused "a manifest was changed on disk" manifest-digest-mismatch
mv "$(blob "$manifest")" "$WORK/away"
starts manifest-changed
refused "a manifest is gone" manifest-missing
cp "$WORK/kept" "$(blob "$manifest")"
starts manifest-changed
bound "restored"
