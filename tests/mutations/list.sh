# Checks and the cases that guard them; sourced by run, whose function mutation
# says what the words mean. The order is about that of the table in
# plugin/docs/decisions/010-containerd-binding.md.
containerd=plugin/io/containerd

# --- the name that was asked for
mutation requested-name pods containerd21 $containerd/resolver.cc \
  's/ThatHold\(held->images, cri->image_ref\), cri->requested/ThatHold(held->images, cri->image_ref), record.image/'
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
  's/is_cri && !record\.cri_container\.empty\(\)/is_cri \&\& false/'

# --- several manifests of one configuration; an index and its members
mutation all-manifests manifests_of_one_config containerd16 $containerd/resolver.cc \
  's/BuildSubject\(view\.store, \*config, ThatHold\(held->images, \*config\)/BuildSubject(view.store, *config, ThatAreNamed(held->images, record.image)/'
mutation several-configs index_and_platform containerd16 $containerd/binding.cc \
  's/candidates->size\(\) == 1 && settled/settled/'
# Two checks, either of which is enough: images are chosen by configuration, and
# their manifests are looked at.
mutation foreign-manifests index_and_platform containerd16 $containerd/resolver.cc \
  's/ThatHold\(held->images, \*config\)/held->images/' \
  $containerd/subject_builder.cc \
  's/if \(manifest->config\.digest != subject_\.config\)/if (false)/'
mutation index-signature index_and_platform containerd16 $containerd/subject_builder.cc \
  's/indexes\.push_back\(\*held\.index\)/(void)index/'

# --- no image; what is mounted
mutation rootfs-path rootfs_path containerd16 $containerd/resolver.cc \
  's/return NoImage\(process\);/return Ok();/'
mutation root-covered rootfs_path containerd16 $containerd/rootfs.cc \
  's/if \(process\.root_covered\)/if (false)/'
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
  's/is_cri && !record/(is_cri || true) \&\& !record/'
mutation cri-id forged_records containerd16 $containerd/resolver.cc \
  's/cri->id != record\.id/false/'
mutation sandbox-id forged_records containerd16 $containerd/resolver.cc \
  's/sandbox->id != cri->sandbox_id/false/'
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
  's/(integrity != Integrity::kRootfs\)) return intact;/$1 return !intact \&\& intact.error().reason == Reason::kLayerMissing ? Ok() : intact;/'
mutation layers-not-asked discarded_layers containerd16 plugin/core/verdict/verifier.cc \
  's/integrity == Integrity::kManifest \|\| //'

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
