# A real notary server and client; source peers.sh and services.sh first.

# start_notary: sets NOTARY to 127.0.0.1:PORT. What it holds ends with it.
start_notary() {
  NOTARY=127.0.0.1:$(free_port)
  cat >"$WORK/notary.json" <<JSON
{"server": {"http_addr": "$NOTARY"},
 "trust_service": {"type": "local", "hostname": "", "port": "",
                   "key_algorithm": "ed25519"},
 "storage": {"backend": "memory"}, "logging": {"level": "error"}}
JSON
  start_service "$WORK/notary.log" "$(peer_bin notary)/notary-server" \
    -config "$WORK/notary.json"
  NOTARY_PID=$SERVICE_PID
  wait_for 10 curl -s "http://$NOTARY/v2/" ||
    die "the notary server does not answer: $(tail -n 3 "$WORK/notary.log")"
}

# notary_as PUBLISHER COMMAND...: the client with the keys of that publisher.
notary_as() {
  local publisher=$1
  shift
  NOTARY_ROOT_PASSPHRASE=passphrase NOTARY_TARGETS_PASSPHRASE=passphrase \
    NOTARY_SNAPSHOT_PASSPHRASE=passphrase \
    NOTARY_DELEGATION_PASSPHRASE=passphrase quietly \
    "$(peer_bin notary)/notary" -s "http://$NOTARY" \
    -d "$WORK/notary-$publisher" "$@"
}

# init_notary PUBLISHER REPOSITORY: a root key at the first time; the server
# signs snapshots, as docker has it.
init_notary() {
  notary_as "$1" init -p "$REGISTRY/$2"
  notary_as "$1" key rotate "$REGISTRY/$2" snapshot -r
}

# sign_notary PUBLISHER REPOSITORY TAG DIGEST [--roles ROLE]
sign_notary() {
  local publisher=$1 repository=$2 tag=$3 digest=$4 size
  shift 4
  size=$(registry_manifest "$repository" "$digest" | wc -c)
  notary_as "$publisher" addhash -p "$REGISTRY/$repository" "$tag" "$size" \
    --sha256 "${digest#sha256:}" "$@"
}

# notary_file REPOSITORY NAME: a document as the server has it.
notary_file() { curl -sf "http://$NOTARY/v2/$REGISTRY/$1/_trust/tuf/$2"; }

# notary_root REPOSITORY: the certificate of the root's key.
notary_root() {
  notary_file "$1" root.json | jq -r \
    '.signed | .keys[.roles.root.keyids[0]].keyval.public' | base64 -d
}

# record_notary REPOSITORY FOLDER: all that a client would ask for, as files.
record_notary() {
  local repository=$1 folder name version
  folder="$2/v2/$REGISTRY/$repository/_trust/tuf"
  mkdir -p "$folder/targets"
  for name in root timestamp snapshot targets; do
    notary_file "$repository" "$name.json" >"$folder/$name.json"
  done
  version=$(jq .signed.version "$folder/root.json")
  for ((; version > 0; version--)); do
    notary_file "$repository" "$version.root.json" \
      >"$folder/$version.root.json"
  done
  for name in $(jq -r '.signed.meta | keys[]' "$folder/snapshot.json"); do
    notary_file "$repository" "$name.json" >"$folder/$name.json"
    cp "$folder/$name.json" \
      "$folder/$name.$(sha256sum <"$folder/$name.json" | cut -d' ' -f1).json"
  done
  cp "$folder/snapshot.json" "$folder/snapshot.$(sha256sum \
    <"$folder/snapshot.json" | cut -d' ' -f1).json"
}

# replay_notary FOLDER: answers in the server's place with what was recorded.
replay_notary() {
  stop_service "$NOTARY_PID"
  start_service "$WORK/replay.log" /usr/bin/python3 -B -m http.server \
    --bind "${NOTARY%:*}" -d "$1" "${NOTARY#*:}"
  NOTARY_PID=$SERVICE_PID
  wait_for 10 curl -s "http://$NOTARY/" || die "nothing is replayed"
}
