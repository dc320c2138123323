"""A node whose keys live in a cluster: real programs below a folder of their own,
and the API server that they ask."""

import base64
import hashlib
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SERVER = HERE.parents[1] / "support/api_server.py"
TOKEN = "first-token"


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, **options).stdout


def wait_for(what, condition, seconds=15.0):
    """Returns how long it took."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.1)
    return time.monotonic() - begun


class Authority:
    """Signs for servers and clients."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.certificate = folder / f"{name}.crt"
        self.key = folder / f"{name}.key"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", self.key, "-out", self.certificate, "-subj", f"/CN={name}",
            "-days", "2")  # fmt: skip

    def issue(self, name, extension):
        certificate, key = (self.folder / f"{name}.{end}" for end in ("crt", "key"))
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extensions.write_text(extension + "\n")
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", key, "-out", request, "-subj", f"/CN={name}")  # fmt: skip
        run("openssl", "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey",
            self.key, "-CAcreateserial", "-out", certificate, "-days", "2", "-extfile",
            extensions)  # fmt: skip
        return certificate, key


class Key:
    def __init__(self, folder, name):
        self.private, self.public = folder / f"{name}.pem", folder / f"{name}.pub"
        run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-out", self.private)  # fmt: skip
        run("openssl", "pkey", "-in", self.private, "-pubout", "-out", self.public)
        der = run("openssl", "pkey", "-in", self.private, "-pubout", "-outform", "DER")
        self.fingerprint = "sha256:" + hashlib.sha256(der).hexdigest()


class ApiServer:
    def __init__(self, folder):
        self.folder = folder
        self.authority = Authority(folder, "cluster")
        self.files = self.authority.issue("api", "subjectAltName=IP:127.0.0.1")
        self.port = 0
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["/usr/bin/python3", "-B", SERVER, "--tls", *self.files, "--client-ca",
             self.authority.certificate, "--port", str(self.port)],
            stdout=subprocess.PIPE, text=True)  # fmt: skip
        self.port = int(self.process.stdout.readline())
        self.url = f"https://127.0.0.1:{self.port}"
        self.tell(tokens=[TOKEN])

    def stop(self):
        self.process.kill()
        self.process.wait()

    def tell(self, **command):
        context = ssl.create_default_context(cafile=self.authority.certificate)
        request = urllib.request.Request(self.url + "/_control", json.dumps(command).encode())
        with urllib.request.urlopen(request, context=context, timeout=10) as answer:
            return json.load(answer)

    def put_secret(self, name="release", namespace="prod", **entries):
        data = {entry.replace("__", "."): base64.b64encode(text.encode()).decode()
                for entry, text in entries.items()}  # fmt: skip
        self.tell(put={"kind": "Secret", "type": "Opaque", "data": data,
                       "metadata": {"namespace": namespace, "name": name}})  # fmt: skip


class Node:
    def __init__(self, folder, programs, server):
        self.folder, self.server = folder, server
        self.root = folder / "node"
        self.daemon = None
        for place in ("etc/assay/policy.d", "etc/assay/trust", "usr/lib/assay", "usr/bin",
                      "usr/sbin"):  # fmt: skip
            (self.root / place).mkdir(parents=True)
        for program, place in zip(programs, ("usr/sbin", "usr/bin", "usr/lib/assay")):
            shutil.copy(program, self.root / place)
        self.token = folder / "token"
        self.token.write_text(TOKEN)
        self.kubeconfig = folder / "kubeconfig"
        self.connect()
        self.settle()

    def connect(self, server=None, authority=None, user=None):
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "k", "cluster": {
                "server": server or self.server.url,
                "certificate-authority": str(authority or self.server.authority.certificate)}}],
            "users": [{"name": "u", "user": user or {"tokenFile": "token"}}],
            "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        }  # fmt: skip
        self.kubeconfig.write_text(json.dumps(config))

    def settle(self, kubernetes=True):
        text = f'[containerd]\naddress = "{self.folder}/none.sock"\n'
        if kubernetes:
            text += f'[kubernetes]\nkubeconfig = "{self.kubeconfig}"\n'
        (self.root / "etc/assay/assayd.toml").write_text(text)

    def write_policy(self, *keys):
        (self.root / "etc/assay/policy.d/10.toml").write_text(
            'version = 1\n[[rule]]\nscope = "**"\nrequire = "release"\n'
            f'[signers.release]\ntype = "sigstore-key"\nkeys = {json.dumps(keys)}\n')

    def start(self):
        self.log = open(self.folder / "assayd.log", "ab")
        self.daemon = subprocess.Popen(
            [self.root / "usr/sbin/assayd", "--root", self.root], stdout=self.log,
            stderr=self.log)  # fmt: skip
        wait_for("the daemon listens",
                 lambda: (self.root / "run/assay/assayd.sock").exists()
                 and self.assay("status", check=False).returncode in (0, 1), 30)  # fmt: skip

    def stop(self, patience=10):
        if self.daemon is None:
            return
        self.daemon.terminate()
        try:
            self.daemon.wait(patience)
        finally:
            self.daemon.kill()
            self.daemon.wait()
            self.daemon = None

    def assay(self, *arguments, check=True, **environment):
        ours = {name: value for name, value in os.environ.items() if name != "KUBECONFIG"}
        done = subprocess.run(
            [self.root / "usr/bin/assay", "--root", self.root, *arguments], capture_output=True,
            text=True, check=False, env=ours | environment)  # fmt: skip
        assert not check or done.returncode == 0, done
        return done

    def status(self):
        return json.loads(self.assay("status", "--json", check=False).stdout)

    def object(self):
        objects = self.status()["cluster"]
        return objects[0] if objects else {"problem": "", "lacking": [], "version": ""}

    def problem(self):
        return self.object()["problem"]

    def shown(self):
        """The policy as it is read from disk now."""
        return json.loads(self.assay("policy", "show", "--json").stdout)

    def in_force(self, text):
        """The daemon goes by what is on disk, and its signer says this."""
        shown = self.shown()
        return (text in json.dumps(shown)
                and self.status()["policy"]["fingerprint"] == shown["fingerprint"])  # fmt: skip

    def ask_again(self):
        self.assay("reload")

