#!/bin/bash
# The real peers that the tests run against: containerd of three Debian
# releases, cosign of two, notation, a late skopeo, podman, composefs and docker,
# Debian 12's docker-registry, notary, Prometheus and AppArmor parser; kubectl,
# and what its API takes; and the .proto files of Debian 12's containerd.
#
#   tests/support/peers.sh prepare [PEER...]   fetch what is missing (root, apt)
#   . tests/support/peers.sh                   get the functions
#
# A peer is a Debian package unpacked into $ASSAY_PEERS_DIR, never installed:
# nothing is started by a maintainer script, several versions live side by
# side, and the host's package database is left alone. The packages come from
# the mirror this machine's own apt uses. All of them are Go programs that need
# a libc not newer than Debian 12's, or bring their own; prepare runs each once
# to be sure.

ASSAY_SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ASSAY_PEERS_DIR=${ASSAY_PEERS_DIR:-$ASSAY_SOURCE_DIR/build/peers}

# peer, Debian release, package (and libraries it brings), and what its version
# must begin with.
peer_table() {
  cat <<'TABLE'
containerd16 bookworm containerd 1.6.
containerd17 trixie containerd 1.7.
containerd21 forky containerd 2.
cosign25 trixie cosign 2.
cosign31 forky cosign 3.
notation forky notation 1.
registry bookworm docker-registry 2.
skopeo forky skopeo,libc6,libgpgme45,libsqlite3-0,libassuan9,libgpg-error0 1.
podman forky podman,libsubid6,libseccomp2 5.
podman43 bookworm podman,libsubid4 4.3.
crun trixie crun 1.
composefs forky composefs,libcomposefs1 1.
docker forky docker.io,docker-cli 28.
notary bookworm notary 0.7.
apparmor bookworm apparmor 3.
prometheus bookworm prometheus 2.
kubectl forky kubectl 1.
kubernetes forky python3-kubernetes 35.
protos16 bookworm golang-github-containerd-containerd-dev 1.6.
TABLE
}

# Tools of the host's own release. None of these packages starts a service.
host_packages() {
  echo runc crun skopeo openssl jq curl python3 busybox-static apache2-utils \
    iproute2 util-linux conmon gpg gpg-agent librnp0 python3-grpcio python3-cryptography python3-yaml \
    python3-jsonschema faketime ca-certificates systemd mmdebstrap strace
}

say() { printf '[peers] %s\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# --- fetching -----------------------------------------------------------------

missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] ||
      echo "$package"
  done
}

# install_packages PACKAGE...: installs those that are missing.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" >/dev/null
}

# The mirror this machine's apt is set up with.
debian_mirror() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' \
    'Identifier: Packages' 'Label: Debian' | head -n 1)
  [[ -n $mirror ]] || die "apt knows no Debian archive: run apt-get update"
  echo "$mirror"
}

# apt with lists and cache of its own, so that other releases never enter the
# host's package selection.
peers_apt() {
  apt-get -o Dir::Etc::sourcelist="$ASSAY_PEERS_DIR/apt/sources.list" \
    -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::State::lists="$ASSAY_PEERS_DIR/apt/lists" \
    -o Dir::State::status=/dev/null \
    -o Dir::Cache="$ASSAY_PEERS_DIR/apt/cache" \
    -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none \
    -o Acquire::Retries=3 -o APT::Sandbox::User=root -qq "$@"
}

update_peer_lists() {
  local mirror release
  mirror=$(debian_mirror)
  mkdir -p "$ASSAY_PEERS_DIR"/apt/{lists/partial,cache/archives/partial}
  for release in $(peer_table | cut -d' ' -f2 | sort -u); do
    echo "deb $mirror $release main"
  done >"$ASSAY_PEERS_DIR/apt/sources.list"
  say "reading the package lists of $(peer_table | cut -d' ' -f2 | sort -u | xargs)"
  peers_apt update
}

