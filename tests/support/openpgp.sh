# Keys of real gpg, and real skopeo signing with them into a lookaside store;
# source services.sh and images.sh first.

export GNUPGHOME="$WORK/gnupg"

as_gpg() { quietly gpg --batch --quiet --no-tty --pinentry-mode loopback --passphrase '' "$@"; }

# make_gpg_key NAME ALGORITHM: $WORK/openpgp/NAME.gpg.
make_gpg_key() {
  mkdir -p "$WORK/openpgp"
  install -d -m 0700 "$GNUPGHOME"
  as_gpg --quick-generate-key "$1 <$1@example.com>" "$2" cert,sign never
  gpg --batch --quiet --armor --export "$1@example.com" >"$WORK/openpgp/$1.gpg"
}

gpg_fingerprint() {
  gpg --batch --with-colons --list-keys "$1@example.com" |
    awk -F: '$1 == "fpr" { print $10; exit }'
}

# sign_openpgp KEY NAME DIGEST STORE [AS]: the next signature of the image in that
# folder, made for the reference AS, which is NAME if not given.
sign_openpgp() {
  local key=$1 name=$2 digest=$3 store=$4 as=${5:-$2} folder number=1
  folder="$store/${name%:*}@${digest/:/=}"
  mkdir -p "$folder"
  while [[ -e $folder/signature-$number ]]; do number=$((number + 1)); done
  registry_manifest "${name%:*}" "$digest" >"$WORK/to-sign"
  quietly skopeo standalone-sign -o "$folder/signature-$number" \
    "$WORK/to-sign" "$REGISTRY/$as" "$(gpg_fingerprint "$key")"
}

# copy_signed KEY NAME: pushes the image of that NAME again and signs it, into
# the store that the registries.d in $WORK/registries.d names for writing.
copy_signed() {
  quietly skopeo --insecure-policy --registries.d "$WORK/registries.d" copy -q \
    --dest-tls-verify=false --sign-by "$(gpg_fingerprint "$1")" \
    "oci:$(layout):$(layout_tag "$2")" "docker://$REGISTRY/$2"
}
