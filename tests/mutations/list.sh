# Checks and the cases that guard them; sourced by run, whose function mutation
# says what the words mean. The order is about that of the table in
# plugin/docs/decisions/010-containerd-binding.md.
containerd=plugin/io/containerd

# --- the name that was asked for
mutation requested-name pods containerd21 $containerd/resolver.cc \
  's/cri\.image_ref, cri\.requested/cri.image_ref, record.image/'
mutation claimed-name pods containerd21 $containerd/naming.cc \
  's/return IsHeldAs\(\*asked, image\);/return IsHeldAs(*asked, image) || true;/'
mutation claimed-repository pods containerd21 $containerd/naming.cc \
  's/requested\.digest\(\) && name->Repository\(\) == requested\.Repository\(\) &&/requested.digest() \&\&/'
mutation name-is-held tag_moved containerd16 $containerd/binding.cc \
  's/(const auto named =) ThatAreNamed\(held\.images, container\.image\)/$1 held.images/'

# --- a tag that moves after create; equal layers
mutation chain-id tag_moved containerd16 $containerd/binding.cc \
  's/return snapshot\.parent == \(chain/return true || snapshot.parent == (chain/'
mutation tag-written-later same_layers containerd16 $containerd/binding.cc \
  's/const bool settled = named/const bool settled = true || named/'
mutation process-args same_layers containerd16 $containerd/process_spec.cc \
  's/process\.args == args && //'
mutation process-cwd same_layers containerd16 $containerd/process_spec.cc \
  's/process\.cwd == cwd &&/(process.cwd == cwd || true) \&\&/'
mutation process-env same_layers containerd16 $containerd/process_spec.cc \
  's/SameEnvironment\(process, config\) &&/(SameEnvironment(process, config) || true) \&\&/'
mutation process-user same_layers containerd16 $containerd/process_spec.cc \
  's/&& SameUser\(process, config\.user\)/\&\& (SameUser(process, config.user) || true)/'
mutation pod-config pods containerd16 $containerd/resolver.cc \
  's/(auto bound = BindToConfig\(view\.store, snapshot, )cri\./const auto named = ThatAreNamed((*held)->images, record.image); CriContainer meant = cri; if (!named.empty()) meant.image_ref = named.front().config; $1meant./; s/\*\*held, cri\.image_ref/**held, meant.image_ref/'

# --- several manifests of one configuration; an index and its members
mutation all-manifests manifests_of_one_config containerd16 $containerd/resolver.cc \
  's/ThatHold\(\(\*held\)->images, \*config\)/ThatAreNamed((*held)->images, record.image)/'
mutation several-configs index_and_platform containerd16 $containerd/binding.cc \
  's/candidates->size\(\) == 1 && settled/settled/'
# Two checks, either of which is enough: images are chosen by configuration, and
# their manifests are looked at.
mutation foreign-manifests index_and_platform containerd16 $containerd/resolver.cc \
  's/ThatHold\(\(\*held\)->images, \*config\)/(*held)->images/' \
  $containerd/subject_builder.cc \
  's/if \(manifest->config\.digest != subject_\.config\)/if (false)/'
mutation index-signature index_and_platform containerd16 $containerd/subject_builder.cc \
  's/indexes\.push_back\(\*held\.index\)/(void)index/'

# --- image volumes
mutation volume-decided image_volumes containerd21 plugin/core/verdict/verifier.cc \
  's/for \(const Subject& volume : subject->volumes\)/for (const Subject\& volume : std::vector<Subject>())/'
mutation volume-mounted image_volumes containerd21 $containerd/resolver.cc \
  's/CheckVolume\(\*claim, volume\.snapshot_key, [^;]*;/Ok();/'

# --- no image; what is mounted
mutation rootfs-path rootfs_path containerd16 $containerd/resolver.cc \
  's/record\.image\.empty\(\) \|\| record\.snapshotter\.empty\(\) \|\|\s+record\.snapshot_key\.empty\(\)/false/'
mutation root-covered rootfs_path containerd16 $containerd/rootfs.cc \
  's/if \(!process\.root_covered\)/if (true)/'
mutation root-path mounted_over containerd16 $containerd/rootfs.cc \
  's/if \(process\.root_path != kRootfs &&/if (false \&\&/'
mutation nothing-mounted mounted_over containerd16 $containerd/rootfs.cc \
  's/inside\.stx_mnt_id == outside\.stx_mnt_id/false/'
