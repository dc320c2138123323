# Checks of pulls; sourced by run, as list.sh.
unit_mutation pull-cache daemon/enforcer "what a pull was told is kept for no start" \
  plugin/daemon/enforcer.cc \
  's/if \(question\.hook == Hook::kPull\) \{\s+return DecidePull\(question, verifier, policy\);\s+\}//'
unit_mutation pull-room daemon/enforcer "pulls leave room for starts" \
  plugin/daemon/enforcer.cc 's/turn\.number\(\) > kMostPulls/false/'
unit_mutation pull-unread daemon/enforcer \
  "a pull that cannot be read about is told by its rule" \
  plugin/core/verdict/unread_pull.cc 's/one\.action != Action::kAllow \|\|/false ||/'
unit_mutation pull-namespaces core/verdict/verdict \
  "a pull is accepted by the rule of any namespace, a start is not" \
  plugin/core/verdict/verifier.cc \
  's/if \(!IsForAnyNamespace\(question\)\) return selections;/(void)IsForAnyNamespace(question);/'
unit_mutation pull-scope core/policy/policy \
  "what namespaces' rules say of an image, for whichever pod" \
  plugin/core/policy/policy.cc \
  's/rule\.namespaces\.empty\(\) \|\| !rule\.scope\.Matches\(name, content\)/rule.namespaces.empty() || (false \&\& !rule.scope.Matches(name, content))/'
unit_mutation pull-container io/ask/io_ask "a pull is of an image and of no container" \
  plugin/io/ask/frame.cc 's/if \(!field->empty\(\)\)/if (false \&\& field->empty())/'
unit_mutation pull-descriptors io/ask/io_ask "a pull comes without descriptors" \
  plugin/io/ask/connection.cc 's/if \(fds\.empty\(\)\) return Ok\(\);/return Ok();/'
wire=plugin/io/wire
unit_mutation pull-others io/wire/wire \
  "a folder with verifiers of others stays, and ours may join them" \
  $wire/plan.cc 's/!others \|\| others->empty\(\)/true/'
unit_mutation pull-most io/wire/wire \
  "a folder with verifiers of others stays, and ours may join them" \
  $wire/pull_checks.cc 's/ours < most/true/'
unit_mutation pull-no-program io/wire/wire \
  "what blocks all pulls, or lets none be asked about, is named" \
  $wire/pull_checks.cc 's/if \(IsExecutable\(path\)\) continue;/continue;/'
unit_mutation pull-gone io/wire/wire \
  "containerd is made to ask the verifier before it pulls" $wire/pull_checks.cc \
  's/wired \? Health::kFailure : Health::kWarning/Health::kWarning/'
