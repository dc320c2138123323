#!/usr/bin/env python3
"""Holds our subset of containerd's protocols against upstream's .proto files.

  upstream_protos.py OURS UPSTREAM

Debian ships upstream's in golang-github-containerd-containerd-dev. Only what is
on the wire counts: packages, names, numbers, types, streams. Files are read one
by one, so that what upstream imports need not be there.
"""

import pathlib
import re
import sys

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|[\w.]+|[^\s\w]', re.S)


def tokens(path):
    found = TOKEN.findall(path.read_text())
    return [token for token in found if not token.startswith(("//", "/*"))]


def leaf(name):
    """Upstream writes some types relative to a package."""
    return name.split(".")[-1]


def statements(words):
    """Splits a block's tokens into (head, body); body is None for `head;`."""
    head, i = [], 0
    while i < len(words):
        if words[i] == ";":
            yield head, None
            head = []
        elif words[i] == "{" and head[:1] != ["option"]:
            end, depth = i + 1, 1
            while depth:
                depth += {"{": 1, "}": -1}.get(words[end], 0)
                end += 1
            yield head, words[i + 1 : end - 1]
            head, i = [], end - 1
        else:
            head.append(words[i])
        i += 1


def without_options(words):
    return words[: words.index("[")] if "[" in words else words


def add_message(name, body, facts):
    facts[name] = "message"
    for head, inner in statements(body):
        if head and head[0] == "message":
            add_message(f"{name}.{head[1]}", inner, facts)
        elif head and head[0] == "oneof":
            add_message(name, inner, facts)
        elif inner is None and "=" in head and head[0] not in ("option", "reserved"):
            *kind, field, _, number = without_options(head)
            facts[f"{name}.{field}"] = f"{number} " + " ".join(leaf(word) for word in kind)


def add_enum(name, body, facts):
    for head, _ in statements(body):
        if head[0] != "option":
            facts[f"{name}.{head[0]}"] = without_options(head)[2]


def add_service(name, body, facts):
    for head, _ in statements(body):
        if head[0] == "rpc":
            facts[f"{name}.{head[1]}"] = " ".join(leaf(word) for word in head[2:])


def facts_of(folder):
    facts = {}
    for path in sorted(pathlib.Path(folder).rglob("*.proto")):
        package = ""
        for head, body in statements(tokens(path)):
            if head[:1] == ["package"]:
                package = head[1]
            elif body is not None and len(head) == 2:
                add = {"message": add_message, "enum": add_enum, "service": add_service}
                add[head[0]](f"{package}.{head[1]}", body, facts)
    return facts


def main():
    if len(sys.argv) < 3 or not pathlib.Path(sys.argv[2]).is_dir():
        print("upstream has no .proto files here: tests/support/peers.sh prepare")
        return 1
    ours, upstream = facts_of(sys.argv[1]), facts_of(sys.argv[2])
    different = {name for name, fact in ours.items() if upstream.get(name) != fact}
    for name in sorted(different):
        print(f"{name}: ours is {ours[name]}, upstream's {upstream.get(name, 'not there')}")
    print(f"{len(ours)} facts, {len(different)} differ")
    return 1 if different or not ours else 0


if __name__ == "__main__":
    sys.exit(main())