# fetch_peer PEER RELEASE PACKAGE: unpacks it into $ASSAY_PEERS_DIR/PEER.
fetch_peer() {
  local peer=$1 release=$2 package=$3 work
  work=$(mktemp -d "$ASSAY_PEERS_DIR/$peer.XXXXXX")
  say "fetching $peer: $package of $release"
  local one
  for one in ${package//,/ }; do
    (cd "$work" && peers_apt download "$one/$release")
    dpkg-deb -x "$work/${one}"_*.deb "$work/root"
  done
  dpkg-deb -f "$work/${package%%,*}"_*.deb Version >"$work/root/version"
  mv "$work/root" "$ASSAY_PEERS_DIR/$peer"
  rm -rf "$work"
}

# Holds a peer to its table row, and proves that it runs on this machine.
check_peer() {
  local peer=$1 wanted=$2 version
  version=$(cat "$ASSAY_PEERS_DIR/$peer/version")
  [[ $version == "$wanted"* ]] ||
    die "$peer is version $version, the tests are about $wanted*"
  case $peer in
    containerd*) "$(peer_bin "$peer")/containerd" --version >/dev/null ;;
    cosign*) "$(peer_bin "$peer")/cosign" version >/dev/null 2>&1 ;;
  notation) "$(peer_bin "$peer")/notation" version >/dev/null ;;
    registry) "$(peer_bin "$peer")/docker-registry" --version >/dev/null ;;
    skopeo) late_skopeo --version >/dev/null ;;
    podman) late_podman --version >/dev/null ;;
    podman43) LD_LIBRARY_PATH="$ASSAY_PEERS_DIR/$peer/usr/lib/x86_64-linux-gnu" \
      "$(peer_bin "$peer")/podman" --version >/dev/null ;;
    crun) with_late_libraries "$(peer_bin crun)/crun" --version >/dev/null ;;
    composefs) with_late_libraries "$(peer_bin composefs)/mkcomposefs" \
      --print-digest-only "$(peer_bin composefs)" >/dev/null ;;
    docker) "$(peer_bin docker)/../sbin/dockerd" --version >/dev/null &&
      "$(peer_bin docker)/docker" --version >/dev/null ;;
    notary) "$(peer_bin notary)/notary" version >/dev/null ;;
    apparmor) parse_apparmor --version >/dev/null ;;
    prometheus) promtool --version >/dev/null ;;
    kubectl) "$(peer_bin kubectl)/kubectl" version --client >/dev/null ;;
    kubernetes) [[ -d $ASSAY_PEERS_DIR/$peer/usr/lib/python3/dist-packages/kubernetes ]] ;;
    protos16) [[ -d $ASSAY_PEERS_DIR/$peer/usr/share/gocode ]] ;;
  esac || die "$peer $version does not run on this machine"
  say "$peer $version"
}

# prepare_peers [PEER...]: those named, else all.
prepare_peers() {
  local peer release package wanted updated='' packages
  [[ $(id -u) == 0 ]] || die "preparing the peers needs root"
  mapfile -t packages < <(host_packages | tr ' ' '\n')
  install_packages "${packages[@]}"
  mkdir -p "$ASSAY_PEERS_DIR"
  while read -r peer release package wanted; do
    (($# == 0)) || [[ " $* " == *" $peer "* ]] || continue
    if [[ ! -f $ASSAY_PEERS_DIR/$peer/version ]]; then
      [[ -n $updated ]] || update_peer_lists
      updated=yes
      fetch_peer "$peer" "$release" "$package"
    fi
    check_peer "$peer" "$wanted"
  done < <(peer_table)
  rm -rf "$ASSAY_PEERS_DIR/apt"
}

# --- running ------------------------------------------------------------------

# The folder of a peer's programs.
peer_bin() { echo "$ASSAY_PEERS_DIR/$1/usr/bin"; }

# with_late_libraries PROGRAM [ARGUMENT...]: with the libc of its own release.
with_late_libraries() {
  local skopeo="$ASSAY_PEERS_DIR/skopeo/usr/lib/x86_64-linux-gnu"
  local podman="$ASSAY_PEERS_DIR/podman/usr/lib/x86_64-linux-gnu"
  "$skopeo/ld-linux-x86-64.so.2" --library-path \
    "$podman:$skopeo:$ASSAY_PEERS_DIR/composefs/usr/lib/x86_64-linux-gnu" "$@"
}

late_skopeo() { with_late_libraries "$(peer_bin skopeo)/skopeo" "$@"; }
late_podman() { with_late_libraries "$(peer_bin podman)/podman" "$@"; }

# Never installed: a containerd that finds it there behaves otherwise.
parse_apparmor() {
  local root="$ASSAY_PEERS_DIR/apparmor"
  "$root/sbin/apparmor_parser" --base "$root/etc/apparmor.d" "$@"
}

prometheus() { "$(peer_bin prometheus)/prometheus" "$@"; }
promtool() { "$(peer_bin prometheus)/promtool" "$@"; }

cosign25() { COSIGN_PASSWORD='' "$(peer_bin cosign25)/cosign" "$@"; }
cosign31() { COSIGN_PASSWORD='' "$(peer_bin cosign31)/cosign" "$@"; }

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -euo pipefail
  [[ ${1:-} == prepare ]] || die "usage: peers.sh prepare [PEER...]"
  shift
  mkdir -p "$ASSAY_PEERS_DIR"
  # Tests may be started side by side; only one of them fetches.
  exec 9>"$ASSAY_PEERS_DIR/lock"
  flock 9
  prepare_peers "$@"
fi
