#!/usr/bin/python3
"""Writes a container record as any client of containerd may.

  record.py [options] NAMESPACE ID IMAGE SNAPSHOTTER KEY

--spec is a file with the runtime's specification; --cri and --sandbox become
the extensions in which the CRI plugin keeps its metadata, as JSON.
$CONTAINERD_ADDRESS is the socket. Messages are written by hand, see cri.py.
"""

import argparse
import os
import pathlib

import grpc

from cri import message

SPEC = b'{"root":{"path":"rootfs"},"process":{"user":{}}}'
METADATA = "github.com/containerd/cri/pkg/store/%s/Metadata"
EXTENSION = "io.cri-containerd.%s.metadata"


def any_of(kind, value):
    return message({1: kind, 2: value})


def extensions(arguments):
    given = {"container": arguments.cri, "sandbox": arguments.sandbox}
    return [
        message({1: EXTENSION % kind, 2: any_of(METADATA % kind, value)})
        for kind, value in given.items()
        if value
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("--spec", "--cri", "--sandbox"):
        parser.add_argument(option)
    for word in ("namespace", "id", "image", "snapshotter", "key"):
        parser.add_argument(word)
    arguments = parser.parse_args()
    spec = pathlib.Path(arguments.spec).read_bytes() if arguments.spec else SPEC
    record = {
        1: arguments.id,
        3: arguments.image,
        4: message({1: "io.containerd.runc.v2"}),
        5: any_of("types.containerd.io/opencontainers/runtime-spec/1/Spec", spec),
        6: arguments.snapshotter,
        7: arguments.key,
        10: extensions(arguments),
    }
    channel = grpc.insecure_channel("unix://" + os.environ["CONTAINERD_ADDRESS"])
    create = channel.unary_unary("/containerd.services.containers.v1.Containers/Create")
    create(
        message({1: message(record)}),
        timeout=10,
        metadata=[("containerd-namespace", arguments.namespace)],
    )


if __name__ == "__main__":
    main()