mutation mounted-type mounted_over containerd16 $containerd/rootfs.cc \
  's/return CompareOverlay\(\*live, wanted\[0\]\)/return Ok()/'
mutation mounted-upper mounted_over containerd16 $containerd/mount_table.cc \
  's/"upperdir", "workdir"\}/"workdir2"}/'
mutation mounted-lower mounted_over containerd16 $containerd/mount_table.cc \
  's/if \(!SameLower\(/if (false \&\& !SameLower(/'
mutation mounted-bind mounted_over containerd16 $containerd/rootfs.cc \
  's/live\.st_dev != source\.st_dev \|\| live\.st_ino != source\.st_ino/false/'
mutation snapshotter lazy_snapshotter containerd16 $containerd/resolver.cc \
  's/return Fail\(Reason::kSubjectSnapshotter, /return Ok(); return Fail(Reason::kSubjectSnapshotter, /'

# --- what a client can write
mutation record-root forged_records containerd16 $containerd/resolver.cc \
  's/valid = CheckRootPath\(claim, \*process\);//'
mutation record-layers forged_records containerd16 $containerd/binding.cc \
  's/return snapshot\.parent == \(chain/return true || snapshot.parent == (chain/'
mutation cri-namespace forged_records containerd16 $containerd/resolver.cc \
  's/runtime_namespace == kCriNamespace && !record\.cri_container/!record.cri_container/'
mutation cri-id forged_records containerd16 $containerd/resolver.cc \
  's/cri\.id != record\.id/false/'
mutation sandbox-id forged_records containerd16 $containerd/resolver.cc \
  's/sandbox->id != cri\.sandbox_id/false/'
mutation cri-layers forged_records containerd16 $containerd/binding.cc \
  's/if \(!HasLayersOf\(snapshot, \*content\)\)/if (false)/'

# --- bundle, root, environment and socket
mutation bundle-id by_hand containerd16 $containerd/place.cc \
  's/if \(place\.id != claim\.id\)/if (false)/'
mutation runtime-root by_hand containerd16 $containerd/place.cc \
  's/if \(!claim\.runtime_root\.empty\(\) && root != place\.runtime_namespace\)/if (false)/'
mutation environment by_hand containerd16 $containerd/place.cc \
  's/if \(!claim\.runtime_namespace\.empty\(\) &&\s+claim\.runtime_namespace != place\.runtime_namespace\)/if (false)/'
mutation plain-path by_hand containerd16 $containerd/place.cc \
  's/part\.empty\(\) \|\| part == "\." \|\| part == "\.\."/part.empty()/'
mutation socket-owner by_hand containerd16 $containerd/clients.cc \
  's/ \|\| info\.st_uid != 0//'

# --- the content store; layers
mutation document-hash tampered_layer containerd16 $containerd/content_store.cc \
  's/if \(!digest\.Matches\(\*bytes\)\)/if (false)/'
mutation layer-hash tampered_layer containerd16 plugin/core/verdict/verifier.cc \
  's/intact =\s+layers_\.Check\([^;]*;/intact = Ok();/'
mutation layer-missing discarded_layers containerd16 plugin/core/verdict/verifier.cc \
  's/(integrity != Integrity::kRootfs \|\| named\)) return intact;/$1 return !intact \&\& intact.error().reason == Reason::kLayerMissing ? Ok() : intact;/'
mutation layers-not-asked discarded_layers containerd16 plugin/core/verdict/verifier.cc \
  's/if \(integrity == Integrity::kManifest\) return Ok\(\);//'

# --- the files that were unpacked
rootfs=plugin/io/rootfs
mutation rootfs-compared rootfs_changed containerd16 plugin/core/verdict/verifier.cc \
  's/integrity != Integrity::kRootfs/true/'
mutation rootfs-content rootfs_changed containerd16 $rootfs/tree_comparison.cc \
  's/hasher\.Finish\(\)\.bytes\(\) != facts\.content/false/'
mutation rootfs-extra rootfs_changed containerd16 $rootfs/tree_comparison.cc \
  's/return Fail\(Reason::kRootfsFileExtra, Printable\(here\)\);/continue;/'
mutation rootfs-missing rootfs_changed containerd16 $rootfs/tree_comparison.cc \
  's/if \(wanted == node\.children\.end\(\)\) return Ok\(\);/return Ok();/'
mutation rootfs-mode rootfs_changed containerd16 $rootfs/tree_comparison.cc \
  's/permissions != facts\.permissions &&/false \&\&/'
