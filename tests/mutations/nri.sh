# Checks of the NRI plugin and what guards them; sourced by run.
nri_mutation() {
  unit_mutation "$1" io/nri/nri "$2" "plugin/io/nri/$3" "$4"
}
nri_mutation nri-other-pod "a creation that cannot be read is refused" session.cc 's/request\.pod\(\)\.id\(\) != request\.container\(\)\.pod_sandbox_id\(\)/false/'
nri_mutation nri-utf8 "no refusal is lost because its text is no UTF-8" session.cc 's/return IsUtf8\(line\) \?/return true || IsUtf8(line) ?/'
nri_mutation nri-validate "where it is validated the verdict belongs there" session.cc 's/response\.set_reject\(true\)/response.set_reject(false)/'
nri_mutation nri-start "a start is refused, whichever way it is told" session.cc 's/event\.event\(\) != api::START_CONTAINER/true/'
nri_mutation nri-oversized "a call longer than ttrpc allows is refused and not forgotten" ttrpc.cc 's/left_ > limits::kNriMessageBytes/false/'
unit_mutation nri-late daemon/nri_plugin "a decision that comes too late is a refusal" \
  plugin/daemon/nri_plugin.cc 's/if \(answer && answer->allow\)/if (!answer || answer->allow)/'
unit_mutation nri-from-disk daemon/enforcer \
  "what is missing on disk is kept for those who look there only" \
  plugin/daemon/enforcer.cc 's/unfound \? from_disk : key/key/'
unit_mutation ask-pause daemon/pull_judge \
  "hooks that cannot be accepted wait, and nobody spins" \
  plugin/daemon/ask_server.cc 's/stuck_ \? kPauseMilliseconds : -1/stuck_ ? 0 : -1/'
mutation nri-name nri containerd21 plugin/io/containerd/announced.cc \
  's/return !IsHeldUnder\(.*\);/return false;/'
mutation nri-liar nri containerd21 plugin/daemon/nri_plugin.cc \
  's/if \(answer && answer->allow\)/if (moment == NriMoment::kStart || (answer \&\& answer->allow))/'
