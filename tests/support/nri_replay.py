#!/usr/bin/python3
"""nri_replay.py SOCKET FILE: a runtime that meets one plugin at SOCKET and says
what a real one was recorded to have said; then what the plugin said, as far as
it can be read."""

import socket
import sys


def main():
    path, recorded = sys.argv[1:]
    with open(recorded, "rb") as file:
        said = file.read()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        listener.settimeout(60)
        plugin, _ = listener.accept()
    with plugin:
        plugin.settimeout(60)
        heard = plugin.recv(65536)  # who it is
        plugin.sendall(said)
        plugin.shutdown(socket.SHUT_WR)
        while part := plugin.recv(65536):
            heard += part
    print("".join(chr(byte) if 32 <= byte < 127 else "." for byte in heard))


if __name__ == "__main__":
    main()
