# The table of tests/bench/run, inside tests/e2e/run_case.

ROUNDS=${ASSAY_BENCH_ROUNDS:-40}
COSIGN="$(peer_bin cosign31)/cosign"

# row WHAT VALUE UNIT [RELATION BAR]
row() {
  local mark=
  if (($# == 5)); then
    mark=$(awk "BEGIN { print ($2 $4 $5) ? \"ok\" : \"MISS\" }")
  fi
  printf '%-58s %9s %-6s %-10s %s\n' "$1" "$2" "$3" "${4:-} ${5:-}" "$mark"
  CHECKS=$((CHECKS + 1))
}

# ratio ONE OTHER
ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }

# field LINE NUMBER: of $FIGURES.
field() { sed -n "$1p" <<<"$FIGURES" | awk "{ print \$$2 }"; }

rounds() { FIGURES=$("$(built rounds)" "$ROUNDS" "$@"); }

# --- the daemon at rest -------------------------------------------------------

idle_memory() {
  local kib
  start_assayd
  sleep 2
  kib=$(awk '/^VmRSS/ { print $2 }' "/proc/$ASSAYD_PID/status")
  row "assayd idle, resident (static gRPC)" \
    "$(awk "BEGIN { printf \"%.1f\", $kib / 1024 }")" MiB '<=' 12
  stop_service "$ASSAYD_PID"
}

# --- the shim -----------------------------------------------------------------

make_bundle() {
  BUNDLE="$WORK/bundle"
  mkdir -p "$BUNDLE/rootfs/bin"
  cp "$(command -v busybox)" "$BUNDLE/rootfs/bin/busybox"
  runc spec --bundle "$BUNDLE"
  jq --arg cgroup "/$CONTAINERD_NAMESPACE/bench" '.process.terminal = false |
      .process.args = ["/bin/busybox", "true"] |
      .linux.cgroupsPath = $cgroup' "$BUNDLE/config.json" >"$BUNDLE/new"
  mv "$BUNDLE/new" "$BUNDLE/config.json"
}

# life RUNTIME: sets LIFE to a whole container of it.
life() {
  local call=("$1" --root "$WORK/runc")
  LIFE=("${call[@]}" create --bundle "$BUNDLE" @ID@ +++
    "${call[@]}" start @ID@ +++ wait +++ "${call[@]}" delete @ID@)
}

shim_price() {
  local bare state
  bare=$(command -v runc)
  make_bundle
  mkdir -p "$ASSAY_ROOT/run/assay"
  start_service "$WORK/allow.log" "$(built allow_all)" \
    "$ASSAY_ROOT/run/assay/ask.sock"
  wait_for 10 test -S "$ASSAY_ROOT/run/assay/ask.sock"
  life "$bare"
  local first=("${LIFE[@]}")
  life "$SHIM"
  rounds "${first[@]}" ::: "${LIFE[@]}"
  row "shim, create-start-delete: CPU against bare runc" "$(field 2 5)" x \
    '<=' 1.02
  row "  wall time" "$(field 2 4)" x

  state=("--root" "$WORK/runc" state kept)
  "$bare" --root "$WORK/runc" create --bundle "$BUNDLE" kept \
    </dev/null >/dev/null 2>&1
  rounds "$bare" "${state[@]}" ::: "$SHIM" "${state[@]}"
  row "shim, state (no question): CPU against bare runc" "$(field 2 5)" x
  row "  wall time" "$(field 2 4)" x
  "$bare" --root "$WORK/runc" delete --force kept
  stop_service "$SERVICE_PID"
}

# --- verification -------------------------------------------------------------

cosign_verify() {
  VERIFY=("$COSIGN" verify --key "$WORK/keys/release.pub"
    --insecure-ignore-tlog --allow-http-registry "$1")
}

requests() { grep -cE '"(GET|HEAD) /v2/demo/' "$WORK/registry.log" || true; }

# evidence_requests IMAGE N: sets ASKED to what a daemon's first N decisions
# about images of one repository ask for, beyond an image's own manifest.
evidence_requests() {
  local before
  before=$(wc -l <"$WORK/registry.log")
  TMPDIR=$WORK "$(built cold_bench)" "$ASSAY_ROOT" "$1" fetched "$2" >/dev/null
  mapfile -t ASKED < <(tail -n +"$((before + 1))" "$WORK/registry.log" |
    grep -v "manifests/${1#*@} " |
    sed -nE 's#.*"(GET|HEAD) (/v2/demo/[^ ]*) .*#\2#p')
}

# cold FORM BAR: of the image demo/FORM@$DIGEST, alone and in the daemon.
cold() {
  local form=$1 image="$REGISTRY/demo/$1@$DIGEST" before cosign_requests first
  cosign_verify "$image"
  before=$(requests)
  quietly "${VERIFY[@]}"
  cosign_requests=$(($(requests) - before))
  evidence_requests "$image" 1
  first=${#ASKED[@]}
  evidence_requests "$image" 2
  ASKED=("${ASKED[@]:first}")
  row "HTTP requests for evidence, $form, known repository" \
    "${#ASKED[@]}" "" '<=' "$2"
  row "  first image of a repository (cosign: $cosign_requests in all)" "$first" ""

  # Nothing is known of the image, in a store that is there. See cold_bench.cc
  # for why what was stored is moved away.
  local store="$ASSAY_ROOT/var/lib/assay/evidence"
  quietly assay verify "$image"
  mkdir -p "$WORK/away"
  rounds unmeasured find "$store/blobs" "$store/.assay/targets" -type f \
    -exec mv --backup=numbered -t "$WORK/away" {} \; +++ \
    "$ASSAY_ROOT/usr/bin/assay" --root "$ASSAY_ROOT" verify "$image" ::: \
    "${VERIFY[@]}"
  row "assay verify, $form: cosign's CPU against ours" "$(field 2 5)" x '>=' 8
  row "  peak memory (cosign: $(field 2 3) MiB)" "$(field 1 3)" MiB '<=' 12
  local memory
  memory=$(mktemp -d -p /dev/shm)
  resident "$form" "$memory" "evidence store in memory" '>=' 100
  rm -r "$memory"
  resident "$form" "$WORK" "evidence store on $(disk)"
  floor
}

# What no daemon built on these libraries can go below: the requests in ASKED.
floor() {
  FIGURES=$("$(built floor_bench)" "$((ROUNDS > 50 ? ROUNDS : 50))" \
    "${ASKED[@]/#/http://$REGISTRY}" ::: "${VERIFY[@]}")
  row "  libcurl and OpenSSL alone: cosign's CPU against theirs" \
    "$(field 1 2)" x
  row "  their CPU" "$(field 1 1)" ms
}

disk() { stat -f -c %T "$WORK"; }

# cold_figures IMAGE EVIDENCE FOLDER: sets $FIGURES, against $VERIFY.
cold_figures() {
  FIGURES=$(TMPDIR=$3 "$(built cold_bench)" "$ASSAY_ROOT" "$1" "$2" \
    "$((ROUNDS > 50 ? ROUNDS : 50))" "${VERIFY[@]}")
}

# resident FORM FOLDER WHERE [RELATION BAR]: of the image that $VERIFY verifies.
resident() {
  local form=$1 where=$3
  cold_figures "$REGISTRY/demo/$form@$DIGEST" fetched "$2"
  shift 3
  row "in the daemon, $form: cosign's CPU against ours" "$(field 1 2)" x "$@"
  row "  CPU of a decision, of 20 in a row, $where" "$(field 1 1)" ms
  row "  cosign's CPU against the first, its caches cold" "$(field 1 4)" x
}

verification() {
  DIGEST=$(push_image demo/legacy:1)
  sign_cosign25 release "demo/legacy@$DIGEST"
  cold legacy 2
  DIGEST=$(push_image demo/bundle:1)
  sign_cosign31 release "demo/bundle@$DIGEST"
  cold bundle 4  # by the fallback tag: the registry has no referrers API
}

# keyless FORM IMAGE: by a daemon that has the evidence on disk.
keyless() {
  local image="$REGISTRY/$2"
  VERIFY=("$COSIGN" verify --trusted-root "$SIGSTORE/trusted_root.json"
    --certificate-identity "$KEYLESS_SUBJECT"
    --certificate-oidc-issuer "$KEYLESS_ISSUER"
    --allow-http-registry "$image")
  cold_figures "$image" stored "$WORK"
  row "in the daemon, keyless, $1, evidence on disk" "$(field 1 1)" ms \
    '<=' 3
  row "  cosign's CPU against ours" "$(field 1 2)" x '>=' 15
}

keyless_verification() {
  local digest token
  KEYLESS_SUBJECT=https://github.com/org/app/.github/workflows/release.yml
  KEYLESS_ISSUER=https://token.actions.githubusercontent.com
  start_sigstore
  install -m 0644 "$SIGSTORE/trusted_root.json" "$ASSAY_ROOT/etc/assay/trust/"
  cat >>"$ASSAY_ROOT/etc/assay/policy.d/10-test.toml" <<TOML

[[rule]]
scope = "$REGISTRY/keyless/**"
require = "ci"

[signers.ci]
type = "sigstore-keyless"
[[signers.ci.identities]]
issuer = "$KEYLESS_ISSUER"
subject = "$KEYLESS_SUBJECT"
TOML
  token=$(identity "$KEYLESS_SUBJECT" "$KEYLESS_ISSUER")
  for form in v1 v2; do
    digest=$(push_image "keyless/$form:1" --env "FORM=$form")
    bundle31 "$form" "keyless/$form@$digest" --identity-token "$token"
    keyless "log $form" "keyless/$form@$digest"
  done
}

# --- decisions that are known -------------------------------------------------

warm() {
  mkdir -p "$WORK/warm"
  FIGURES=$("$(built warm_bench)" "$WORK/warm")
  row "warm decision: CPU (audit log on $(disk))" \
    "$(field 1 1)" us '<=' 20
  row "warm decisions on two threads" "$(field 1 2)" /s '>=' 20000
  row "ask.sock, question to answer, median" "$(field 1 3)" us '<=' 150
}

# --- creates, over a real containerd ------------------------------------------

# Where the image's signatures are supposed to be: nobody answers.
start_stalled_registry() {
  start_service "$WORK/stalled.out" \
    python3 "$ASSAY_SOURCE_DIR/tests/support/hostile_registry.py"
  wait_for 10 test -s "$WORK/stalled.out"
  STALLED=127.0.0.1:$(head -n 1 "$WORK/stalled.out")
  write_hosts "$STALLED"
  cat >>"$ASSAY_ROOT/etc/assay/policy.d/10-test.toml" <<TOML

[[rule]]
scope = "$STALLED/**"
require = { any_of = ["release"] }
TOML
}

# keeps NAME ID: a container that runs, started past the shim.
keeps() { quietly ctr run --detach "$1" "$2" /bin/sleep 1000; }

creates() {
  local digest i bundles="$WORK/containerd/state/io.containerd.runtime.v2.task"
  bundles+="/$CONTAINERD_NAMESPACE"
  digest=$(push_image demo/create:1 --file etc/motd=create)
  sign_cosign25 release "demo/create@$digest"
  push_image demo/stalled:1 --file etc/motd=stalled >/dev/null
  pull demo/create:1
  pull demo/stalled:1
  start_stalled_registry
  quietly ctr images tag "$REGISTRY/demo/stalled:1" "$STALLED/stalled-headers/app:1"
  for ((i = 0; i < 100; i++)); do
    quietly ctr images tag "$REGISTRY/demo/stalled:1" "$REGISTRY/demo/other:$i"
  done
  keeps "$REGISTRY/demo/create:1" known
  keeps "$STALLED/stalled-headers/app:1" stalled
  start_assayd
  FIGURES=$("$(built create_bench)" "$ASSAY_ROOT/run/assay/ask.sock" \
    "$ASSAYD_PID" "$CONTAINERD_PID" 500 "$bundles/known" "$bundles/stalled")
  row "create, first of an image: question to answer" "$(field 1 1)" ms
  row "create, known image, 100 others held: median" "$(field 2 1)" ms
  row "  CPU of assayd" "$(field 2 2)" ms
  row "  CPU of containerd" "$(field 2 3)" ms
  row "200 creates at once: 99th percentile of the median" \
    "$(awk "BEGIN { printf \"%.1f\", $(field 3 2) / $(field 3 1) }")" x '<=' 10
  row "  median" "$(field 3 1)" ms
  row "  every fourth waiting for a stalled registry: the others" \
    "$(awk "BEGIN { printf \"%.1f\", $(field 4 2) / $(field 4 1) }")" x '<=' 10
  row "  their median" "$(field 4 1)" ms
  stop_service "$ASSAYD_PID"
}

# --- pulls, over a real containerd --------------------------------------------

# pulled_with VERIFIER: sets PULL to a pull that asks it, of an image that the
# node does not hold.
pulled_with() {
  PULL=(unmeasured ctr images rm --sync "$REGISTRY/demo/pulled:1" +++
    unmeasured ln -sfn "$1" "$VERIFIERS/verifier" +++
    ctr images pull --plain-http "$REGISTRY/demo/pulled:1")
}

pulls() {
  local noop
  push_signed demo/pulled:1 >/dev/null
  start_assayd
  pulled_with /bin/true
  noop=("${PULL[@]}")
  pulled_with "$ASSAY_ROOT/usr/lib/assay/image-verifier/assay-image-verifier"
  rounds "${noop[@]}" ::: "${PULL[@]}"
  row "a pull that asks Assay, against a verifier that does nothing" \
    "$(field 2 4)" x '<=' 1.08
  row "  wall time of the pull" "$(field 2 1)" ms
  (($(grep -c '"hook":"pull"' "$ASSAY_ROOT/var/log/assay/audit.jsonl") >= ROUNDS)) ||
    fail "the pulls did not ask"
  rm "$VERIFIERS/verifier"
  stop_service "$ASSAYD_PID"
}

# A kubelet's calls through the daemon, and others that no runtime has.
image_proxy() {
  local kind calls direct proxied pumped kib
  printf '\n[image_proxy]\n' >>"$ASSAY_ROOT/etc/assay/assayd.toml"
  push_image demo/listed:1 >/dev/null
  quietly ctr -n k8s.io images pull --plain-http "$REGISTRY/demo/listed:1"
  start_assayd
  wait_for 10 test -S "$ASSAY_ROOT/run/assay/image.sock"
  mkdir -p "$WORK/proxied"
  FIGURES=$("$(built image_proxy_bench)" "$WORK/proxied" "$CONTAINERD_ADDRESS" \
    "$ASSAY_ROOT/run/assay/image.sock" "$REGISTRY/demo/listed:1" 10000)
  while read -r kind calls direct proxied pumped; do
    if [[ $kind == all ]]; then
      row "$calls calls through the image proxy, of the direct ones" \
        "$(ratio "$proxied" "$direct")" x '<=' 1.10
      row "  through a process that only hands on bytes" \
        "$(ratio "$pumped" "$direct")" x
    else
      row "  $kind: $direct us, proxied $proxied us, pumped $pumped us" "$calls" ""
    fi
  done < <(tac <<<"$FIGURES")
  kib=$(awk '/^VmRSS/ { print $2 }' "/proc/$ASSAYD_PID/status")
  row "assayd after them, resident" \
    "$(awk "BEGIN { printf \"%.1f\", $kib / 1024 }")" MiB
  stop_service "$ASSAYD_PID"
}

layers() {
  FIGURES=$("$(built layer_bench)" 256 "$WORK" | sed 's/ *%* *(bar.*//; s/x$//' |
    awk '{ print $NF }')
  row "layer hashing, of openssl's speed in memory" "$(field 2 1)" % '>=' 85
  row "two layers on two cores, of one" "$(field 3 1)" x '>=' 1.7
  row "unchanged layers, cheaper than hashing" "$(field 4 1)" x '>=' 20
}

start_registry
VERIFIERS="$WORK/verifiers"
mkdir "$VERIFIERS"
CONTAINERD_EXTRA="[plugins.\"io.containerd.image-verifier.v1.bindir\"]
bin_dir = \"$VERIFIERS\""
start_containerd containerd21 "$WORK/containerd"
install_product
make_cosign_key release
trust release
write_release_policy
printf '%-58s %9s %-6s %s\n' "of one run, medians of $ROUNDS rounds" measured "" bar
parts=${ASSAY_BENCH_PARTS:-idle_memory shim_price verification keyless_verification
  warm creates pulls image_proxy layers}
for part in $parts; do "$part"; done
