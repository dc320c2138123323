# What the cluster is told: two conditions of the node, and an event for each
# refusal. Nothing on the node waits for it, and nothing fails with it: a node
# that cannot reach the API server is kept all the same.

ACCOUNT=${ASSAY_ACCOUNT:-/var/run/secrets/kubernetes.io/serviceaccount}
API="https://${KUBERNETES_SERVICE_HOST:-}:${KUBERNETES_SERVICE_PORT:-443}"
[[ ${KUBERNETES_SERVICE_HOST:-} != *:* ]] || API="https://[$KUBERNETES_SERVICE_HOST]:$KUBERNETES_SERVICE_PORT"
HEARTBEAT=300
MOST_EVENTS=20
MOST_BYTES=4194304

# api METHOD PATH TYPE: the body comes on standard input. Prints the status. The
# token is read each time, as it is replaced, and stands in no command line.
api() {
  curl --silent --show-error --max-time 10 --cacert "$ACCOUNT/ca.crt" \
    --header @<(printf 'Authorization: Bearer %s' "$(cat "$ACCOUNT/token")") \
    --header "Content-Type: $3" --request "$1" --data-binary @- \
    --output "$RUN/answer" --write-out '%{http_code}' "$API$2" 2>"$RUN/said"
}

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# condition TYPE STATUS REASON MESSAGE: as JSON. When its status changed last is
# kept on the node, since the pod may be another one now.
condition() {
  local kept=$STATE/condition-$1 status='' since=''
  [[ ! -f $kept ]] || read -r status since <"$kept"
  if [[ $status != "$2" || -z $since ]]; then
    since=$(now)
    [[ ! -d $STATE ]] || printf '%s %s\n' "$2" "$since" >"$kept"
  fi
  jq -cn --arg type "$1" --arg status "$2" --arg reason "$3" --arg message "${4:0:1000}" \
    --arg since "$since" --arg now "$(now)" '{type: $type, status: $status,
      reason: $reason, message: $message, lastTransitionTime: $since, lastHeartbeatTime: $now}'
}

patch_conditions() {
  local code
  code=$(jq -cs '{status: {conditions: .}}' |
    api PATCH "/api/v1/nodes/$NODE_NAME/status" application/strategic-merge-patch+json)
  [[ $code == 200 ]] || {
    say "the node's conditions are not told: ${code/#000/$(tail -n 1 "$RUN/said")}"
    return 1
  }
}

# tell_cluster: when something changed, and else every five minutes: a fleet's
# nodes must not wear out what they report to.
tell_cluster() {
  local told at=0 was=''
  [[ -n ${NODE_NAME:-} && -r $ACCOUNT/token ]] || return 0
  if [[ $MODE == remove ]]; then
    tell_removal
    return
  fi
  tell_refusals
  told="$ENFORCING $REASON $MESSAGE $POLICY_PROBLEM"
  [[ ! -f $RUN/told ]] || { read -r at && IFS= read -r was; } <"$RUN/told"
  if [[ $was == "$told" ]] && (($(date +%s) - at < HEARTBEAT)); then return 0; fi
  {
    condition AssayEnforcing "$ENFORCING" "$REASON" "$MESSAGE"
    if [[ -n $POLICY_PROBLEM ]]; then
      condition AssayPolicyCurrent False PolicyRefused "the one before stays in force: $POLICY_PROBLEM"
    else
      condition AssayPolicyCurrent True PolicyTaken "the node goes by the cluster's policy"
    fi
  } | patch_conditions && printf '%s\n%s\n' "$(date +%s)" "$told" >"$RUN/told"
}

# Nobody looks any more; what was said last may not be so for long.
tell_end() {
  [[ -n ${NODE_NAME:-} && -r $ACCOUNT/token ]] || return 0
  condition AssayEnforcing Unknown InstallerStopped \
    "the installer's pod ended; the node stays as it was" | patch_conditions
}

tell_removal() {
  local type
  if [[ $READY == no ]]; then
    condition AssayEnforcing Unknown "$PROBLEM" "$PROBLEM_TEXT" | patch_conditions
    return
  fi
  [[ ! -f $RUN/untold ]] || return 0
  for type in AssayEnforcing AssayPolicyCurrent; do
    jq -cn --arg type "$type" '{"$patch": "delete", type: $type}'
  done | patch_conditions && : >"$RUN/untold"
}