mutation rootfs-link rootfs_changed containerd16 $rootfs/tree_comparison.cc \
  's/if \(\*target == facts\.target\)/if (true)/'
mutation rootfs-marks rootfs_changed containerd16 $rootfs/tree_comparison.cc \
  's/!name\.empty\(\)\)/false \&\& !name.empty())/'
mutation rootfs-print rootfs_changed containerd16 $rootfs/tree_print.cc \
  's/static_cast<std::uint64_t>\(file\.changed_ns\)\}/0}/' \
  $rootfs/tree_print.cc 's/newest_ = std::max\(newest_, file\.changed_ns\);//'

# --- restore
mutation restore-is-asked restore containerd16 shim/argv.c \
  's/if \(strcmp\(verb, "restore"\) == 0\)/if (0)/'
mutation restore-refused restore containerd16 plugin/daemon/enforcer.cc \
  's/question\.hook == Hook::kRestore && !allow_restore_/false/'

# --- signatures of every form beside each other
mutation referrers-pages forms_together containerd16 plugin/io/registry/fetch.cc \
  's/if \(!\*next\) co_return fetched;/co_return fetched;/'

# --- identities: who issued and who signed
sigstore=plugin/core/schemes/sigstore
trust=plugin/core/trust
vector_mutation keyless-identity keyless-cosign31-other-identity-deny \
  $sigstore/keyless_signer.cc 's/if \(!wanted\) return wanted\.error\(\);//'
vector_mutation keyless-issuer keyless-issuer-prefix-deny \
  $sigstore/signing_identity.cc 's/\|\| !issuer\.Matches\(identity\.issuer\)//'
vector_mutation keyless-two-issuers keyless-two-issuers-deny \
  $sigstore/signing_identity.cc 's/\*\*old != \*\*present/false/'
vector_mutation keyless-own-anchor keyless-own-anchor-deny \
  $sigstore/certified_signature.cc 's/certificate->IsSelfIssued\(\)/false/'
vector_mutation keyless-purpose keyless-other-purpose-deny \
  $trust/certificate_authority.cc 's/leaf \? one\.HasPurpose\(purpose\)/leaf ? true/'

# --- promises of certificate transparency logs
vector_mutation sct-threshold keyless-foreign-certificate-log-deny \
  $sigstore/keyless_signer.cc 's/if \(logs\.size\(\) >= threshold\)/if (true)/'
vector_mutation sct-signature keyless-foreign-promise-deny \
  $trust/signed_certificate_timestamp.cc \
  's/if \(log\.Signed\(message, promise\.signature\)\)/if (true)/'

# --- times
vector_mutation time-certificate keyless-expired-leaf-deny \
  $sigstore/keyless_signer.cc 's/if \(!valid\)/if (false)/'
vector_mutation time-log keyless-retired-log-deny \
  $sigstore/witnesses.cc 's/if \(!log\.validity\(\)\.Contains\(time\)\)/if (false)/'
vector_mutation time-future keyless-future-entry-deny \
  $sigstore/witnesses.cc 's/if \(time > now\)/if (false)/'
vector_mutation time-unproven keyless-proof-only-deny \
  $sigstore/keyless_signer.cc 's/if \(witnesses->times\.empty\(\)\)/if (false)/'
vector_mutation stamp-imprint keyless-stamp-of-another-deny \
  $trust/timestamp.cc 's/if \(!imprint\)/if (false)/'
vector_mutation stamp-retired keyless-stamp-retired-deny \
  $trust/timestamp.cc 's/if \(!valid\)/if (false)/'

# --- what a log recorded
vector_mutation log-body keyless-entry-of-another-deny \
  $sigstore/witnesses.cc \
  's/(CheckLogBody\(entry, logged\);\s+)if \(!body\)/$1if (false)/'
vector_mutation log-promise keyless-forged-promise-deny \
  $sigstore/witnesses.cc \
  's/if \(!log\.Signed\(PromisedBytes\(entry\), entry\.promise\)\)/if (false)/'
vector_mutation log-twice keyless-same-entry-twice-deny \
  $sigstore/witnesses.cc \
  's/if \(!seen\.emplace\(entry\.log_id, entry\.index\)\.second\)/if (false)/'
vector_mutation log-threshold keyless-two-thresholds-deny \
  $sigstore/transparency_policy.cc 's/if \(found\.logs < wanted\.logs\)/if (false)/'

