# The programs, units and pages of the packages, placed on the node.
#
# Every file is laid beside its place under a hidden name, and tried there. Only
# when all are there does one after the other take its place, each in one step.
# $STATE/files has what was placed, from before the first of it on: "f PATH" and,
# for folders that were not there, "d PATH". What is not in it is not ours.

STAGED=.assay-installer-new.

payload_files() { (cd "$PAYLOAD/root" && find . -type f -printf '%P\n' | LC_ALL=C sort); }

# recorded KIND: the paths of that kind.
recorded() {
  [[ ! -f $STATE/files ]] || sed -n "s/^$1 //p" "$STATE/files"
}

staged_of() { printf '%s/%s%s' "$(dirname "$1")" "$STAGED" "$(basename "$1")"; }

# is_current PATH: the node has the payload's bytes and mode there.
is_current() {
  [[ ! -L $NODE/$1 ]] && cmp -s "$PAYLOAD/root/$1" "$NODE/$1" &&
    [[ $(stat -c %a "$PAYLOAD/root/$1") == "$(stat -c %a "$NODE/$1")" ]]
}

# What an earlier run left half done.
drop_staged() {
  local path
  while read -r path; do
    rm -f "$NODE/$(staged_of "$path")"
  done < <({ payload_files && recorded f; } | sort -u)
}

# Another's files stay: they are a package's, or somebody's by hand.
refuse_foreign() {
  local path
  while read -r path; do
    [[ ! -e $NODE/$path && ! -L $NODE/$path ]] ||
      problem ForeignPrograms "/$path is there already and is not this installer's: remove the package that it is of, or set programs=node to go on with it" ||
      return 1
  done < <(LC_ALL=C comm -23 <(payload_files) <(recorded f | LC_ALL=C sort))
}

# How the node's files look that were placed; another look, and they are compared
# byte by byte.
seen_files() {
  local paths
  mapfile -t paths < <(recorded f)
  (cd "$NODE" && cat var/lib/assay-installer/version &&
    stat -c '%n %i %s %a %Y %Z' "${paths[@]}") 2>&1
}

# new_folders: those that the payload needs and the node has not, parents first.
new_folders() {
  local path folder
  while read -r path; do
    folder=$(dirname "$path")
    while [[ $folder != . && ! -d $NODE/$folder ]]; do
      echo "$folder"
      folder=$(dirname "$folder")
    done
  done < <(payload_files) | LC_ALL=C sort -u
}

# record_files FILES FOLDERS: lists, a path a line.
record_files() {
  local text
  text=$(sed -n 's/^./f &/p' <<<"$1" && sed -n 's/^./d &/p' <<<"$2")
  mkdir -p "$STATE" && put_file "$text"$'\n' "$STATE/files"
}

# stage PATH...
stage() {
  local path to
  for path in "$@"; do
    to=$NODE/$(staged_of "$path")
    install -D -m "$(stat -c %a "$PAYLOAD/root/$path")" "$PAYLOAD/root/$path" "$to" &&
      sync "$to" || return 1
  done
}

# A program that the node cannot run must not take the place of one that it can.
try_staged() {
  local path said status
  for path in "$@"; do
    case $path in
      usr/bin/* | usr/sbin/* | usr/lib/assay/assay-decide | usr/lib/assay/assay-node) ;;
      *) continue ;;
    esac
    status=0
    said=$(on_node "/$(staged_of "$path")" --version 2>&1) || status=$?
    ((status < 126)) || problem ProgramsDoNotRun "/$path does not run on this node: ${said##*: error while }" || return 1
  done
}

# undo_staging FOLDERS: the node is as it was.
undo_staging() {
  local folder
  drop_staged
  while read -r folder; do
    [[ -z $folder ]] || rmdir --ignore-fail-on-non-empty "$NODE/$folder" 2>/dev/null
  done < <(tac <<<"$1")
  if [[ -f $STATE/files.before ]]; then
    mv -fT "$STATE/files.before" "$STATE/files"
  else
    rm -f "$STATE/files"
    rmdir --ignore-fail-on-non-empty "$STATE" 2>/dev/null
  fi
  return 1
}

place_programs() {
  local path changed=() folders old
  if [[ $PROGRAMS == node ]]; then
    [[ -x $NODE/usr/lib/assay/assay-shim && -x $NODE/usr/bin/assay ]] ||
      problem ProgramsMissing "programs=node, and the node has no /usr/bin/assay or no /usr/lib/assay/assay-shim: install its packages assay and assay-shim"
    return
  fi
  if [[ -f $STATE/seen && "$(cat "$PAYLOAD/version")" == "$(head -n 1 "$STATE/seen")" &&
    "$(cat "$STATE/seen")" == "$(seen_files)" ]]; then
    return 0
  fi
  drop_staged
  refuse_foreign || return 1
  while read -r path; do
    is_current "$path" || changed+=("$path")
  done < <(payload_files)
  old=$(recorded f)
  if ((${#changed[@]} == 0)) && [[ $old == "$(payload_files)" ]]; then
    seen_files >"$STATE/seen"
    return
  fi
  folders=$(new_folders)
  [[ ! -f $STATE/files ]] || cp "$STATE/files" "$STATE/files.before"
  if ! { record_files "$({ payload_files && echo "$old"; } | grep . | LC_ALL=C sort -u)" \
    "$({ recorded d && echo "$folders"; } | grep . | LC_ALL=C sort -u)" &&
    stage "${changed[@]}"; } 2>"$RUN/said"; then
    problem CannotPlaceFiles "$(tail -n 1 "$RUN/said"); where /usr is read-only the node's image must bring Assay's packages: programs=node" || true
    undo_staging "$folders"
    return 1
  fi
  try_staged "${changed[@]}" || { undo_staging "$folders"; return 1; }
  activate "${changed[@]}"
}

# From here on the new version comes about, however often it is cut short.
activate() {
  local path payload
  payload=$(payload_files)
  # Until the daemon has been told.
  : >"$STATE/restart" || return 1
  for path in "$@"; do
    mv -fT "$NODE/$(staged_of "$path")" "$NODE/$path" || return 1
    say "placed /$path"
  done
  # What the version before had and this one has not.
  while read -r path; do
    [[ -n $path ]] || continue
    grep -qxF -- "$path" <<<"$payload" || rm -f "${NODE:?}/$path"
  done < <(recorded f)
  record_files "$payload" "$(recorded d)" && rm -f "$STATE/files.before" &&
    cp "$PAYLOAD/version" "$STATE/version" && seen_files >"$STATE/seen"
}

# units_are WORD ANSWER: what systemctl answers to is-WORD, of the socket and the
# daemon.
units_are() {
  [[ $(on_node systemctl "is-$1" assayd.socket assayd.service 2>/dev/null) == "$2"$'\n'"$2" ]]
}

# The units run, those of this version. The socket is never restarted: who asks
# meanwhile waits in it.
serve() {
  local said
  said=$(start_units 2>&1) || problem ServiceDoesNotStart "assayd on this node: ${said##*$'\n'}" || return 1
  rm -f "$STATE/restart"
}

start_units() {
  if [[ -e $STATE/restart && $PROGRAMS == installer ]]; then
    on_node systemctl daemon-reload || return 1
    on_node systemd-tmpfiles --create assay.conf || return 1
    on_node_script assay-shim.postinst configure || return 1
  fi
  units_are enabled enabled ||
    on_node systemctl enable --quiet assayd.socket assayd.service || return 1
  units_are active active || on_node systemctl start assayd.socket assayd.service || return 1
  [[ ! -e $STATE/restart ]] || on_node systemctl restart assayd.service
}
