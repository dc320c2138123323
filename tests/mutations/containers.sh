# Checks of OpenPGP, lookaside stores and imported policies of containers; sourced
# by run, as list.sh.
# --- OpenPGP: what a message is, what a key may
openpgp=plugin/core/trust/openpgp
openpgp_tests=core/trust/openpgp/openpgp
unit_mutation openpgp-three-packets $openpgp_tests \
  "nothing stands beside a message, around or inside of it" \
  $openpgp/packet_walk.cc 's/packets->size\(\) != 3/packets->size() < 3/'
unit_mutation openpgp-tail $openpgp_tests \
  "nothing stands beside a message, around or inside of it" \
  $openpgp/inflate.cc 's/if \(stream\.avail_in != 0\)/if (false)/'
unit_mutation openpgp-announced $openpgp_tests \
  "the announced signature is the one that was made" \
  $openpgp/packet_walk.cc 's/if \(\*announced != \*made\)/if (false)/'
unit_mutation openpgp-hash $openpgp_tests \
  "weak hashes and text are refused before anything is computed" \
  $openpgp/packet_walk.cc \
  's/made->hash < kSha256/made->hash < kSha256 - 7/'
unit_mutation openpgp-key-expired $openpgp_tests \
  "a key that may not sign now has not signed" $openpgp/openpgp_keyring.cc \
  's/if \(key\.expires && \*key\.expires <= now\)/if (false)/'
unit_mutation openpgp-key-usage $openpgp_tests \
  "a key that may not sign now has not signed" $openpgp/openpgp_keyring.cc \
  's/if \(judged && !facts->key->signs\)/if (false)/'
unit_mutation openpgp-primary $openpgp_tests \
  "a subkey signs for its primary, as long as both last" \
  $openpgp/openpgp_keyring.cc \
  's/if \(judged\) judged = JudgeKey\(\*primary, now\);//'
unit_mutation openpgp-verified $openpgp_tests \
  "every byte that is signed counts" $openpgp/openpgp_keyring.cc \
  's/if \(!facts\.verified \|\| /if (/'
unit_mutation openpgp-name core/schemes/schemes \
  "the name that was signed must be the one that is asked for" \
  plugin/core/schemes/simple_signing/atomic_signature.cc \
  's/if \(!named\)/if (false)/'
unit_mutation openpgp-fingerprints core/schemes/schemes \
  "fingerprints and times say which keys count, and when" \
  plugin/core/schemes/openpgp/openpgp_signer.cc \
  's/if \(!Counts\(signature->primary\)\)/if (false)/'
unit_mutation openpgp-trials core/schemes/schemes \
  "no more is tried than stores may hold" \
  plugin/core/schemes/simple_signing/atomic_signature.cc \
  's/if \(left == 0\)/if (false)/'
unit_mutation lookaside-claimed io/evidence/evidence \
  "a claimed name decides no more than its own path" \
  plugin/io/evidence/registry_evidence.cc 's/request_\.claimed\}/false}/'
unit_mutation lookaside-unanswered io/evidence/evidence \
  "a store that cannot be asked is no store without signatures" \
  plugin/io/evidence/lookaside.cc \
  's/answer\.status == kHttpNotFound/answer.status != kHttpFound/'

# --- policy.json of containers
containers=plugin/core/schemes/containers_policy
unit_mutation containers-all core/schemes/containers_policy \
  "all requirements hold, and of one manifest" \
  $containers/containers_policy_signer.cc 's/if \(!any\) return std::nullopt;//'
unit_mutation containers-rejects core/schemes/containers_policy \
  "what is rejected stays so, whoever signed" \
  $containers/containers_policy_signer.cc \
  's/if \(open && !terms\.rejects\.empty\(\)\)/if (false)/'
unit_mutation containers-waive core/schemes/containers_policy \
  "what is accepted unsigned is so only for certain, and announced" \
  $containers/containers_policy_signer.cc 's/if \(!target\.may_waive\)/if (false)/'
unit_mutation containers-attachments core/schemes/containers_policy \
  "attachments are used where registries.d has it so" \
  $containers/containers_policy_signer.cc 's/if \(attachments_\.UsedFor\(.*?\)\)/if (true)/'
unit_mutation containers-origins core/schemes/containers_policy \
  "a signature is where containers/image looks, and as it hashes" \
  plugin/core/schemes/sigstore/candidate.cc 's/!target\.Admits\(artifact\) \|\| //'
unit_mutation containers-index core/schemes/containers_policy \
  "a signature of an index is none of the image" \
  $containers/containers_policy_signer.cc 's/asked\.digests = target\.manifests;//'
unit_mutation containers-one-key core/schemes/containers_policy \
  "whatever a policy names is read with it, or refuses it" \
  $containers/scope_terms.cc 's/if \(parsed->size\(\) != 1\)/if (false)/'
unit_mutation containers-scope core/schemes/containers_policy \
  "scopes that no image is in are told, or refused" \
  $containers/transport_scopes.cc 's/if \(!HasCapitals\(host\)\) return Ok/if (true) return Ok/'
unit_mutation identity-tag core/schemes/simple_signing_identity \
  "a signature's name is compared as its matcher has it" \
  plugin/core/schemes/simple_signing/identity_match.cc \
  's/asked\.tag \? asked == named : /(void)0, /'
unit_mutation identity-prefix core/schemes/simple_signing_identity \
  "images below a prefix are signed below another" \
  plugin/core/schemes/simple_signing/identity_match.cc \
  "s/ \|\| name\\[prefix_\\.size\\(\\)\\] == '\\/'\\)/ || true)/"
