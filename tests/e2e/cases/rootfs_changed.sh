# With integrity = "rootfs" the files in the snapshots' folders are compared with
# what the signed layers hold.
snapshots="$WORK/containerd/root/io.containerd.snapshotter.v1.overlayfs/snapshots"

# One layer with everything that unpacking treats in its own way.
make_layer() {
  python3 - "$1" <<'PYTHON'
import io, sys, tarfile

archive = tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT)

def add(name, type=tarfile.REGTYPE, data=b"", xattrs=None, **fields):
    info = tarfile.TarInfo(name)
    info.type, info.size, info.mode = type, len(data), 0o644
    for key, value in fields.items():
        setattr(info, key, value)
    for key, value in (xattrs or {}).items():
        info.pax_headers["SCHILY.xattr." + key] = value
    archive.addfile(info, io.BytesIO(data))

add("./", tarfile.DIRTYPE, mode=0o700)
add("./opt/", tarfile.DIRTYPE, mode=0o2775, gid=50)
add("opt/tool", data=b"t" * 100000, mode=0o4755, uid=3, gid=4)
add("opt/hard", tarfile.LNKTYPE, linkname="./opt/tool", mode=0o4755, uid=3, gid=4)
add("opt/link", tarfile.SYMTYPE, linkname="../etc/motd", mode=0o777)
add("opt/noted", data=b"n", xattrs={"user.note": "kept"})
add("opt/twice", data=b"first")
add("opt/twice", data=b"second", mode=0o600)
add("opt/null", tarfile.CHRTYPE, mode=0o666, devmajor=1, devminor=3)
add("opt/pipe", tarfile.FIFOTYPE, mode=0o600)
add("etc/implied/" + "deep/" * 30 + "file", data=b"i", mtime=1)
add("bin/.wh.id", uid=9)
add("tmp/", tarfile.DIRTYPE, mode=0o1777)
add("tmp/.wh..wh..opq")
archive.close()
PYTHON
}

write_rootfs_policy() {
  write_policy <<'TOML'
version = 1

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "release"
integrity = "rootfs"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
}

# The bytes that the daemon has read so far.
bytes_read() { sed -n 's/^rchar: //p' "/proc/$ASSAYD_PID/io"; }

# expect_edit WHAT REASON DETAIL EDIT UNDO: refused after the shell command EDIT,
# which is about $layer, the folder of the made layer; starts again after UNDO.
expect_edit() {
  local what=$1 reason=$2 detail=$3
  eval "$4"
  expect_refused_image "$what" "$reason" demo/app:1
  [[ $OUTPUT == *"$blob: $detail"* ]] ||
    fail "$what: the refusal does not say $detail of layer $blob"
  eval "$5"
  expect_starts_soon "  as it was, it starts" demo/app:1
}

start_everything
write_rootfs_policy
assay reload >/dev/null
make_layer "$WORK/layer.tar"
push_signed demo/app:1 --file etc/motd=original --layer "$WORK/layer.tar" >/dev/null
blob=$(registry_manifest demo/app 1 | jq -r '.layers[2].digest')
pull demo/app:1
layer=$(dirname "$(find "$snapshots" -path '*/fs/opt' -print -quit)")

before=$(bytes_read)
expect_starts "as it was pulled" demo/app:1
first=$(($(bytes_read) - before))
before=$(bytes_read)
expect_starts "once more" demo/app:1
second=$(($(bytes_read) - before))
((second * 4 < first)) ||
  fail "the second create read $second bytes, the first $first"
passed "the second create reads no file again"
expect_equal "the audit log says how far it was checked" rootfs \
  "$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" | jq -r .integrity)"

touch -r "$layer/opt/tool" "$WORK/times"
expect_edit "a byte is changed, size and time kept" rootfs-file-changed \
  "/opt/hard: its content is another" \
  'printf X | dd of="$layer/opt/tool" bs=1 seek=9 conv=notrunc status=none
   touch -r "$WORK/times" "$layer/opt/tool"' \
  'printf t | dd of="$layer/opt/tool" bs=1 seek=9 conv=notrunc status=none'
expect_edit "a file is added" rootfs-file-extra "/opt/aaa" \
  'touch "$layer/opt/aaa"' 'rm "$layer/opt/aaa"'
expect_edit "a file is removed" rootfs-file-missing "/opt/noted" \
  'mv "$layer/opt/noted" "$WORK/noted"' 'mv "$WORK/noted" "$layer/opt/noted"'
expect_edit "a file is made setuid" rootfs-file-changed \
  "/opt/twice: its mode is 4755, not 0600" \
  'chmod 4755 "$layer/opt/twice"' 'chmod 0600 "$layer/opt/twice"'
expect_edit "a link is led elsewhere" rootfs-file-changed \
  "/opt/link: it leads to /bin/sh, not ../etc/motd" \
  'ln -sfn /bin/sh "$layer/opt/link"; chown -h 0:0 "$layer/opt/link"' \
  'ln -sfn ../etc/motd "$layer/opt/link"; chown -h 0:0 "$layer/opt/link"'
expect_edit "a whiteout is lifted" rootfs-file-missing "/bin/id" \
  'rm "$layer/bin/id"' 'mknod -m 0 "$layer/bin/id" c 0 0; chown 9:0 "$layer/bin/id"'
expect_edit "a folder is made to hide what is below" rootfs-file-changed \
  "/bin: its attribute trusted.overlay.opaque" \
  'python3 -c "import os; os.setxattr(\"$layer/bin\", \"trusted.overlay.opaque\", b\"y\")"' \
  'python3 -c "import os; os.removexattr(\"$layer/bin\", \"trusted.overlay.opaque\")"'

stop_service "$ASSAYD_PID"
expect_starts "without the daemon, from what it remembered" demo/app:1
chmod 4755 "$layer/opt/twice"
expect_refused_image "without the daemon a change is found" rootfs-file-changed demo/app:1
chmod 0600 "$layer/opt/twice"

start_service "$WORK/assayd-bounded.log" \
  setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin \
  "$ASSAY_ROOT/usr/sbin/assayd" --root "$ASSAY_ROOT"
ASSAYD_PID=$SERVICE_PID
wait_for 10 assay status >/dev/null || die "assayd does not answer"
OUTPUT=$(assay doctor 2>&1 || true)
[[ $OUTPUT == *"cannot be compared without CAP_SYS_ADMIN"* ]] ||
  fail "doctor does not name the missing capability: $OUTPUT"
passed "doctor says that the daemon lacks the capability for it"
stop_service "$ASSAYD_PID"
start_assayd

expect_refused "a snapshotter without a folder for each layer" rootfs-unsupported \
  ctr run --rm --snapshotter native --runc-binary "$SHIM" "$REGISTRY/demo/app:1" native