# --- checkpoints and proofs
vector_mutation checkpoint-key keyless-foreign-checkpoint-deny \
  $trust/transparency_log.cc 's/Signed\(checkpoint\.body, line\.signature\)/true/'
vector_mutation checkpoint-origin keyless-v2-other-origin-deny \
  $trust/transparency_log.cc 's/named && checkpoint\.origin != name_/false/'
vector_mutation checkpoint-name keyless-v2-other-name-deny \
  $trust/transparency_log.cc 's/\(!named \|\| line\.name == name_\)/true/'
vector_mutation checkpoint-hint keyless-v2-other-hint-deny \
  $trust/transparency_log.cc 's/line\.key_hint == id_\.substr\(0, kHintBytes\)/true/'
vector_mutation proof-root keyless-wrong-path-deny \
  $trust/merkle.cc 's/if \(r != root\)/if (false)/'
vector_mutation proof-long keyless-long-path-deny \
  $trust/merkle.cc 's/if \(sn == 0\) return[^;]*;/if (sn == 0) break;/'
# Two checks, either of which is enough.
vector_mutation proof-short keyless-short-path-deny \
  $trust/merkle.cc 's/if \(sn != 0\)/if (false)/' \
  $trust/merkle.cc 's/if \(r != root\)/if (false)/'
vector_mutation proof-index keyless-v2-moved-index-deny \
  $sigstore/witnesses.cc 's/path\{entry\.index,/path{entry.inclusion->path.index,/'

# --- revocation: lists
revocation=plugin/core/trust/revocation
revocation_tests=core/trust/revocation/revocation
unit_mutation list-signature $revocation_tests \
  "only its issuer's signature makes a list" $revocation/revocation_list.cc \
  's/if \(X509_CRL_verify\(raw, X509_get0_pubkey\(above\)\) != 1\)/if (false)/'
unit_mutation list-usage $revocation_tests \
  "whoever may not sign lists signs none" $revocation/revocation_list.cc \
  's/\(usage && !usage->signs_lists\)/false/'
unit_mutation list-hash $revocation_tests \
  "a list signed with SHA-1 is refused" $revocation/revocation_list.cc \
  's/if \(!IsStrongHash\(SignatureHashOf\(algorithm\)\)\)/if (false)/'
unit_mutation list-critical $revocation_tests \
  "a critical extension that nobody understands ends a list" \
  $revocation/revocation_list.cc \
  's/if \(!unknown\.empty\(\)\)/if (false)/'
unit_mutation list-indirect $revocation_tests \
  "a list of others' certificates is none of this issuer" \
  $revocation/revocation_list.cc 's/if \(scope && scope->indirect\)/if (false)/'
unit_mutation list-place $revocation_tests \
  "a list of another place or kind is none" $revocation/revocation_list.cc \
  's/if \(scope\.named &&/if (false \&\&/'
unit_mutation list-is-whole $revocation_tests \
  "a list of another place or kind is none" $revocation/revocation_list.cc \
  's/if \(parsed_->base_number\)/if (false)/'
unit_mutation list-age $revocation_tests \
  "a list counts until its next update and for as long as allowed" \
  $revocation/revocation_check.cc \
  's/terms_\.now <= found\.due \+ terms_\.staleness/true/'
unit_mutation list-every-place $revocation_tests \
  "every distribution point has to be good" $revocation/revocation_check.cc \
  's/if \(first \|\| \(all &&/if (first || (all \&\& found \&\&/'
unit_mutation delta-newer $revocation_tests \
  "a delta that does not change the list is none" \
  $revocation/revocation_list.cc \
  's/if \(change\.number <= parsed_->number\)/if (false)/'
unit_mutation delta-base $revocation_tests \
  "a delta that does not change the list is none" \
  $revocation/revocation_list.cc \
  's/if \(change\.base_number > parsed_->number\)/if (false)/'
unit_mutation revoked-stays $revocation_tests \
  "what revoked a certificate is not forgotten for being old" \
  $revocation/revocation_check.cc \
  's/return kept\.standing == Standing::kRevoked \|\| IsFresh/return IsFresh/'
unit_mutation hold-stays $revocation_tests \
  "a hold stands until newer takes it back" $revocation/revocation_check.cc \
  's/Counts\(fetched\) && !older/Counts(fetched)/'

unit_mutation list-replaced $revocation_tests \
  "a list replaces an older one of its kind" \
  $revocation/revocation_source.cc 's/return due \|\| [^;]*;/return true;/'
