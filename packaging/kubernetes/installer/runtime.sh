# The runtime's way through the shim, which is `assay wire`'s to make, and what
# `assay doctor` says of the node.

# find_runtime: sets NAME and UNIT.
find_runtime() {
  NAME=$RUNTIME
  if [[ $NAME == auto ]]; then
    case $(on_node systemctl is-active crio.service containerd.service 2>/dev/null) in
      active*) NAME=crio ;;
      *$'\n'active) NAME=containerd ;;
      *) problem NoRuntime "neither containerd.service nor crio.service runs on this node: set runtime.name, runtime.config and runtime.unit" || return 1 ;;
    esac
  fi
  UNIT=${RUNTIME_UNIT:-$NAME.service}
}

config_option() { [[ -z $RUNTIME_CONFIG ]] || printf '%s\n' --config "$RUNTIME_CONFIG"; }

wire_runtime() {
  local options said wired
  find_runtime || return 1
  mapfile -t options < <(config_option)
  said=$(on_node assay wire "$NAME" "${options[@]}" --dry-run --json 2>&1) ||
    problem CannotWire "${said%%$'\n'*}" || return 1
  wired=$(jq -r '.changed | not' <<<"$said")
  if [[ $wired != true ]]; then
    may_wire || return 1
    said=$(on_node assay wire "$NAME" "${options[@]}" --json 2>&1) ||
      problem CannotWire "${said%%$'\n'*}" || return 1
    : >"$STATE/wired"
    say "wired $NAME"
  fi
  restart_runtime
}

# A node that refuses this pod could not be reached by the next version of it. So
# nothing is wired before the policy in force accepts the image of this pod, or
# lets it pass as in audit mode.
may_wire() {
  local wrong
  on_node assay status >/dev/null 2>&1 ||
    problem NoPolicy "no policy is in force, so every container would be refused" || return 1
  wrong=$(judge_self)
  [[ -n $wrong ]] || return 0
  # Its signatures may never have been asked for.
  on_node assay evidence fetch "$ASSAY_IMAGE" >/dev/null 2>&1
  wrong=$(judge_self)
  [[ -z $wrong ]] ||
    problem OwnImageRefused "nothing is wired, since the policy would refuse this installer: $wrong"
}

# judge_self: why this pod's containers would not start again, "" if they would.
judge_self() {
  local said
  said=$(on_node assay running --json 2>&1) || [[ $said == "{"* ]] ||
    { echo "${said%%$'\n'*}" && return; }
  jq -r --arg pod "$POD_NAME" --arg namespace "$POD_NAMESPACE" '
    [.containers[] | select(.pod == $pod and .pod_namespace == $namespace)] |
    if length == 0 then "its containers are not found on the node" else
      map(select(.ending != "accepted" and .decision.mode != "audit"))[0] |
      if . then "\(.image): \(.reason)" else empty end
    end' <<<"$said"
}

# failed ID: whether doctor found that wrong.
failed() { jq -e --arg id "$1" 'any(.checks[]; .id == $id and .health == "fail")' <<<"$CHECKS" >/dev/null; }

# A changed configuration counts once the runtime has read it, and its containers
# go on meanwhile. Not again and again: where that does not help, somebody looks.
restart_runtime() {
  local at said
  ask_node
  failed "$NAME-restart" || return 0
  [[ ${ASSAY_RUNTIME_RESTART:-yes} == yes ]] ||
    problem RestartNeeded "$UNIT has not read its configuration: systemctl restart $UNIT" || return 1
  at=$(cat "$STATE/restarted" 2>/dev/null || echo 0)
  (($(date +%s) - at > 600)) ||
    problem RestartNeeded "$UNIT was restarted and has still not read its configuration" || return 1
  date +%s >"$STATE/restarted"
  # Whether it is younger than its files is told by seconds, give or take.
  sleep 3
  say "restarting $UNIT, for it to read its configuration"
  said=$(on_node systemctl restart "$UNIT" 2>&1) ||
    problem RestartNeeded "$UNIT does not restart: ${said##*$'\n'}" || return 1
  # It is looked at again in any case, but most are there in a moment.
  for _ in {1..20}; do
    ask_node
    jq -e --arg name "$NAME" 'all(.checks[]; .health == "ok" or .health == "warn" or
      (.id | IN($name, $name + "-restart") | not))' <<<"$CHECKS" >/dev/null && return
    sleep 0.5
  done
}

# ask_node: CHECKS is what doctor says, as JSON. What it says of containerd is not
# about a node of CRI-O's.
ask_node() {
  local options=() said
  if [[ ${NAME:-$RUNTIME} != crio ]]; then mapfile -t options < <(config_option); fi
  said=$(on_node assay doctor --json "${options[@]}" 2>/dev/null)
  CHECKS=$(jq -c --arg runtime "${NAME:-}" '{checks: [.checks[] | select($runtime != "crio" or
    (.id | IN("containerd", "containerd-config", "containerd-restart", "handler",
      "runc-shadow", "image-verifier", "pull-path") | not))]}' <<<"$said" 2>/dev/null) || CHECKS=
}

# judge_node: sets READY, and ENFORCING with REASON and MESSAGE for the condition.
judge_node() {
  local worst
  ENFORCING=Unknown REASON=CannotTell MESSAGE="assay doctor does not answer on this node"
  if [[ -n $CHECKS ]]; then
    # Three ends, never two.
    worst=$(jq -r '(map(select(.health == "fail"))[0] // map(select(.health != "ok" and
      .health != "warn"))[0]) as $first | if $first then
        [if $first.health == "fail" then "False" else "Unknown" end, $first.id, $first.found +
          (if $first.next != "" then "; next: " + $first.next else "" end)]
      elif length == 0 then ["Unknown", "cannot-tell", "nothing was looked at"]
      else ["True", "enforcing", "assay doctor finds no way around Assay"] end |
      .[1] |= (split("-") | map((.[:1] | ascii_upcase) + .[1:]) | join("")) | .[]' \
      <<<"$(jq -c .checks <<<"$CHECKS")")
    { read -r ENFORCING && read -r REASON && read -r MESSAGE; } <<<"$worst"
  fi
  if [[ -n $PROBLEM ]]; then REASON=$PROBLEM MESSAGE=$PROBLEM_TEXT; fi
  READY=no
  if [[ -n $PROBLEM || -n $POLICY_PROBLEM ]]; then return; fi
  case $MODE in
    install) if on_node assay status >/dev/null 2>&1; then READY=yes; fi ;;
    # That the policy refuses nothing yet is what this mode is for.
    audit) if jq -e '.checks | length > 0 and all(.health == "ok" or .health == "warn" or
      .id == "policy-mode")' <<<"$CHECKS" >/dev/null; then READY=yes; fi ;;
    enforce) if [[ $ENFORCING == True ]]; then READY=yes; fi ;;
  esac
}
