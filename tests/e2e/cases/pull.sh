# The verifier that containerd asks before it pulls: what no container could be
# started from is not even fetched. containerd 2.x.
start_everything
VERIFIERS="$ASSAY_ROOT/usr/lib/assay/image-verifier"
CONFIG="$ASSAY_ROOT/etc/containerd/config.toml"
install -D -m 0644 "$WORK/containerd/config.toml" "$CONFIG"

make_cosign_key shop
trust shop
write_policy <<'TOML'
version = 1

[[rule]]
scope = "@REGISTRY@/demo/**"
require = { any_of = ["release"] }

[[rule]]
scope = "@REGISTRY@/demo/shop"
namespaces = ["shop*"]
require = { any_of = ["shop"] }

[[rule]]
scope = "@REGISTRY@/pause/**"
action = "allow"

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]

[signers.shop]
type = "sigstore-key"
keys = ["shop.pub"]
TOML
push_image pause/pause:1 --cmd /bin/sleep --cmd 1000 >/dev/null
signed=$(push_signed demo/app:1)
push_signed demo/later:1 >/dev/null
push_signed demo/hung:1 >/dev/null
unsigned=$(push_image demo/evil:1 --env A=b)
push_image demo/evil:2 --env A=c >/dev/null
of_shop=$(push_image demo/shop:1 --env A=d)
sign_cosign25 shop "demo/shop@$of_shop"
assay reload >/dev/null

# pulled NAME: by ctr, with the transfer service.
pulled() { ctr images pull --plain-http "$REGISTRY/$1"; }

# last_pull: hook, verdict and reason of the last line of the audit log.
last_pull() {
  tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" |
    jq -r '"\(.hook) \(.verdict) \(.reason) \(.reference)"'
}

push_image demo/before:1 --env A=e >/dev/null
expect_ok "containerd pulls what it is told" pulled demo/before:1
expect_ok "it is wired" assay wire containerd
restart_containerd "$CONFIG"
run assay doctor --json
expect_equal "doctor says that it asks" ok \
  "$(jq -r '.checks[] | select(.id == "image-verifier").health' <<<"$OUTPUT")"
expect_failure "what is here already is not pulled again" "no-signature: " \
  pulled demo/before:1
expect_ok "a signed image is pulled" pulled demo/app:1
expect_equal "  the audit log says so" "$(last_pull)" \
  "pull accepted signed $REGISTRY/demo/app:1"
expect_failure "an unsigned image is not" "no-signature: " pulled demo/evil:1
expect_failure "  containerd names the verifier" \
  "assay-image-verifier rejected image (exit code 1)" pulled demo/evil:1
expect_equal "  the audit log says so" "$(last_pull)" \
  "pull rejected no-signature $REGISTRY/demo/evil:1"
expect_equal "  nothing of it is on the node" \
  "$(ctr content ls -q | grep -c "$unsigned")" 0
expect_failure "nor by digest" "no-signature: " pulled "demo/evil@$unsigned"
expect_ok "the signed one is, by digest" pulled "demo/app@$signed"
expect_failure "nor by a kubelet" "no-signature: " \
  cri pull "$REGISTRY/demo/evil:1"
expect_ok "which pulls the signed one" cri pull "$REGISTRY/demo/app:1"

# Who pulls does not say for which pod.
expect_ok "what one namespace's rule accepts is pulled" pulled demo/shop:1
expect_refused_image "  and starts in no other" signature-invalid demo/shop:1

# The canary is refused at its pull, and at its start where it was imported.
run assay --json doctor --canary --config "$CONFIG"
expect_equal "the canary's pull and its start are refused" "ok ok" \
  "$(jq -r '[.checks[] | select(.id | startswith("canary")).health] | join(" ")' \
    <<<"$OUTPUT")"

# --- without the daemon ---------------------------------------------------------
expect_starts "what was pulled starts" demo/app:1
kill -STOP "$ASSAYD_PID"
pulled demo/evil:2 >"$WORK/hung.log" 2>&1 &
hung=$!
expect_ok "a daemon that hangs does not hold a pull" pulled demo/hung:1
! wait "$hung" || fail "a daemon that hangs lets an unsigned image be pulled"
expect_output "  but that of an unsigned image" "no-signature: " cat "$WORK/hung.log"
kill -CONT "$ASSAYD_PID"
stop_service "$ASSAYD_PID"
expect_ok "with the daemon dead a signed image is pulled" pulled demo/later:1
expect_failure "an unsigned one is not" "no-signature: " pulled demo/evil:2
expect_failure "  nor by a kubelet" "no-signature: " cri pull "$REGISTRY/demo/evil:2"
rm "$ASSAY_ROOT/usr/lib/assay/assay-decide"
expect_failure "without anybody to ask nothing is pulled" "hook-no-answer: " \
  pulled demo/app:1

expect_ok "wiring is undone" assay wire containerd --undo
restart_containerd "$CONFIG"
expect_ok "  and containerd pulls what it is told" pulled demo/evil:2

# --- by hand ------------------------------------------------------------------
verifier="$VERIFIERS/assay-image-verifier"
digest=sha256:$(printf '%064d' 0)
for words in "" "-name a" "-digest $digest" "-name= -digest $digest" \
  "-name a -name b -digest $digest"; do
  # shellcheck disable=SC2086
  expect_failure "a call it does not understand: $words" "usage: " \
    "$verifier" $words
done
for words in "--name a --digest $digest" "-digest=$digest -name=a" \
  "-later -name a -stdin-media-type x -digest $digest more"; do
  # shellcheck disable=SC2086
  expect_failure "a call it understands: $words" "hook-no-answer: " \
    "$verifier" $words
done
cp "$verifier" "$WORK/elsewhere"
expect_failure "a copy of it elsewhere answers for nobody" \
  "configuration-malformed: " "$WORK/elsewhere" -name a -digest "$digest"
