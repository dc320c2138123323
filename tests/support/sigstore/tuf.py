#!/usr/bin/python3
"""A TUF repository: its keys, its metadata, good or bent, and a mirror of it.

    tuf.py FOLDER FILE...     serves until it is ended

FOLDER gets `url`, `root.json`, the root to pin, and `asked`, a line for every
request. What the files hold is
published under their names; when one changes, or FOLDER/expires (the seconds
that a timestamp lives), a new version is published at the next request.
"""

import datetime
import hashlib
import http.server
import json
import pathlib
import sys
import threading

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from authority import DAY, new_key, now, rfc3339, sign

TOP_LEVEL = ("root", "timestamp", "snapshot", "targets")


def canonical(value):
    """The form of the One Laptop Per Child project, which is what is signed."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in sorted(value)) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value)


class Key:
    """One pair; KIND is ed25519, ecdsa, ecdsa-old, ecdsa-hex, p384 or rsa."""

    def __init__(self, kind="ecdsa"):
        self.kind = kind
        self.pair = new_key({"ed25519": "ed25519", "rsa": "rsa2048", "p384": "p384"}.get(kind, "p256"))
        self.id = hashlib.sha256(canonical(self.public()).encode()).hexdigest()

    def public(self):
        raw = self.pair.public_key()
        if self.kind in ("ed25519", "ecdsa-hex"):
            point = serialization.PublicFormat.Raw if self.kind == "ed25519" else \
                serialization.PublicFormat.UncompressedPoint
            encoding = serialization.Encoding.Raw if self.kind == "ed25519" else serialization.Encoding.X962
            text = raw.public_bytes(encoding, point).hex()
        else:
            text = raw.public_bytes(serialization.Encoding.PEM,
                                    serialization.PublicFormat.SubjectPublicKeyInfo).decode()
        p256 = "ecdsa-sha2-nistp256"
        types = {"ed25519": ("ed25519", "ed25519"), "rsa": ("rsa", "rsassa-pss-sha256"),
                 "ecdsa": ("ecdsa", p256), "p384": ("ecdsa", "ecdsa-sha2-nistp384")}
        kind, scheme = types.get(self.kind, (p256, p256))
        return {"keytype": kind, "scheme": scheme, "keyval": {"public": text}}

    def sign(self, data):
        if self.kind == "rsa":
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
            return self.pair.sign(data, pss, hashes.SHA256()).hex()
        return sign(self.pair, data, hashes.SHA384() if self.kind == "p384" else None).hex()


def envelope(signed, keys):
    data = canonical(signed).encode()
    signatures = [{"keyid": key.id, "sig": key.sign(data)} for key in keys]
    return json.dumps({"signatures": signatures, "signed": signed}, indent=1).encode()


def hashes_of(data):
    return {"sha256": hashlib.sha256(data).hexdigest(), "sha512": hashlib.sha512(data).hexdigest()}


class Role:
    """Who signs, how many of them must, and until when it holds."""

    def __init__(self, keys, threshold=None, days=30):
        self.keys = keys
        self.threshold = threshold or len(keys)
        self.version = 1
        self.life = days * DAY

    def named(self):
        return {"keyids": [key.id for key in self.keys], "threshold": self.threshold}


class Repository:
    """What is published, as paths and bytes in `files`. Every part may be
    changed before `publish`, and every file after it."""

    def __init__(self, consistent=True, kinds=("ecdsa", "ecdsa", "ecdsa"), threshold=2):
        self.consistent = consistent
        self.roles = {"root": Role([Key(kind) for kind in kinds], threshold, 200),
                      "timestamp": Role([Key()], days=7), "snapshot": Role([Key()]), "targets": Role([Key()])}
        self.delegated = {}  # role -> (Role, targets)
        self.tree = {}       # role -> [(role, delegation, Role)]
        self.targets = {}
        self.bound = True    # whether metadata names lengths and hashes
        self.meta = {}       # what snapshot and timestamp say
        self.spec = "1.0.31"
        self.extra = {"x-owner": "\u00e9t\u00e9 \"quoted\" \\ \t tab"}
        self.files = {}

    def head(self, role, kind):
        expires = rfc3339(now() + role.life)
        return {"_type": kind, "spec_version": self.spec, "version": role.version, "expires": expires, **self.extra}

    def root(self):
        keys = {key.id: key.public() for name in TOP_LEVEL for key in self.roles[name].keys}
        return {**self.head(self.roles["root"], "root"), "consistent_snapshot": self.consistent, "keys": keys,
                "roles": {name: self.roles[name].named() for name in TOP_LEVEL}}

    def publish_root(self, also=()):
        role = self.roles["root"]
        data = envelope(self.root(), [*role.keys, *[key for key in also if key not in role.keys]])
        self.files[f"{role.version}.root.json"] = data
        return data

    def next_root(self, **keys):
        """A new root, in which the named roles have new keys."""
        old = list(self.roles["root"].keys)
        for name, fresh in keys.items():
            self.roles[name].keys = fresh
        self.roles["root"].version += 1
        return self.publish_root(old)

    def delegate(self, name, paths=None, prefixes=None, terminating=False, parent="targets", targets=None, keys=None):
        role = Role(keys or [Key()])
        how = {"name": name, "terminating": terminating, **role.named()}
        how.update({"paths": paths} if prefixes is None else {"path_hash_prefixes": prefixes})
        self.delegated[name] = (role, targets or {})
        self.tree.setdefault(parent, []).append((name, how, role))

    def targets_of(self, name, role, targets):
        files = {path: {"length": len(data), "hashes": hashes_of(data)} for path, data in targets.items()}
        signed = {**self.head(role, "targets"), "targets": files}
        if name in self.tree:
            children = self.tree[name]
            signed["delegations"] = {"keys": {key.id: key.public() for _, _, one in children for key in one.keys},
                                     "roles": [how for _, how, _ in children]}
        return signed

    def put(self, name, role, data):
        self.files[f"{role.version}.{name}.json" if self.consistent else f"{name}.json"] = data
        info = {"version": role.version}
        if self.bound:
            info.update({"length": len(data), "hashes": hashes_of(data)})
        return info

    def put_target(self, path, data):
        folder, _, base = path.rpartition("/")
        for digest in hashes_of(data).values() if self.consistent else [""]:
            name = f"{digest}.{base}" if digest else base
            self.files["targets/" + (folder + "/" if folder else "") + name] = data

    def publish(self):
        if f"{self.roles['root'].version}.root.json" not in self.files:
            self.publish_root()
        self.publish_targets()
        self.publish_snapshot()
        self.publish_timestamp()
        return self

    def publish_targets(self):
        role = self.roles["targets"]
        self.meta = {"targets.json": self.put(
            "targets", role, envelope(self.targets_of("targets", role, self.targets), role.keys))}
        everything = dict(self.targets)
        for name, (role, targets) in self.delegated.items():
            data = envelope(self.targets_of(name, role, targets), role.keys)
            self.meta[f"{name}.json"] = self.put(name, role, data)
            everything.update(targets)
        for path, data in everything.items():
            self.put_target(path, data)

    def publish_snapshot(self):
        role = self.roles["snapshot"]
        signed = {**self.head(role, "snapshot"), "meta": self.meta}
        self.snapshot_info = self.put("snapshot", role, envelope(signed, role.keys))

    def publish_timestamp(self):
        role = self.roles["timestamp"]
        signed = {**self.head(role, "timestamp"), "meta": {"snapshot.json": self.snapshot_info}}
        self.files["timestamp.json"] = envelope(signed, role.keys)

    def update(self, *names):
        """The next versions of these roles and of what names them."""
        for name in names or ("targets", "snapshot", "timestamp"):
            self.roles[name].version += 1
        return self.publish()


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers from `repository.files`; `mirror` may answer first."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.mirror.asked.append(self.path)
        if self.mirror.before(self):
            return
        data = self.mirror.repository.files.get(self.path.lstrip("/"))
        self.send_response(404 if data is None else 200)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")


class Server(http.server.ThreadingHTTPServer):
    """One that takes it as it comes that clients hang up."""

    daemon_threads = True

    def handle_error(self, *_):
        pass


class Mirror:
    """A server on loopback; `asked` are the paths of all requests."""

    def __init__(self, repository, before=lambda handler: False):
        self.repository, self.before, self.asked = repository, before, []
        handler = type("Bound", (Handler,), {"mirror": self})
        self.server = Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def main():
    folder, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    lock, seen = threading.Lock(), {}
    repository = Repository()

    def current():
        life = folder / "expires"
        files = {pathlib.Path(name).name: pathlib.Path(name).read_bytes() for name in names}
        return files, int(life.read_text()) if life.exists() else 7 * 24 * 3600

    def renew(handler=None):
        with lock:
            if handler is not None:
                with open(folder / "asked", "a", encoding="utf-8") as asked:
                    asked.write(handler.path + "\n")
            state = current()
            if seen.get("state") != state:
                seen["state"] = state
                repository.targets = state[0]
                repository.roles["timestamp"].life = datetime.timedelta(seconds=state[1])
                repository.update()
        return False

    renew()
    (folder / "root.json").write_bytes(repository.files["1.root.json"])
    mirror = Mirror(repository, renew)
    (folder / "url").write_text(mirror.url)
    threading.Event().wait()


if __name__ == "__main__":
    main()
