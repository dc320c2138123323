# A real Prometheus reads a node that decides, and its alerts fire.
MONITORING=$ASSAY_SOURCE_DIR/packaging/monitoring
metrics=127.0.0.1:$(free_port)
server=127.0.0.1:$(free_port)

# --- the files --------------------------------------------------------------------

mkdir "$WORK/rules"
cp "$MONITORING/assay.rules.yml" "$CASE_DIR/monitoring/alerts.test.yml" "$WORK/rules"
expect_ok "the rules are rules" promtool check rules "$WORK/rules/assay.rules.yml"
expect_ok "each alert fires, and none on a node that is well" \
  promtool test rules "$WORK/rules/alerts.test.yml"
for name in $(sed -n 's/.*- alert: //p' "$MONITORING/assay.rules.yml"); do
  grep -q "alertname=\"$name\".* instance=\|alertname=\"$name\".*severity" \
    "$WORK/rules/alerts.test.yml" || fail "nobody has seen $name fire"
done
passed "no alert is without its test"

# --- a node -----------------------------------------------------------------------

start_everything
stop_service "$ASSAYD_PID"
printf '\n[metrics]\nlisten = "%s"\n' "$metrics" >>"$ASSAY_ROOT/etc/assay/assayd.toml"
start_assayd
scrape() { curl -sf "http://$metrics/metrics"; }
wait_for 10 scrape || fail "no metrics at $metrics"
scrape >"$WORK/metrics.txt"
expect_ok "Prometheus finds nothing wrong with their form" \
  promtool check metrics <"$WORK/metrics.txt"

cat >"$WORK/prometheus.yml" <<YAML
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: ["$WORK/rules/assay.rules.yml"]
scrape_configs:
  - job_name: assay
    static_configs: [{targets: ["$metrics"]}]
YAML
start_service "$WORK/prometheus.log" prometheus \
  --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/prometheus" \
  --web.listen-address="$server"

# query EXPRESSION: its value, "" where there is none.
query() {
  curl -sfG "http://$server/api/v1/query" --data-urlencode "query=$1" |
    jq -r '.data.result[0].value[1] // ""'
}
# has VALUE EXPRESSION
has() { [[ $(query "$2") == "$1" ]]; }
# expect_soon WHAT VALUE EXPRESSION
expect_soon() {
  wait_for 30 has "$2" "$3" || fail "$1: $3 is $(query "$3"), not $2"
  passed "$1"
}

expect_soon "Prometheus reads the node" 1 'up{job="assay"}'
expect_soon "a refusal is a series before the first one" 0 \
  'assay_decisions_total{hook="create", effect="denied", verdict="rejected"}'

push_signed demo/good:1 >/dev/null
push_image demo/bad:1 >/dev/null
pull demo/good:1
pull demo/bad:1
expect_starts "a signed image starts" demo/good:1
expect_refused_image "an unsigned one does not" no-signature demo/bad:1
expect_soon "the start is counted" 1 \
  'sum(assay_decisions_total{hook="create", effect="allowed", verdict="accepted"}) >= bool 1'
expect_soon "the refusal is counted" 1 \
  'assay_decisions_total{hook="create", effect="denied", verdict="rejected"}'
expect_soon "by its reason" 1 \
  'assay_decision_reasons_total{hook="create", reason="no-signature"}'
expect_soon "an alert tells of it" 1 \
  'ALERTS{alertname="AssayRefusals", alertstate="firing"}'
expect_soon "the policy is named" 1 \
  "assay_policy_info{mode=\"enforce\", fingerprint=\"$(assay status --json | jq -r .policy.fingerprint)\"}"
expect_soon "evidence is on disk" 1 'assay_evidence_images >= bool 1'

echo 'versoin = 1' >"$ASSAY_ROOT/etc/assay/policy.d/20-wrong.toml"
expect_soon "files that are no policy are seen" 0 assay_policy_files_taken
expect_soon "while one stays in force" 1 assay_policy_in_force
rm "$ASSAY_ROOT/etc/assay/policy.d/20-wrong.toml"

# --- the dashboard ----------------------------------------------------------------

count=0
while read -r expression; do
  expression=${expression//\$instance/.*}
  expression=${expression//\$__rate_interval/1m}
  curl -sfG "http://$server/api/v1/query" --data-urlencode "query=$expression" \
    >"$WORK/answer" || fail "the dashboard asks what is no question: $expression"
  count=$((count + 1))
done < <(jq -r '.panels[].targets[]?.expr' "$MONITORING/assay.dashboard.json")
((count > 10)) || fail "the dashboard asks $count questions"
passed "Prometheus answers all $count questions of the dashboard"

# --- a unix socket; no port ---------------------------------------------------------

stop_service "$ASSAYD_PID"
sed -i "s|^listen = .*|listen = \"unix:$ASSAY_ROOT/run/assay/metrics.sock\"|" \
  "$ASSAY_ROOT/etc/assay/assayd.toml"
start_assayd
socket_answers() {
  curl -sf --unix-socket "$ASSAY_ROOT/run/assay/metrics.sock" http://assay/metrics
}
wait_for 10 socket_answers || fail "no metrics at the unix socket"
passed "a unix socket serves as well"
stop_service "$ASSAYD_PID"
sed -i "s|^listen = .*|listen = \"$server\"|" "$ASSAY_ROOT/etc/assay/assayd.toml"
start_assayd
wait_for 10 grep -q "cannot listen for metrics at $server" "$WORK/assayd.log" ||
  fail "nobody is told of a port that somebody else has"
passed "a port that somebody has is told of"
expect_starts "and stops no container" demo/good:1
