#!/usr/bin/python3
"""A snapshotter that containerd reaches over a socket, as the lazy ones are.

  lazy_snapshotter.py SOCKET FOLDER [PATH=FILE]...

It keeps each snapshot as a folder of its own. What it mounts has FILE at PATH,
whatever containerd unpacked into the layers: content that comes from elsewhere
is what a chain ID cannot vouch for. Messages are read and written by hand, see
cri.py.
"""

import concurrent.futures
import pathlib
import shutil
import sys

import grpc

from cri import message, varint

VIEW, ACTIVE, COMMITTED = 1, 2, 3


def read_varint(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        shift, at = shift + 7, at + 1
        if byte < 128:
            return number, at


def fields(data):
    """{number: [values]} of a message; a value is an integer or bytes."""
    found, at = {}, 0
    while at < len(data):
        key, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if key & 7 == 2:
            value, at = data[at : at + value], at + value
        found.setdefault(key >> 3, []).append(value)
    return found


def text(found, number):
    return found.get(number, [b""])[0].decode()


class Snapshots(grpc.GenericRpcHandler):
    def __init__(self, folder, planted):
        self.folder = pathlib.Path(folder)
        self.planted = planted
        self.known = {}  # name: (parent, kind, labels, place)

    def service(self, call):
        method = getattr(self, call.method.rpartition("/")[2].lower())
        if method == self.list:
            return grpc.unary_stream_rpc_method_handler(method)
        return grpc.unary_unary_rpc_method_handler(method)

    def find(self, name, context):
        if name not in self.known:
            context.abort(grpc.StatusCode.NOT_FOUND, f"snapshot {name}: not found")
        return self.known[name]

    def make(self, data, kind):
        found = fields(data)
        name, parent = text(found, 2), text(found, 3)
        place = self.folder / str(len(list(self.folder.iterdir())))
        if parent:
            shutil.copytree(self.known[parent][3], place, symlinks=True)
        else:
            place.mkdir()
        self.known[name] = (parent, kind, found.get(4, []), place)
        return self.mount(place)

    def mount(self, place):
        options = ["rbind", "rw"]
        return message({1: message({1: "bind", 2: str(place), 4: options})})

    def info(self, name):
        parent, kind, labels, _ = self.known[name]
        return message({1: message({1: name, 2: parent, 3: kind, 6: labels})})

    # The service's calls.

    def prepare(self, data, context):
        return self.make(data, ACTIVE)

    def view(self, data, context):
        return self.make(data, VIEW)

    def mounts(self, data, context):
        place = self.find(text(fields(data), 2), context)[3]
        for path, source in self.planted.items():
            (place / path).unlink(missing_ok=True)
            shutil.copy(source, place / path)
        return self.mount(place)

    def commit(self, data, context):
        found = fields(data)
        parent, _, _, place = self.find(text(found, 3), context)
        del self.known[text(found, 3)]
        self.known[text(found, 2)] = (parent, COMMITTED, found.get(4, []), place)
        return b""

    def remove(self, data, context):
        name = text(fields(data), 2)
        self.find(name, context)
        del self.known[name]
        return b""

    def stat(self, data, context):
        name = text(fields(data), 2)
        self.find(name, context)
        return self.info(name)

    def update(self, data, context):
        name = text(fields(fields(data)[2][0]), 1)
        self.find(name, context)
        return self.info(name)

    def list(self, data, context):
        for name in list(self.known):
            yield self.info(name)

    def usage(self, data, context):
        return varint(1 << 3) + varint(0)

    def cleanup(self, data, context):
        return b""


def main():
    socket, folder, *planted = sys.argv[1:]
    pathlib.Path(folder).mkdir()
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
    planted = dict(word.split("=", 1) for word in planted)
    server.add_generic_rpc_handlers([Snapshots(folder, planted)])
    server.add_insecure_port("unix://" + socket)
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
