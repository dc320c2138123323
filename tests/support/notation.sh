# Real notation signing against certificates of an authority of the test's own;
# source services.sh and images.sh first.

NOTATION_DIR="$ASSAY_SOURCE_DIR/tests/support/notation"

# make_notation_signer NAME SUBJECT KIND [SECONDS]: an authority, and a signer of
# it, which lives that long; its root is $WORK/notation/NAME/root.pem.
make_notation_signer() {
  local name=$1
  shift
  /usr/bin/python3 -B "$NOTATION_DIR/make_signer.py" "$WORK/notation/$name" "$@"
}

# notation_as NAME COMMAND...: notation with that signer's configuration.
notation_as() {
  local name=$1
  shift
  XDG_CONFIG_HOME="$WORK/notation/$name" XDG_CACHE_HOME="$WORK/notation/$name" \
    quietly "$(peer_bin notation)/notation" "$@"
}

# sign_notation NAME REPOSITORY@DIGEST FORMAT [options]: FORMAT is jws or cose.
sign_notation() {
  local name=$1 reference=$2 format=$3
  shift 3
  notation_as "$name" sign --insecure-registry --signature-format "$format" \
    "$@" "$REGISTRY/$reference"
}

verify_notation() {
  notation_as "$1" verify --insecure-registry "$REGISTRY/$2"
}
