#!/usr/bin/python3
"""Writes a container record as any client of containerd may.

  record.py NAMESPACE ID IMAGE SNAPSHOTTER KEY [CRI-JSON]

CRI-JSON becomes the extension that the CRI plugin keeps its metadata in.
$CONTAINERD_ADDRESS is the socket. Messages are written by hand, see cri.py.
"""

import os
import pathlib
import sys

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "support"))
from cri import message  # noqa: E402

SPEC = b'{"root":{"path":"rootfs"},"process":{"user":{}}}'


def any_of(kind, value):
    return message({1: kind, 2: value})


def main():
    namespace, container, image, snapshotter, key, *extension = sys.argv[1:]
    fields = {
        1: container,
        3: image,
        4: message({1: "io.containerd.runc.v2"}),
        5: any_of("types.containerd.io/opencontainers/runtime-spec/1/Spec", SPEC),
        6: snapshotter,
        7: key,
    }
    if extension:
        value = any_of("github.com/containerd/cri/pkg/store/container/Metadata", extension[0])
        fields[10] = message({1: "io.cri-containerd.container.metadata", 2: value})
    channel = grpc.insecure_channel("unix://" + os.environ["CONTAINERD_ADDRESS"])
    create = channel.unary_unary("/containerd.services.containers.v1.Containers/Create")
    create(
        message({1: message(fields)}),
        timeout=10,
        metadata=[("containerd-namespace", namespace)],
    )


if __name__ == "__main__":
    main()
