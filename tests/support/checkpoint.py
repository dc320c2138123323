#!/usr/bin/env python3
"""Makes the image of a checkpoint, without criu: what containerd wrote for a
container (`ctr containers checkpoint --image --rw`), plus the container's
specification and an empty memory image. Restoring from it makes containerd
call the runtime's `restore`.

  checkpoint.py INDEX BLOBS SPEC NAME OUT.tar

INDEX is containerd's checkpoint index, BLOBS a folder with its members' bytes
named by digest, SPEC the container's config.json, NAME what OUT.tar imports as.
"""

import hashlib
import io
import json
import pathlib
import sys
import tarfile

CONTAINERD = "application/vnd.containerd.container."
SPEC_TYPE = b"types.containerd.io/opencontainers/runtime-spec/1/Spec"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"


def field(number, data):
    """One length-delimited field of a protobuf message."""
    size, out = len(data), bytes([number << 3 | 2])
    while size > 127:
        out += bytes([size & 127 | 128])
        size >>= 7
    return out + bytes([size]) + data


class Archive:
    def __init__(self):
        self.files = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}

    def add(self, data, media_type, annotations=None):
        digest = hashlib.sha256(data).hexdigest()
        self.files["blobs/sha256/" + digest] = data
        descriptor = {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data)}
        return dict(descriptor, annotations=annotations) if annotations else descriptor

    def write(self, path):
        with tarfile.open(path, "w") as out:
            for name, data in self.files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                out.addfile(info, io.BytesIO(data))


def main():
    index_file, blobs, spec_file, name, out = sys.argv[1:]
    archive = Archive()
    index = json.loads(pathlib.Path(index_file).read_text())
    for member in index["manifests"]:
        archive.add((pathlib.Path(blobs) / member["digest"]).read_bytes(), member["mediaType"])
    spec = field(1, SPEC_TYPE) + field(2, pathlib.Path(spec_file).read_bytes().strip())
    memory = io.BytesIO()
    tarfile.open(fileobj=memory, mode="w").close()
    index["manifests"] += [
        archive.add(spec, CONTAINERD + "checkpoint.config.v1+proto"),
        archive.add(memory.getvalue(), CONTAINERD + "criu.checkpoint.criu.tar"),
    ]
    top = archive.add(
        json.dumps(index).encode(), INDEX_TYPE, {"io.containerd.image.name": name}
    )
    archive.files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": [top]}).encode()
    archive.write(out)


if __name__ == "__main__":
    main()
