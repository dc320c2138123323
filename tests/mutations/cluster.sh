# Checks of YAML and of keys that a cluster holds; sourced by run, as list.sh.
unit_mutation yaml-alias base/base \
  "anchors, aliases, tags and directives are refused" plugin/base/yaml.cc \
  's/if \(anchor != nullptr\) return UnsupportedYaml/if (false) return UnsupportedYaml/'
unit_mutation yaml-words base/base \
  "what versions of YAML read differently is refused" \
  plugin/base/yaml_scalar.cc 's/IsOneWord\(word, kDisputed\) \|\| //'
unit_mutation yaml-second base/base "one document is one, several are several" \
  plugin/base/yaml.cc 's/if \(!reader\.second\(\)\.empty\(\)\)/if (false)/'
cluster=plugin/io/kubernetes
cluster_tests=io/kubernetes/kubernetes
unit_mutation cluster-name $cluster_tests "a list of anything else is refused" \
  $cluster/cluster_wire.cc 's/\*name == asked\.name && //'
unit_mutation cluster-namespace $cluster_tests \
  "a watch that tells of anything else is refused" $cluster/cluster_wire.cc \
  's/ &&\s+\*name_space == asked\.name_space//'
unit_mutation cluster-several $cluster_tests \
  "a list of anything else is refused" $cluster/cluster_wire.cc \
  's/count > 1 \|\| //'
unit_mutation cluster-unknown-keys $cluster_tests \
  "what a kubeconfig says that is not understood is refused by name" \
  $cluster/kubeconfig.cc 's/if \(!checked\) return checked\.error\(\);/(void)checked;/g'
unit_mutation cluster-plain-text $cluster_tests \
  "nobody is asked in plain text, as nobody, or with a bent header" \
  $cluster/cluster_access.cc 's/!access->cluster\.server\.starts_with\("https:\/\/"\)/false/'
unit_mutation cluster-source $cluster_tests \
  "what is kept of another object or cluster counts for nothing" \
  $cluster/cluster_store.cc 's/ \|\| \*source != source_//'
unit_mutation cluster-gone core/schemes/schemes \
  "what a cluster does not hold leaves a signer without that key" \
  plugin/core/schemes/keyring.cc \
  's/if \(options_\.missing\) return \*options_\.missing;//'
unit_mutation cluster-identity $cluster_tests \
  "what one cluster said counts for no other" \
  $cluster/cluster_store.cc 's/if \(cluster && kept->cluster != cluster->str\(\)\)/if (false)/'
unit_mutation cluster-private $cluster_tests \
  "an entry that is no public key does not reach the disk" \
  $cluster/cluster_store.cc 's/if \(!IsPublicMaterial\(file\.bytes\)\) file\.bytes\.clear\(\);//'
unit_mutation cluster-withdrawn io/policy/policy_io \
  "a key that a cluster took away is gone whatever else is wrong" \
  plugin/io/policy/policy_holder.cc 's/policy = Renew\(diagnostics, asked\)/policy = Current()/'