unit_mutation answer-replaced $revocation_tests \
  "an answer replaces an older one that does not revoke for good" \
  $revocation/revocation_source.cc 's/return !revokes\(kept\) \|\| [^;]*;/return true;/'

# --- revocation: responders
unit_mutation ocsp-certificate $revocation_tests \
  "an answer about another certificate is none" $revocation/ocsp_response.cc \
  's/wanted && OCSP_id_cmp\(wanted\.get\(\), name\) == 0/wanted != nullptr/'
unit_mutation ocsp-issued $revocation_tests \
  "only issuer and delegate are believed" $revocation/ocsp_response.cc \
  's/if \(!issued\)/if (false)/'
unit_mutation ocsp-purpose $revocation_tests \
  "a delegate may sign and is for OCSP" $revocation/ocsp_response.cc \
  's/!delegate\.HasPurpose\(kOcspSigning\) \|\| //'
unit_mutation ocsp-expired $revocation_tests \
  "a delegate is valid now, or was when it revoked" \
  $revocation/ocsp_response.cc \
  's/if \(!delegate\.validity\(\)\.Contains\(when\)\)/if (false)/'
unit_mutation ocsp-itself $revocation_tests \
  "nobody answers for itself" $revocation/ocsp_response.cc \
  's/delegate == one \|\| //'
unit_mutation ocsp-future $revocation_tests \
  "an answer of times to come is none, unless it revokes" \
  $revocation/ocsp_response.cc \
  's/answer->this_update > now \+ kAuthorityClockSkew/false/'

# --- what is kept of verdicts
unit_mutation verdict-overtaken daemon/enforcer \
  "a verdict that the world overtook is not kept" \
  plugin/daemon/enforcer.cc 's/std::to_string\(generation\)/std::string()/'

# --- imported trust policies, and AWS Signer
notation=plugin/core/schemes/notation
vector_mutation policy-authenticity imported-strict-stranger-deny \
  $notation/judgement.cc \
  's/outcome \|\| action == CheckAction::kEnforce/outcome/'
vector_mutation policy-nobody imported-plugin-identity-deny \
  $notation/judgement.cc \
  's/if \(terms_\.identities\.anybody\)/if (terms_.identities.subjects.empty())/'
vector_mutation policy-store-kind imported-authority-masquerade-deny \
  $notation/notation_policy_signer.cc \
  's/return terms\.signing_authorities;/return terms.authorities;/' \
  $notation/judgement.cc \
  's/vouched \? terms_\.signing_authorities : //'
vector_mutation aws-revocation aws-imported-revocation-deny \
  $notation/judgement.cc 's/terms_\.revocation != RevocationRule::kNote &&/false \&\&/'
vector_mutation aws-profile aws-imported-other-profile-deny \
  $notation/judgement.cc 's/one\.Matches\(\*profile_\)/true/'
vector_mutation aws-uncritical aws-imported-uncritical-deny \
  $notation/protected_headers.cc \
  's/ \|\| !Has\(headers\.critical, name\)\) continue/) continue/'
vector_mutation aws-other-plugin aws-imported-other-plugin-deny \
  $notation/judgement.cc 's/if \(envelope_\.plugin != kAwsPlugin\)/if (false)/' \
  $notation/protected_headers.cc 's/headers\.plugin == kAwsPlugin/true/g'

# --- revocation: what is kept, and who is asked
keeper=io/revocation/revocation_keeper
unit_mutation kept-gives-way $keeper "only another content is a change" \
  plugin/io/revocation/kept_entry.cc \
  's/!MayReplace\(document, \*document_, place_, now\)/false/'
unit_mutation kept-file-gives-way $keeper \
  "what another process keeps is seen, and takes nothing back" \
  plugin/io/revocation/kept_entry.cc \
  's/!MayReplace\(\*document, \*document_, place_, now\)/false/'
unit_mutation kept-holds $keeper "what does not hold is never kept" \
  plugin/io/revocation/revocation_keeper.cc 's/if \(!holds\)/if (false)/'
unit_mutation kept-in-time $keeper \
  "what is kept is asked for anew before newer is due" \
  plugin/io/revocation/kept_entry.cc 's/due_at_ - kRefreshBefore/Time::max()/'
unit_mutation kept-own-cloud $keeper \
  "the services of the machine's own cloud are not asked" \
  plugin/io/revocation/revocation_fetch.cc 's/AnyButLinkLocal/Any/'
