"""Images signed by real podman, when it pushes them and afterwards."""

import subprocess

from indexes import Index, bare_image
from vector_tools import OCI_MANIFEST, PEERS, digest_of

LIBRARIES = [PEERS / f"{peer}/usr/lib/x86_64-linux-gnu" for peer in ("podman", "skopeo")]
PROGRAM = [LIBRARIES[1] / "ld-linux-x86-64.so.2", "--library-path", ":".join(map(str, LIBRARIES)),
           PEERS / "podman/usr/bin/podman"]
# It locks and keeps state in /run whatever it is told.
APART = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs run /run && exec "$@"', "podman"]


class Podman:
    """With storage and settings of its own."""

    def __init__(self, bench):
        self.bench, home = bench, bench.work / "podman"
        settings = home / ".config/containers"
        settings.mkdir(parents=True)
        (settings / "policy.json").symlink_to(bench.work / "accept.json")
        (settings / "registries.d").symlink_to(bench.work / "on")
        (settings / "registries.conf").write_text(f'[[registry]]\nlocation = "{bench.host}"\ninsecure = true\n')
        # It looks for a program for networks before it does anything, and
        # signing needs no network of a container's.
        (home / "helpers").mkdir()
        (home / "helpers/netavark").symlink_to("/bin/true")
        (home / "containers.conf").write_text(
            f'[engine]\nhelper_binaries_dir = ["{home}/helpers"]\nevents_logger = "none"\n'
            f'cgroup_manager = "cgroupfs"\n[network]\nnetwork_config_dir = "{home}/networks"\n')
        self.env = {**bench.env, "HOME": str(home), "CONTAINERS_CONF": str(home / "containers.conf")}
        self.options = ["--root", home / "root", "--runroot", home / "run", "--storage-driver", "vfs"]

    def __call__(self, *arguments):
        done = subprocess.run([*APART, *PROGRAM, *self.options, *arguments], capture_output=True, env=self.env)
        if done.returncode != 0:
            raise SystemExit(f"podman {arguments}: {done.stderr.decode()}")

    def push(self, repository, *signer):
        """An image that is in its storage, and signed on its way."""
        name = f"{self.bench.host}/{repository}:1"
        self("push", "--quiet", *signer, f"{self.bench.host}/podman:1", name)
        return name

    def sign(self, name, key, *options):
        """An image that is in a registry."""
        self("image", "sign", "--sign-by", key, "--directory", self.bench.work / "store", *options,
             f"docker://{name}")


def signed_by_podman(bench):
    podman, gpg, host = Podman(bench), bench.gpg, bench.host
    source = bare_image(bench.registry, "podman")
    bench.registry.push_manifest("podman", "1", source)
    podman("pull", "--quiet", f"{host}/podman:1")
    afterwards = Index(bench, "podman/index")
    podman.sign(afterwards.name, gpg["a"])
    every = Index(bench, "podman/all")
    podman.sign(every.name, gpg["a"], "--all")
    podman.sign(f"{host}/podman:1", gpg["a"])
    both = podman.push("podman/both", *bench.signer("gpg", "a"))
    podman.push("podman/both", *bench.signer("sigstore", "a"))
    images = [f"{host}/podman:1", podman.push("podman/gpg", *bench.signer("gpg", "a")),
              podman.push("podman/sigstore", *bench.signer("sigstore", "a")), both,
              podman.push("podman/none")]
    for reference in images:
        for who, wanted in (("gpg a", [bench.signed_by("a")]), ("gpg b", [bench.signed_by("b")]),
                            ("sigstore a", [bench.sigstore("a")]),
                            ("both", [bench.signed_by("a"), bench.sigstore("a")])):
            bench.add(f"{reference} by podman, asked for {who}", reference, {"default": wanted})
    for reference in (*afterwards.names(), *every.names()):
        bench.add(f"{reference} signed by podman", reference, {"default": [bench.signed_by("a")]})
    for repository, make in (("podman/gpg", bench.signed_by), ("podman/sigstore", bench.sigstore)):
        manifest = bench.registry.manifest(repository, "1")
        bench.registry.push_manifest(repository, "2", manifest, OCI_MANIFEST)
        for match in ("matchExact", "matchRepoDigestOrExact", "matchRepository"):
            for tail in (":1", ":2", f"@{digest_of(manifest)}"):
                bench.add(f"{repository}{tail} by podman and {match}", f"{host}/{repository}{tail}", {
                    "default": [make("a", signedIdentity={"type": match})]})
