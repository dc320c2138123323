"""Images for several platforms, of which an instance, the index or all are signed."""

from vector_tools import OCI_INDEX, OCI_MANIFEST, compact, descriptor, digest_of

PLATFORMS = ("amd64", "arm64")
# What real skopeo is told, so that it signs these.
SIGNED = {"all": "--all", "list": "--multi-arch=index-only", "ours": "--override-arch=amd64",
          "other": "--override-arch=arm64"}


def bare_image(registry, repository, architecture="amd64"):
    """An image without layers; answers the manifest's bytes."""
    config = compact({"architecture": architecture, "os": "linux", "config": {},
                      "rootfs": {"type": "layers", "diff_ids": []}})
    registry.push_blob(repository, config)
    manifest = compact({
        "schemaVersion": 2, "mediaType": OCI_MANIFEST, "layers": [],
        "config": descriptor("application/vnd.oci.image.config.v1+json", config)})
    registry.push_manifest(repository, digest_of(manifest), manifest)
    return manifest


class Index:
    """One of a repository's, with an image for each platform."""

    def __init__(self, bench, repository):
        self.bench, self.repository = bench, repository
        self.images = {one: bare_image(bench.registry, repository, one) for one in PLATFORMS}
        self.bytes = compact({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [
            descriptor(OCI_MANIFEST, data, platform={"architecture": one, "os": "linux"})
            for one, data in self.images.items()]})
        self.push()

    def push(self):
        self.bench.registry.push_manifest(self.repository, "1", self.bytes, OCI_INDEX)

    def sign(self, what, *signer):
        """By skopeo, which copies it to where it is; the tag stays the index's."""
        self.bench.copy(self.name, self.name, SIGNED[what], *signer)
        self.push()

    @property
    def name(self):
        return f"{self.bench.host}/{self.repository}:1"

    def names(self):
        """By which it, or one of its images, is asked for."""
        yield self.name
        for data in (self.bytes, *self.images.values()):
            yield f"{self.name[:-2]}@{digest_of(data)}"


def indexes(bench):
    for kind, make in (("gpg", bench.signed_by), ("sigstore", bench.sigstore)):
        for what in SIGNED:
            index = Index(bench, f"index/{kind}-{what}")
            index.sign(what, *bench.signer(kind, "a"))
            for name in index.names():
                bench.add(f"{name}, signed {what}", name, {"default": [make("a")]})
            bench.add(f"{index.name}, signed {what}, exactly", index.name, {
                "default": [make("a", signedIdentity={"type": "matchExact"})]})
        apart = Index(bench, f"index/{kind}-apart")
        apart.sign("ours", *bench.signer(kind, "a"))
        apart.sign("list", *bench.signer(kind, "b"))
        for name in apart.names():
            bench.add(f"{name}, one signed each", name, {"default": [make("a"), make("b")]})
    unsigned = Index(bench, "index/unsigned")
    for name in unsigned.names():
        bench.add(f"{name}, anything is accepted", name, {"default": [{"type": "insecureAcceptAnything"}]})
