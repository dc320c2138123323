# Keys out of a cluster's API server: taken when they are there, replaced and
# taken away while the daemon runs, and known without server and daemon.
api="$WORK/api"
mkdir -p "$api"
(
  cd "$api" || exit
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -keyout ca.key -out ca.crt -subj /CN=cluster
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout api.key -out api.csr -subj /CN=api
  openssl x509 -req -in api.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
    -days 2 -out api.crt -extfile <(echo subjectAltName=IP:127.0.0.1)
) >"$WORK/openssl.log" 2>&1

# start_api [PORT]
start_api() {
  : >"$api/port"
  start_service "$api/port" /usr/bin/python3 -B \
    "$ASSAY_SOURCE_DIR/tests/support/api_server.py" --tls "$api/api.crt" "$api/api.key" --port "${1:-0}"
  API_PID=$SERVICE_PID
  wait_for 10 test -s "$api/port" || die "the API server does not start"
  API_PORT=$(cat "$api/port")
  tell '{"tokens": ["node"]}'
}

# tell JSON: a command for the API server.
tell() {
  curl -sS --fail --cacert "$api/ca.crt" -o /dev/null -d "$1" \
    "https://127.0.0.1:$API_PORT/_control"
}

# put_key KEY: as cosign keeps a pair in a Secret.
put_key() {
  tell "$(jq -n --rawfile public "$WORK/keys/$1.pub" \
    --rawfile private "$WORK/keys/$1.key" '{put: {kind: "Secret",
      metadata: {namespace: "prod", name: "release"},
      data: {"cosign.pub": ($public | @base64), "cosign.key": ($private | @base64),
        "cosign.password": ""}}}')"
}

# lacking TEXT: what the daemon says of the object.
lacking() { [[ $(assay status --json | jq -r '.cluster[0].lacking[0]') == *"$1"* ]]; }

# complains TEXT: what the daemon says is wrong with the policy.
complains() { [[ $(assay status --json | jq -r '.policy.problems[]') == *"$1"* ]]; }

# remembered: how many verdicts the daemon goes by.
remembered() { assay status --json | jq .cached_verdicts; }

none_remembered() { [[ $(remembered) == 0 ]]; }

# has KEY: the daemon's policy is the one on disk, which has this key.
has() {
  local shown
  shown=$(assay policy show --json) || return 1
  [[ $shown == *$(openssl pkey -pubin -in "$WORK/keys/$1.pub" -outform DER |
    sha256sum | cut -d' ' -f1)* ]] || return 1
  [[ $(assay status --json | jq -r .policy.fingerprint) == \
    "$(jq -r .fingerprint <<<"$shown")" ]]
}

start_everything
start_api
cat >"$ASSAY_ROOT/etc/assay/kubeconfig" <<YAML
apiVersion: v1
kind: Config
current-context: node
clusters:
- name: here
  cluster: {server: "https://127.0.0.1:$API_PORT", certificate-authority: $api/ca.crt}
users:
- name: node
  user: {token: node}
contexts:
- name: node
  context: {cluster: here, user: node}
YAML
chmod 0600 "$ASSAY_ROOT/etc/assay/kubeconfig"
cat >>"$ASSAY_ROOT/etc/assay/assayd.toml" <<TOML

[kubernetes]
kubeconfig = "$ASSAY_ROOT/etc/assay/kubeconfig"
TOML
old=$(push_image demo/old:1 --env A=old)
sign_cosign25 release "demo/old@$old"
new=$(push_image demo/new:1 --env A=new)
sign_cosign25 stranger "demo/new@$new"
push_image demo/none:1 --env A=none >/dev/null
push_signed other/keyed:1 >/dev/null
for name in demo/old demo/new demo/none other/keyed; do pull "$name:1"; done

write_policy <<TOML
version = 1

[[rule]]
scope = "@REGISTRY@/demo/**"
require = "cluster"

[[rule]]
scope = "@REGISTRY@/other/**"
require = "release"

[signers.cluster]
type = "sigstore-key"
keys = ["k8s://prod/release"]

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]
TOML
stop_service "$API_PID"
stop_service "$ASSAYD_PID"
start_assayd
expect_refused_image "nothing is known of the cluster" kubernetes-pending demo/old:1
expect_starts "another signer's image starts meanwhile" other/keyed:1

start_api "$API_PORT"
put_key release
expect_ok "the server is asked again" assay reload
wait_for 10 has release || fail "the key is not in force: $(assay status)"
expect_starts_soon "signed by the key of the Secret" demo/old:1
expect_refused_image "signed by the key that is to come" signature-invalid demo/new:1

(($(remembered) > 0)) || fail "no verdict is remembered: $(assay status)"
expect_ok "an operator reloads" assay reload
none_remembered || fail "verdicts are still remembered: $(assay status)"
expect_starts "  and what is signed starts" demo/old:1
(($(remembered) > 0)) || fail "no verdict is remembered: $(assay status)"
start=$(date +%s%N)
put_key stranger
wait_for 10 has stranger || fail "the new key is not in force: $(assay status)"
took=$((($(date +%s%N) - start) / 1000000))
((took < 2000)) || fail "it took $took ms"
passed "a replaced key is in force after $took ms"
wait_for 10 none_remembered || fail "verdicts are still remembered: $(assay status)"
expect_starts_soon "what the new key signed" demo/new:1
expect_refused_image "what the old key signed" signature-invalid demo/old:1

stop_service "$API_PID"
stop_service "$ASSAYD_PID"
start_assayd
expect_starts "without the server, after a restart" demo/new:1
stop_service "$ASSAYD_PID" KILL
expect_starts "without server and daemon" demo/new:1
expect_refused_image "  and still nothing unsigned" no-signature demo/none:1

start_assayd
start_api "$API_PORT"
put_key stranger
expect_ok "the server is back" assay reload
wait_for 10 has stranger || fail "the key is not in force: $(assay status)"
printf 'version = 1\nrulez = 1\n' >"$ASSAY_ROOT/etc/assay/policy.d/99.toml"
wait_for 10 complains rulez || fail "the broken file is not noticed: $(assay status)"
expect_starts "a policy file is broken: the policy in force stays" demo/new:1
start=$(date +%s%N)
tell '{"delete": ["secrets", "prod", "release"]}'
wait_for 10 complains "the policy in force: " || fail "the end is not noticed: $(assay status)"
took=$((($(date +%s%N) - start) / 1000000))
((took < 5000)) || fail "it took $took ms" # two on an idle machine
expect_refused_image "  but a key that is taken away is gone" kubernetes-gone demo/new:1
expect_starts "  and another signer's image still starts" other/keyed:1
rm "$ASSAY_ROOT/etc/assay/policy.d/99.toml"
expect_ok "the broken file is gone" assay reload
lacking "no such object" || fail "the end is not told: $(assay status)"
expect_refused_image "  and the key as well" kubernetes-gone demo/new:1
stop_service "$API_PID"
stop_service "$ASSAYD_PID" KILL
expect_refused_image "  and stays so without server and daemon" kubernetes-gone demo/new:1
expect_starts "another signer's image still starts" other/keyed:1
