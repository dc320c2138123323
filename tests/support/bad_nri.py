#!/usr/bin/python3
"""A plugin of containerd's that goes wrong when a container is created.

  bad_nri.py SOCKET INDEX MODE

It registers as any plugin does, over the Node Resource Interface, and asks to
be told of containers that are created. Told of one, it

  garbage  sends bytes that are no frames
  crash    is killed
  silent   says nothing

A line on stdout tells that it is registered, another that it was asked. What
the runtime throws out before that, because it was late, tries again.
"""

import os
import signal
import socket
import struct
import sys
import time

CREATE_CONTAINER = 1 << 3  # of the event mask
PLUGIN, RUNTIME = 1, 2  # connections of the mux
REQUEST, RESPONSE = 1, 2  # of ttrpc
SERVICE = "nri.pkg.api.v1alpha1."


def field(number, data):
    """Shorter than 128 bytes, as all that it says is."""
    return bytes([number << 3 | 2, len(data)]) + data


def read_fields(data):
    """{number: bytes} of the length-delimited fields, until one is not."""
    fields, at = {}, 0
    while at < len(data) and data[at] & 7 == 2:
        number, length, shift, at = data[at] >> 3, 0, 0, at + 1
        while True:
            length |= (data[at] & 127) << shift
            shift += 7
            at += 1
            if data[at - 1] < 128:
                break
        fields[number] = data[at : at + length]
        at += length
    return fields


class Plugin:
    def __init__(self, path, index, mode):
        self.index, self.mode, self.asked = index, mode, False
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)

    def send(self, connection, stream, kind, payload):
        message = struct.pack(">IIBB", len(payload), stream, kind, 0) + payload
        self.socket.sendall(struct.pack(">II", connection, len(message)) + message)

    def messages(self):
        """(connection, stream, kind, payload), until the runtime hangs up."""
        trunk, parts = b"", {PLUGIN: b"", RUNTIME: b""}
        while got := self.socket.recv(65536):
            trunk += got
            while len(trunk) >= 8:
                connection, length = struct.unpack(">II", trunk[:8])
                if len(trunk) < 8 + length:
                    break
                parts[connection] += trunk[8 : 8 + length]
                trunk = trunk[8 + length :]
            for connection, part in parts.items():
                while len(part) >= 10:
                    length, stream, kind, _ = struct.unpack(">IIBB", part[:10])
                    if len(part) < 10 + length:
                        break
                    yield connection, stream, kind, part[10 : 10 + length]
                    part = part[10 + length :]
                parts[connection] = part

    def run(self):
        name = field(1, b"bad") + field(2, self.index.encode())
        request = field(1, (SERVICE + "Runtime").encode())
        request += field(2, b"RegisterPlugin") + field(3, name)
        self.send(RUNTIME, 1, REQUEST, request)
        for connection, stream, kind, payload in self.messages():
            if connection == PLUGIN and kind == REQUEST:
                self.answer(stream, read_fields(payload).get(2, b"").decode())

    def answer(self, stream, method):
        if method == "CreateContainer":
            self.asked = True
            print("asked", flush=True)
            self.go_wrong()
            return
        events = bytes([2 << 3, CREATE_CONTAINER]) if method == "Configure" else b""
        self.send(PLUGIN, stream, RESPONSE, field(2, events) if events else b"")
        if method == "Synchronize":
            print("registered", flush=True)

    def go_wrong(self):
        if self.mode == "garbage":
            self.socket.sendall(b"\xff" * 65536)
        elif self.mode == "crash":
            os.kill(os.getpid(), signal.SIGKILL)


def main():
    while True:
        try:
            plugin = Plugin(*sys.argv[1:])
            plugin.run()
        except OSError:
            pass  # what the runtime did not read
        if plugin.asked:
            return
        time.sleep(0.2)


if __name__ == "__main__":
    main()
