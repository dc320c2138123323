# Policy, keys and settings of the cluster, copied into /etc/assay. The node
# decides by its own files: a pod that is gone takes no policy along.
#
# What comes is tried as a whole, in a root of its own, by the program that will
# read it. What is refused there never reaches /etc/assay, so that a daemon that
# starts anew, and the decider, which read from disk, find what was in force.
# $STATE/settings has what was put there; other files are the node's own.

# Taken in this order: keys before what names them.
PARTS=(trust policy.d assayd.d)

prepare_folders() {
  local folder
  for folder in var/lib/assay-installer etc/assay "${PARTS[@]/#/etc/assay/}" \
    etc/assay/runtimes; do
    if [[ -d $NODE/$folder ]]; then continue; fi
    mkdir -p "$STATE" && echo "$folder" >>"$STATE/folders" &&
      install -d -m 0755 "$NODE/$folder" ||
      problem CannotPlaceFiles "/$folder cannot be made" || return 1
  done
}

# offered: what is mounted, as PART/PATH. Names that begin with two dots are the
# kubelet's own, by which it replaces all files at once.
offered() {
  local part
  for part in "${PARTS[@]}"; do
    [[ -d $SETTINGS/$part ]] || continue
    (cd "$SETTINGS/$part" && find -L . -name '..?*' -prune -o -type f -printf "$part/%P\n")
  done | LC_ALL=C sort
}

given() { [[ ! -f $STATE/settings ]] || cat "$STATE/settings"; }

mode_of() { case $1 in trust/*) echo 0600 ;; *) echo 0644 ;; esac; }

# refuse_policy TEXT: what was offered is not taken, and what is in force stays.
refuse_policy() {
  POLICY_PROBLEM=$1
  say "the cluster's settings are not taken: $1"
  return 1
}

# are_taken: the node has all that is offered, and nothing else of the cluster's.
are_taken() {
  local names
  mapfile -t names < <(offered)
  [[ "$(printf '%s\n' "${names[@]}")" == "$(given)" ]] || return 1
  ((${#names[@]} == 0)) || [[ $(cd "$SETTINGS" && sha256sum "${names[@]}") == \
    "$(cd "$NODE/etc/assay" && sha256sum "${names[@]}" 2>&1)" ]]
}

# take_settings: POLICY_PROBLEM says why not.
take_settings() {
  local copy=$RUN/settings name wanted changed=() gone=()
  if are_taken; then return 0; fi
  # One look at the mounts, which may change at any time.
  rm -rf "$copy" && mkdir -p "$copy"
  while read -r name; do
    install -D -m "$(mode_of "$name")" "$SETTINGS/$name" "$copy/$name" ||
      refuse_policy "$name cannot be read" || return 1
  done < <(offered)
  wanted=$(cd "$copy" && find . -type f -printf '%P\n' | LC_ALL=C sort)
  while read -r name; do
    if [[ -z $name ]] || cmp -s "$copy/$name" "$NODE/etc/assay/$name"; then continue; fi
    if [[ -e $NODE/etc/assay/$name ]] && ! grep -qxF -- "$name" < <(given); then
      refuse_policy "/etc/assay/$name is there and is the node's own: name the cluster's file otherwise" || return 1
    fi
    changed+=("$name")
  done <<<"$wanted"
  while read -r name; do
    [[ -z $name ]] || grep -qxF -- "$name" <<<"$wanted" || gone+=("$name")
  done < <(given)
  ((${#changed[@]} + ${#gone[@]})) || return 0
  try_settings "$copy" || return 1
  swap_settings "$copy"
}

# try_settings COPY: the node's files with the changes, read as doctor reads them.
try_settings() {
  local root=$STATE/try part name said
  rm -rf "$root"
  mkdir -p "$root/etc/assay" && chmod 0700 "$root" || refuse_policy "$root cannot be made" || return 1
  for part in "${PARTS[@]}"; do
    cp -a "$NODE/etc/assay/$part" "$root/etc/assay/" || refuse_policy "$part cannot be copied" || return 1
  done
  [[ ! -f $NODE/etc/assay/assayd.toml ]] || cp "$NODE/etc/assay/assayd.toml" "$root/etc/assay/"
  for name in "${gone[@]}"; do rm -f "$root/etc/assay/$name"; done
  for name in "${changed[@]}"; do
    install -D -m "$(mode_of "$name")" "$1/$name" "$root/etc/assay/$name"
  done
  said=$(on_node assay --root "/${root#"$NODE/"}" doctor --json)
  rm -rf "$root"
  said=$(jq -r '[.checks[] | select(.id == "policy" or .id == "policy-problem")]
    | (map(select(.health != "ok"))[0].found // (if length == 0 then "it cannot be tried" else "" end))' \
    <<<"$said" 2>/dev/null) || said="it cannot be tried"
  # The place as it will be.
  [[ -z $said ]] || refuse_policy "${said//"/${root#"$NODE/"}"/}"
}

# swap_settings COPY: each file in one step, keys first; what goes, last. The
# daemon reads once all has settled, and reads all or nothing.
swap_settings() {
  local part name
  put_file "$({ given && printf '%s\n' "${changed[@]}"; } | grep . | LC_ALL=C sort -u)"$'\n' \
    "$STATE/settings" || refuse_policy "$STATE/settings cannot be written" || return 1
  for part in "${PARTS[@]}"; do
    for name in "${changed[@]}"; do
      [[ $name == "$part"/* ]] || continue
      if [[ $part == assayd.d ]]; then : >"$STATE/restart"; fi
      swap_file "$1" "$name" || refuse_policy "/etc/assay/$name cannot be written" || return 1
      say "took $name"
    done
  done
  for name in "${gone[@]}"; do
    if [[ $name == assayd.d/* ]]; then : >"$STATE/restart"; fi
    rm -f "$NODE/etc/assay/$name" && say "dropped $name"
  done
  put_file "$(cd "$1" && find . -type f -printf '%P\n' | LC_ALL=C sort | grep -xFf <(given))"$'\n' \
    "$STATE/settings"
  # Where it does not run it reads all of it as it starts.
  on_node assay reload >/dev/null 2>&1 || true
}

swap_file() {
  local to=$NODE/etc/assay/$2 new
  new=$(dirname "$to")/.$(basename "$to").assay-new
  install -D -m "$(mode_of "$2")" "$1/$2" "$new" && sync "$new" && mv -fT "$new" "$to"
}

# Evidence that nodes without a registry are given. It is not trusted: every
# decision verifies it.
import_evidence() {
  local file
  [[ -d $SETTINGS/evidence ]] || return 0
  while read -r file; do
    cmp -s "$file" "$RUN/evidence/$(basename "$file")" && continue
    mkdir -p "$RUN/evidence" "$STATE"
    cp "$file" "$STATE/evidence.tar" || continue
    if on_node assay evidence import /var/lib/assay-installer/evidence.tar >/dev/null; then
      cp -L "$file" "$RUN/evidence/"
      say "imported the evidence of $(basename "$file")"
    else
      say "the evidence of $(basename "$file") is not taken, or not all of it"
    fi
    rm -f "$STATE/evidence.tar"
  done < <(find -L "$SETTINGS/evidence" -name '..?*' -prune -o -type f -print)
}
