# Rules that ask for what is said about an image, in both forms of real cosign,
# by keys and by identities: what fits starts, what does not is refused with the
# reason that names its fault.
workflow=https://github.com/org/app/.github/workflows/release.yml@refs/tags/v1
issuer=https://token.actions.githubusercontent.com
provenance='{"buildDefinition": {"buildType": "https://ci.example.com/oci",
  "externalParameters": {"workflow": {"ref": "refs/tags/v1"}}},
  "runDetails": {"builder": {"id": "BUILDER"}}}'
ours=${provenance/BUILDER/https://ci.example.com/v1}
theirs=${provenance/BUILDER/https://evil.example.com/v1}

start_everything
start_sigstore
install -m 0644 "$SIGSTORE/trusted_root.json" "$ASSAY_ROOT/etc/assay/trust/"
make_cosign_key ci
trust ci
write_policy <<TOML
version = 1
default = "reject"

[[rule]]
scope = "@REGISTRY@/built/**"
require = { all_of = ["release", { attestation = "built-by-us" }] }

[[rule]]
scope = "@REGISTRY@/scanned/**"
require = { all_of = ["release", { attestation = "scanned" }] }

[[rule]]
scope = "@REGISTRY@/listed/**"
require = { all_of = ["release", { attestation = "listed" }, { attestation = "reviewed" }] }

[[rule]]
scope = "@REGISTRY@/vexed/**"
require = { all_of = ["release", { attestation = "not-affected" }] }

[[rule]]
scope = "@REGISTRY@/workflow/**"
require = { attestation = "by-workflow" }

[signers.release]
type = "sigstore-key"
keys = ["release.pub"]

[signers.ci]
type = "sigstore-key"
keys = ["ci.pub"]

[signers.workflow]
type = "sigstore-keyless"
transparency = { logs = 1, timestamps = 1 }
[[signers.workflow.identities]]
issuer = "$issuer"
subject = "$workflow"

[attestations.built-by-us]
predicate_type = "https://slsa.dev/provenance/v1"
signed_by = { any_of = ["ci"] }
where = [
  { path = "runDetails.builder.id", operator = "equals", value = "https://ci.example.com/v1" },
  { path = "buildDefinition.externalParameters.workflow.ref", operator = "glob", value = "refs/tags/v*" },
]

[attestations.scanned]
predicate_type = "https://cosign.sigstore.dev/attestation/vuln/v1"
signed_by = "ci"
where = [{ path = "metadata.scanFinishedOn", operator = "not_older_than", value = "7d" }]

[attestations.listed]
predicate_type = "https://spdx.dev/Document"
signed_by = "ci"

[attestations.reviewed]
predicate_type = "https://cosign.sigstore.dev/attestation/v1"
signed_by = "ci"
where = [{ path = "Data(json).approved", operator = "equals", value = true }]

[attestations.not-affected]
predicate_type = "https://openvex.dev/ns"
signed_by = "ci"
where = [{ path = "statements[*].status", operator = "in", value = ["not_affected", "fixed"] }]

[attestations.by-workflow]
predicate_type = "https://slsa.dev/provenance/v1"
signed_by = "workflow"
stands_alone = true
where = [{ path = "runDetails.builder.id", operator = "glob", value = "https://ci.example.com/*" }]
TOML
expect_ok "a policy that asks for attestations is in force" assay reload
expect_output "policy show names them" "runDetails.builder.id equals" \
  assay policy show

# attested NAME FORM KEY TYPE PREDICATE: an image that the release key has
# signed, and KEY has attested by cosign FORM (25 or 31). Sets DIGEST.
attested() {
  local name=$1
  DIGEST=$(push_signed "$name:1" --env "NAME=$name")
  "attest_cosign$2" "$3" "$name@$DIGEST" "$4" "$5"
  pull "$name:1"
}

scan() {
  jq -nc --arg t "$(date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ)" \
    '{scanner: {uri: "scanner", version: "1", result: {}},
      metadata: {scanStartedOn: $t, scanFinishedOn: $t}}'
}

vex() {
  jq -nc --arg status "$1" '{"@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://vex.example.com/1", author: "us", version: 1,
    timestamp: "2026-01-01T00:00:00Z", statements: [
      {vulnerability: {name: "CVE-2026-1"}, products: [{"@id": "pkg:oci/app"}],
       status: $status}]}'
}