unit_mutation kept-said-at-once $keeper "only another content is a change" \
  plugin/io/revocation/revocation_keeper.cc \
  's/if \(entry\.Take\(\*bytes, \*std::move\(document\), now\)\) Call\(options_\.changed\)/(void)entry.Take(*bytes, *std::move(document), now)/'

# --- what was attested, and what a plan and a proposal say
unit_mutation attested-image core/schemes/schemes \
  "what was attested is this image and nothing else" \
  plugin/core/schemes/detached/openssl_signer.cc \
  's/if \(attested && attested->manifest == candidate\.digest\) return key;/if (attested) return key;/'
unit_mutation attested-type core/schemes/schemes \
  "a payload that is not of the format, though it is signed" \
  plugin/core/schemes/simple_signing/payload.cc \
  's/if \(!IsTypeText\(\*type, wanted\)\)/if (!IsTypeText(*type, wanted) \&\& false)/'
unit_mutation learnt-by-all cli/cli \
  "a rule names only who signed every image of a repository" \
  plugin/cli/policy_proposal.cc \
  's/return !signers\.contains\(one\);/return false;/'
unit_mutation learnt-neighbours cli/cli \
  "repositories share a rule only where all below are the same" \
  plugin/cli/policy_proposal.cc \
  's/same = same && one\.signers == repository\.signers;//'
mutation planned-namespaces rotation containerd21 plugin/daemon/node_survey.cc \
  's/AddNamespacesOf\(then, namespaces\);//'

# --- trust data of notary servers: what each document is bound by
dct_mutation() {
  unit_mutation "$1" core/schemes/dct/dct "$2" "plugin/core/schemes/dct/$3" "$4"
}
dct_mutation dct-pinned "no role's document is believed that its keys did not sign" repository.cc 's/pinned_\.size\(\) < pinned_threshold_/false/'
dct_mutation dct-key-id "a key is what its id says, and nothing besides" key.cc 's/if \(\*is != id\)/if (false)/'
dct_mutation dct-method "a key verifies by the methods of its kind and no other" key.cc 's/method\.name != signature\.method \|\| //'
dct_mutation dct-one-key-once "one key counts once, however many certificates and signatures" key.cc 's/signers\.insert\(trusted\.fingerprint\(\)\)/signers.insert(Digest::Of(signature.key_id + signature.bytes))/'
dct_mutation dct-repository "a root's key is for one repository" root_pins.cc 's/NamesRepository\(CommonNameOf\(all\.front\(\)\), repository\)/true/'
dct_mutation dct-root-before "a root follows another by the keys of both" repository.cc 's/if \(by_before\) return Ok\(\);/return Ok();/'
dct_mutation dct-root-itself "a root follows another by the keys of both" repository.cc 's/signers\.size\(\) < root\.root\.threshold/false/'
dct_mutation dct-root-step "a root follows another by the keys of both" repository.cc 's/next\.root\.head\.version - 1 != before\.root\.head\.version/false/'
dct_mutation dct-snapshot-hash "a document is the one that another one names" repository.cc 's/timestamp_\.snapshot\.Check\(text\)/Ok()/'
dct_mutation dct-root-hash "the snapshot names the root, too" repository.cc 's/snapshot_\.roles\.find\(kRootRole\)->second\.Check\(data\.roots\.back\(\)\)/Ok()/'
dct_mutation dct-threshold "no role's document is believed that its keys did not sign" key.cc 's/signers\.size\(\) >= role\.threshold/true/'
dct_mutation dct-paths "a role says nothing about what is outside its paths" repository.cc 's/delegation->Covers\(tag\)/true/'
dct_mutation dct-rollback "nothing goes back while the same keys answer for it" repository.cc 's/is\.version >= was\.version/true/'
dct_mutation dct-kept "nothing older than what is kept is taken" judge.cc 's/if \(!forward\)/if (false)/'
dct_mutation dct-expiry "every document that counts expires" repository.cc 's/now < head\.expires/true/'
dct_mutation dct-certificate-expiry "the certificate of the root's key expires" repository.cc 's/signer\.second\.Contains\(now\)/true/'
dct_mutation dct-other-image "the tag must be that image, a digest any tag's" dct_signer.cc 's/!IsAmong\(target\.digests, file->sha256\)/false/'
dct_mutation dct-signers "all signers that are asked for must vouch" dct_signer.cc 's/if \(!vouches\)/if (false)/'
