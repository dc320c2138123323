# Removal, by the steps and scripts of the packages: runtimes go on without Assay
# before any of its files goes, and containers that run keep what they call.

# remove_assay: fails while something is left.
remove_assay() {
  local said
  ENFORCING='' REASON='' MESSAGE=''
  if [[ ! -d $STATE ]]; then
    # Links that containers call which began behind the shim, see the script.
    [[ ! -e $NODE/etc/tmpfiles.d/assay-retired.conf ]] ||
      on_node_script assay-shim.postrm remove >/dev/null
    return 0
  fi
  drop_staged
  if [[ ! -e $STATE/retired && -e $NODE/usr/bin/assay ]] &&
    [[ $PROGRAMS == installer || -e $STATE/wired ]]; then
    said=$(on_node_script assay-shim.prerm remove 2>&1) ||
      problem CannotUnwire "${said%%$'\n'*}" || return 1
    : >"$STATE/retired"
    say "no runtime asks Assay any more"
  fi
  let_runtime_read
  if [[ $PROGRAMS == installer ]]; then
    stop_units || return 1
    take_programs_away
  fi
  take_settings_away
  if [[ $PROGRAMS == installer ]]; then
    on_node_script assay-shim.postrm remove >&2
    if [[ ${ASSAY_PURGE:-no} == yes ]]; then on_node_script assay.postrm purge; fi
  fi
  remove_folders
  rm -rf "$STATE"
  say "nothing of this installer is left on the node"
}

# A runtime that was not restarted goes on calling the shim's links, which lead to
# the real runtimes now. That is enough, but they stay until it has been.
let_runtime_read() {
  [[ ${ASSAY_RUNTIME_RESTART:-yes} == yes && ! -e $STATE/reread && -e $STATE/retired ]] || return 0
  find_runtime || { PROBLEM='' && return 0; }
  # Whether it is younger than the links is told by seconds, give or take.
  sleep 4
  on_node systemctl restart "$UNIT" || say "$UNIT does not restart"
  : >"$STATE/reread"
}

stop_units() {
  local unit said
  for unit in assayd.service assayd.socket; do
    [[ -e $NODE/lib/systemd/system/$unit || -e $NODE/usr/lib/systemd/system/$unit ]] || continue
    said=$(on_node systemctl disable --quiet --now "$unit" 2>&1) ||
      problem ServiceDoesNotStop "$unit: ${said##*$'\n'}" || return 1
  done
}

# What runs a second removal goes last.
take_programs_away() {
  local path
  while read -r path; do
    [[ $path == usr/bin/assay || -z $path ]] || rm -f "${NODE:?}/$path"
  done < <(recorded f)
  rm -f "$NODE/usr/bin/assay"
  on_node systemctl daemon-reload
}

take_settings_away() {
  local name
  while read -r name; do
    [[ -z $name ]] || rm -f "$NODE/etc/assay/$name"
  done < <(given)
}

# Folders that were not there before, unless somebody put something into them.
remove_folders() {
  local folder
  while read -r folder; do
    [[ ! -d $NODE/$folder ]] || rmdir --ignore-fail-on-non-empty "$NODE/$folder"
  done < <({ recorded d; [[ ! -f $STATE/folders ]] || cat "$STATE/folders"; } | LC_ALL=C sort -ru)
}