for form in 25 31; do
  attested "built/good$form" "$form" ci slsaprovenance1 "$ours"
  attested "built/wrong$form" "$form" ci slsaprovenance1 "$theirs"
  attested "built/stranger$form" "$form" stranger slsaprovenance1 "$ours"
  attested "scanned/fresh$form" "$form" ci vuln "$(scan '1 hour ago')"
  attested "scanned/stale$form" "$form" ci vuln "$(scan '8 days ago')"
  attested "vexed/good$form" "$form" ci openvex "$(vex not_affected)"
  attested "vexed/bad$form" "$form" ci openvex "$(vex affected)"
  attested "listed/both$form" "$form" ci spdx '{"spdxVersion": "SPDX-2.3"}'
  "attest_cosign$form" ci "listed/both$form@$DIGEST" custom '{"approved": true}'

  expect_starts "cosign $form: built by us" "built/good$form:1"
  expect_equal "  the audit log tells by which attestation" \
    "release built-by-us ci" \
    "$(tail -n 1 "$ASSAY_ROOT/var/log/assay/audit.jsonl" | jq -r \
      '[.signers[0].signer, .attestations[0].name, .attestations[0].signers[0].signer] | join(" ")')"
  expect_refused_image "cosign $form: of another builder" \
    attestation-constraint-failed "built/wrong$form:1"
  [[ $OUTPUT == *"runDetails.builder.id"*"https://evil.example.com/v1"* ]] ||
    fail "the refusal does not tell path and finding"
  expect_refused_image "cosign $form: a stranger says so" \
    attestation-unsigned "built/stranger$form:1"
  expect_starts "cosign $form: scanned an hour ago" "scanned/fresh$form:1"
  expect_refused_image "cosign $form: scanned eight days ago" \
    attestation-constraint-failed "scanned/stale$form:1"
  expect_starts "cosign $form: not affected" "vexed/good$form:1"
  expect_refused_image "cosign $form: affected" \
    attestation-constraint-failed "vexed/bad$form:1"
  # What the registry had at the pull is remembered for seconds.
  expect_starts_soon "cosign $form: a bill of materials and a review" \
    "listed/both$form:1"
done

push_signed built/silent:1 --env NAME=silent >/dev/null
pull built/silent:1
expect_refused_image "nobody says how it was built" attestation-missing \
  built/silent:1
digest=$(push_image built/unsigned:1 --env NAME=unsigned)
attest_cosign31 ci "built/unsigned@$digest" slsaprovenance1 "$ours"
pull built/unsigned:1
expect_refused_image "attested, but not signed" signature-foreign-key \
  built/unsigned:1

# --- by identities, with logs -------------------------------------------------

token=$(identity "$workflow" "$issuer")
stranger=$(identity dev@example.test https://accounts.example.test)
printf '%s' "$ours" >"$WORK/ours.json"
predicate=(--type slsaprovenance1 --predicate "$WORK/ours.json")

# by_workflow NAME COMMAND...: pushed, attested by COMMAND, pulled.
by_workflow() {
  local name=$1 digest
  shift
  digest=$(push_image "$name:1" --env "NAME=$name")
  "${@/@IMAGE@/$name@$digest}"
  pull "$name:1"
}

by_workflow workflow/legacy attest25 "$token" @IMAGE@ "${predicate[@]}" \
  --timestamp-server-url "$(cat "$SIGSTORE/url")/tsa/api/v1/timestamp"
by_workflow workflow/v1 attest31 v1 @IMAGE@ --identity-token "$token" \
  "${predicate[@]}"
by_workflow workflow/v2 attest31 v2 @IMAGE@ --identity-token "$token" \
  "${predicate[@]}"
by_workflow workflow/stranger attest31 v1 @IMAGE@ --identity-token "$stranger" \
  "${predicate[@]}"
expect_starts "a workflow's attestation, legacy form" workflow/legacy:1
expect_audited "  the audit log says that no signature was asked for" attested
expect_starts "  as a bundle, log of the first generation" workflow/v1:1
expect_starts "  log of the second generation" workflow/v2:1
expect_refused_image "somebody else's attestation" attestation-unsigned \
  workflow/stranger:1

# --- without the registry, and without the daemon -----------------------------

stop_service "$REGISTRY_PID"
stop_service "$ASSAYD_PID" KILL
expect_starts "offline, the daemon dead: it starts" built/good25:1
expect_starts "  and so does a bundle's" built/good31:1
RUNS=$((RUNS + 1))
run gated_run built/wrong31:1 "refused-$RUNS"
((STATUS != 0)) || fail "another builder's image starts offline"
passed "  and another builder's does not"
