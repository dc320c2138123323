#!/usr/bin/env python3
"""Makes real OCI images in an OCI layout, without a network.

  image.py image LAYOUT TAG [--cmd WORD]... [--env K=V]... [--file PATH=TEXT]...
                            [--dir FOLDER] [--user ID] [--arch ARCH]
                            [--gzip LEVEL] [--layer TAR]...
                            [--annotation K=V]...
  image.py index LAYOUT TAG MEMBER-TAG...

The first layer is busybox, each --file is a layer of its own, and each --layer
an archive that is one. All times are zero: the same arguments give the same
bytes, another --gzip gives other layer blobs (another manifest) under the very
same configuration.
"""

import argparse
import gzip
import hashlib
import io
import json
import pathlib
import platform
import tarfile

BUSYBOX = "/bin/busybox"
APPLETS = ["sh", "echo", "cat", "sleep", "true", "false", "ls", "id"]
IMAGE = "application/vnd.oci.image."
HOST_ARCH = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Layout:
    """An OCI image layout on disk (image-layout.md)."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.blobs = self.folder / "blobs" / "sha256"
        self.blobs.mkdir(parents=True, exist_ok=True)
        (self.folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        self.index_file = self.folder / "index.json"
        self.index = {"schemaVersion": 2, "manifests": []}
        if self.index_file.exists():
            self.index = json.loads(self.index_file.read_text())

    def add(self, data, media_type):
        digest = sha256(data)
        (self.blobs / digest.split(":")[1]).write_bytes(data)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def add_json(self, document, media_type):
        return self.add(json.dumps(document).encode(), media_type)

    def read(self, descriptor):
        return json.loads((self.blobs / descriptor["digest"].split(":")[1]).read_text())

    def tagged(self, tag):
        for descriptor in self.index["manifests"]:
            if descriptor["annotations"][IMAGE_REF_NAME] == tag:
                return descriptor
        raise SystemExit(f"{self.folder} has no tag {tag}")

    def tag(self, descriptor, tag):
        others = [d for d in self.index["manifests"] if d["annotations"][IMAGE_REF_NAME] != tag]
        self.index["manifests"] = others + [dict(descriptor, annotations={IMAGE_REF_NAME: tag})]
        self.index_file.write_text(json.dumps(self.index))


IMAGE_REF_NAME = "org.opencontainers.image.ref.name"


def tar_of(entries):
    """A reproducible tar archive; an entry is (TarInfo, bytes)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for info, data in entries:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def folder(name):
    info = tarfile.TarInfo(name)
    info.type, info.mode = tarfile.DIRTYPE, 0o755
    return info, b""


def regular(name, data, mode=0o644):
    info = tarfile.TarInfo(name)
    info.mode = mode
    return info, data


def link(name, target):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info, b""


def base_layer():
    entries = [folder(d) for d in ("bin", "dev", "etc", "proc", "sys", "tmp")]
    entries.append(regular("bin/busybox", pathlib.Path(BUSYBOX).read_bytes(), 0o755))
    entries += [link("bin/" + name, "busybox") for name in APPLETS]
    return tar_of(entries)


def file_layer(path, text):
    path = path.strip("/")
    parents = [str(p) for p in reversed(pathlib.PurePosixPath(path).parents) if str(p) != "."]
    return tar_of([folder(p) for p in parents] + [regular(path, text.encode())])


def pairs(words):
    return dict(word.split("=", 1) for word in words)


def make_image(layout, arguments):
    tars = [base_layer()]
    tars += [file_layer(*word.split("=", 1)) for word in arguments.file]
    tars += [pathlib.Path(path).read_bytes() for path in arguments.layer]
    where = {"WorkingDir": arguments.dir, "User": arguments.user}
    config = {
        "created": "1970-01-01T00:00:00Z",
        "architecture": arguments.arch,
        "os": "linux",
        "config": {
            "Env": ["PATH=/bin"] + arguments.env,
            "Cmd": arguments.cmd or ["/bin/echo", "hello from " + arguments.tag],
        } | {key: value for key, value in where.items() if value},
        "rootfs": {"type": "layers", "diff_ids": [sha256(t) for t in tars]},
        "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "tests"} for _ in tars],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": IMAGE + "manifest.v1+json",
        "config": layout.add_json(config, IMAGE + "config.v1+json"),
        "layers": [
            layout.add(gzip.compress(t, arguments.gzip, mtime=0), IMAGE + "layer.v1.tar+gzip")
            for t in tars
        ],
    }
    if arguments.annotation:
        manifest["annotations"] = pairs(arguments.annotation)
    return layout.add_json(manifest, IMAGE + "manifest.v1+json")


def make_index(layout, arguments):
    members = []
    for tag in arguments.member:
        descriptor = layout.tagged(tag)
        member = {key: descriptor[key] for key in ("mediaType", "digest", "size")}
        config = layout.read(layout.read(descriptor)["config"])
        member["platform"] = {"architecture": config["architecture"], "os": config["os"]}
        members.append(member)
    index = {"schemaVersion": 2, "mediaType": IMAGE + "index.v1+json", "manifests": members}
    return layout.add_json(index, IMAGE + "index.v1+json")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    image = kinds.add_parser("image")
    index = kinds.add_parser("index")
    for kind in (image, index):
        kind.add_argument("layout")
        kind.add_argument("tag")
    for option in ("--cmd", "--env", "--file", "--layer", "--annotation"):
        image.add_argument(option, action="append", default=[])
    for option in ("--dir", "--user"):
        image.add_argument(option)
    image.add_argument("--arch", default=HOST_ARCH)
    image.add_argument("--gzip", type=int, default=6)
    index.add_argument("member", nargs="+")
    arguments = parser.parse_args()
    layout = Layout(arguments.layout)
    make = make_image if arguments.kind == "image" else make_index
    descriptor = make(layout, arguments)
    layout.tag(descriptor, arguments.tag)
    print(descriptor["digest"])


if __name__ == "__main__":
    main()
