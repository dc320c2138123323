# Keys out of Kubernetes: a Secret as kubectl prints it, and one that is mounted
# and replaced while containers start.
start_everything

# --- as kubectl prints it -----------------------------------------------------

make_openssl_key plain
make_openssl_key other
signatures="$ASSAY_ROOT/signatures"
mkdir "$signatures"
secret="$ASSAY_ROOT/etc/assay/trust/release.json"

# printed KIND [NAME FILE]...: an object as kubectl prints it; only a Secret's
# data is base64.
printed() {
  local kind=$1 data='{}'
  shift
  while (($#)); do
    data=$(jq --arg name "$1" --rawfile text "$2" --arg kind "$kind" '.[$name] =
      if $kind == "Secret" then ($text | @base64) else $text end' <<<"$data")
    shift 2
  done
  jq -n --indent 4 --arg kind "$kind" --argjson data "$data" '{kind: $kind,
    apiVersion: "v1", metadata: {name: "release", creationTimestamp: null},
    data: $data}'
}

# With the private key beside, as cosign makes them.
printed Secret cosign.pub "$WORK/keys/plain.pub" \
  cosign.key "$WORK/keys/plain.pem" cosign.password /dev/null >"$secret"
mounted="$WORK/mounted"
mkdir -p "$mounted"
mount -t tmpfs -o mode=1777 tmpfs "$mounted"

# put_secret GENERATION KEY: into the mounted folder, as kubelet does it.
put_secret() {
  local before
  before=$(readlink "$mounted/..data" || true)
  mkdir -m 0755 "$mounted/..$1"
  install -m 0644 "$WORK/keys/$2.pub" "$mounted/..$1/cosign.pub"
  install -m 0644 "$WORK/keys/$2.key" "$mounted/..$1/cosign.key"
  ln -s "..$1" "$mounted/..data_tmp"
  mv -T "$mounted/..data_tmp" "$mounted/..data"
  ln -sf ..data/cosign.pub ..data/cosign.key "$mounted/"
  [[ -z $before ]] || rm -r "${mounted:?}/$before"
}

put_secret 1 release
write_policy <<TOML
version = 1

[[rule]]
scope = "@REGISTRY@/plain/**"
require = "plain"

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "mounted"

[signers.plain]
type = "openssl"
keys = ["release.json"]
folder = "@ROOT@/signatures"

[signers.mounted]
type = "sigstore-key"
keys = ["$mounted"]
TOML
expect_ok "a policy whose keys are of Kubernetes is in force" assay reload

# fingerprint KEY: of the SubjectPublicKeyInfo, as Assay shows it.
fingerprint() {
  openssl pkey -pubin -in "$WORK/keys/$1.pub" -outform DER | sha256sum |
    cut -d' ' -f1
}
for key in plain release; do
  expect_output "policy show has the fingerprint of $key" \
    "sha256:$(fingerprint $key)" assay policy show
done

# plain_image NAME KEY: signed by openssl.
plain_image() {
  local digest
  digest=$(push_image "plain/$1:1" --env "NAME=$1")
  sign_openssl "$2" "plain/$1" "$digest" "$signatures/${digest/:/-}.sig"
  SIGNATURE="$signatures/${digest/:/-}.sig"
  pull "plain/$1:1"
}

plain_image good plain
jq -r '.data["cosign.pub"]' "$secret" | base64 -d >"$WORK/from-secret.pub"
expect_output "openssl verifies it by the key of the Secret" "Verified OK" \
  openssl dgst -sha256 -verify "$WORK/from-secret.pub" \
  -signature "$SIGNATURE" "$WORK/to-sign"
expect_starts "and it starts" plain/good:1
plain_image bad other
expect_refused_image "signed by another key" signature-invalid plain/bad:1

printed ConfigMap other.pub "$WORK/keys/other.pub" \
  plain.pub "$WORK/keys/plain.pub" >"$secret"
sed -i 's/release\.json/release.json#other.pub/' \
  "$ASSAY_ROOT/etc/assay/policy.d/10-test.toml"
expect_ok "one entry of a ConfigMap is named" assay reload
expect_starts_soon "what the other key signed starts" plain/bad:1
expect_refused_soon "and what the first signed does not" signature-invalid \
  plain/good:1

printed Secret cosign.key "$WORK/keys/plain.pem" >"$secret"
sed -i 's/#other\.pub//' "$ASSAY_ROOT/etc/assay/policy.d/10-test.toml"
expect_failure "a Secret that holds only a private key is refused" \
  key-unsupported assay policy check
printed Secret other.pub "$WORK/keys/other.pub" >"$secret"
expect_ok "one that holds a public key is not" assay reload

# --- mounted, and replaced ----------------------------------------------------

old=$(push_image demo/old:1 --env A=old)
sign_cosign25 release "demo/old@$old"
new=$(push_image demo/new:1 --env A=new)
sign_cosign25 stranger "demo/new@$new"
push_image demo/none:1 --env A=none >/dev/null
for name in old new none; do pull "demo/$name:1"; done
expect_starts "signed by the key of the mounted Secret" demo/old:1
expect_refused_image "signed by the key that is to come" signature-invalid \
  demo/new:1
daemon=$ASSAYD_PID

# in_force KEY: the daemon's policy is the one on disk, which has this key.
in_force() {
  local shown
  shown=$(assay policy show --json) || return 1
  [[ $shown == *$(fingerprint "$1")* ]] || return 1
  [[ $(assay status --json | jq -r .policy.fingerprint) == \
    "$(jq -r .fingerprint <<<"$shown")" ]]
}

# switch GENERATION KEY: fails unless it is in force within two seconds.
switch() {
  local start
  start=$(date +%s%N)
  put_secret "$1" "$2"
  wait_for 10 in_force "$2" || fail "the key $2 is not in force"
  TOOK=$((($(date +%s%N) - start) / 1000000))
  ((TOOK < 2000)) || fail "the key $2 is in force after $TOOK ms"
}

switch 2 stranger
passed "the replaced Secret is in force after $TOOK ms"
expect_starts "what the new key signed starts" demo/new:1
expect_refused_image "what the old key signed does not" signature-invalid \
  demo/old:1

# Nothing unsigned starts, whenever it is tried; each try leaves a line.
try_unsigned() {
  local try=0
  until [[ -e $WORK/enough ]]; do
    try=$((try + 1))
    if gated_run demo/none:1 "unsigned-$try" >>"$WORK/tries.out" 2>&1; then
      echo started
    else
      ctr containers rm "unsigned-$try" >/dev/null 2>&1 || true
      echo refused
    fi >>"$WORK/tries"
  done
}
try_unsigned &
trying=$!
slowest=0
for generation in 3 4 5 6 7 8 9 10; do
  key=release
  ((generation % 2)) || key=stranger
  switch "$generation" "$key"
  ((TOOK <= slowest)) || slowest=$TOOK
done
passed "eight more were in force after at most $slowest ms each"
touch "$WORK/enough"
wait "$trying"
expect_equal "of all tries while keys were replaced none started" \
  "$(sort -u "$WORK/tries")" refused
(($(wc -l <"$WORK/tries") >= 8)) || fail "there were too few tries"
expect_equal "nor did any say its hello" \
  "$(grep -c 'hello from' "$WORK/tries.out")" 0
expect_starts "what the last key signed starts" demo/new:1
expect_equal "the daemon is the one from before" \
  "$(kill -0 "$daemon" && echo "$ASSAYD_PID")" "$daemon"