# --- refusals -----------------------------------------------------------------

# new_lines: the audit log's lines since the last look, whole ones alone, and of
# very many the last. A file that was renamed because it was full is read to its
# end first. $RUN/audit-read says how far it went, for when all has been told.
new_lines() {
  local folder=$NODE/var/log/assay log inode=0 offset=0 current size
  log=$folder/audit.jsonl
  if [[ ! -f $log ]]; then
    # All of what is to come.
    [[ -f $STATE/audit-read ]] || echo '0 0' >"$RUN/audit-read"
    return
  fi
  current=$(stat -c %i "$log")
  size=$(stat -c %s "$log")
  if [[ -f $STATE/audit-read ]]; then
    read -r inode offset <"$STATE/audit-read"
  else
    # Not all that ever was.
    inode=$current offset=$size
  fi
  if [[ $inode != "$current" ]]; then
    find "$folder" -maxdepth 1 -inum "$inode" -exec tail -c +$((offset + 1)) {} \; |
      tail -c "$MOST_BYTES"
    offset=0
  fi
  if ((size < offset)); then offset=0; fi
  if ((size - offset > MOST_BYTES)); then offset=$((size - MOST_BYTES)); fi
  tail -c +$((offset + 1)) "$log" >"$RUN/lines"
  [[ -z $(tail -c 1 "$RUN/lines") ]] || sed -i '$d' "$RUN/lines"
  printf '%s %s\n' "$current" $((offset + $(stat -c %s "$RUN/lines"))) >"$RUN/audit-read"
  cat "$RUN/lines"
}

# Lines as events. A refusal that repeats, as a kubelet makes it, is one event an
# hour: its name says of what, and the API server takes each name once. What has
# no pod is told of the node.
events_of() {
  jq -cRn --arg node "$NODE_NAME" --arg pod "${POD_NAME:-}" --argjson most "$MOST_EVENTS" '
    [inputs | fromjson? | select(.verdict != "accepted" and .hook != "verify")] |
    group_by([.namespace, .pod, .container, .reason, .reference, .time[:13]]) | .[:$most][] |
    .[-1] + {times: length} |
    ((.pod // "") != "" and (.namespace // "") != "") as $of_pod |
    {
      apiVersion: "v1", kind: "Event",
      identity: [.namespace, .pod, .container, .reason, .reference, .time[:13], $node],
      metadata: {namespace: (if $of_pod then .namespace else "default" end)},
      involvedObject: (if $of_pod then
          {apiVersion: "v1", kind: "Pod", namespace, name: .pod}
        else {apiVersion: "v1", kind: "Node", name: $node, uid: $node} end),
      type: "Warning",
      reason: (if .allowed then "ImageWouldBeRefused" else "ImageRefused" end),
      message: "\(.reason): \(.message) (\(.reference // .container_id // "no name"), rule \(.rule // "none")); next: \(.remedy // "assay explain \(.request)")"[:1000],
      source: {component: "assay", host: $node},
      reportingComponent: "assay", reportingInstance: $node,
      firstTimestamp: .time, lastTimestamp: .time, count: .times
    }'
}

# What the API server did not hear is told again at the next look.
tell_refusals() {
  local event name namespace code
  [[ -d $STATE ]] || return 0
  rm -f "$RUN/audit-read"
  while read -r event; do
    name=assay-$(jq -c .identity <<<"$event" | sha256sum | cut -c1-40)
    namespace=$(jq -r .metadata.namespace <<<"$event")
    code=$(jq -c --arg name "$name" 'del(.identity) | .metadata.name = $name' <<<"$event" |
      api POST "/api/v1/namespaces/$namespace/events" application/json)
    case $code in
      201 | 409) ;;
      000 | 429 | 5??)
        say "events are not told: ${code/#000/$(tail -n 1 "$RUN/said")}"
        return
        ;;
      # The namespace is gone, or so.
      *) say "an event in $namespace is not taken: $code" ;;
    esac
  done < <(new_lines | events_of)
  [[ ! -f $RUN/audit-read ]] || cp "$RUN/audit-read" "$STATE/audit-read"
}
