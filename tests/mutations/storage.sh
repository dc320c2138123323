# What a container of CRI-O's or podman's is bound by; sourced by run, as list.sh.
storage_mutation() {
  unit_mutation "$1" io/storage/storage "$2" "plugin/io/storage/$3" "$4"
}
attacks="records that do not fit together are refused"
storage_mutation storage-twice "$attacks" store.cc 's/twice = only != nullptr;/twice = false;/'
storage_mutation storage-layer "$attacks" resolver.cc \
  's/\(\*container\)->layer != root\.layer/false/'
storage_mutation storage-ids "$attacks" storage_image.cc \
  's/ids\.empty\(\) \|\| ids\.back\(\) != image\.layer/ids.empty()/'
storage_mutation storage-below "$attacks" storage_image.cc 's/layer->parent != parent \|\| //'
storage_mutation storage-diff "$attacks" storage_image.cc \
  's/\*layer->diff_digest != config\.diff_ids\[i\]/false/'
storage_mutation storage-config "$attacks" storage_image.cc \
  's/Digest::Of\(\*bytes\)\.hex\(\) != id/false/'
storage_mutation storage-manifest "$attacks" storage_image.cc \
  's/!digest->Matches\(\*bytes\)/false/'
storage_mutation storage-namespace "$attacks" resolver.cc \
  's/label->second != workload\.pod_namespace/false/'
storage_mutation storage-sandbox "$attacks" resolver.cc 's/!\(\*pod\)->notes\.is_sandbox/false/'
storage_mutation storage-digest-name "of CRI-O's image all names count, digests only when they are its" \
  storage_image.cc 's/return !name\.digest\(\) \|\|/return true || !name.digest() ||/'
storage_mutation storage-order "other layers, other orders and other folders are not" \
  store_mount.cc 's/if \(found == wanted\) return Ok\(\);/return Ok();/'
storage_mutation storage-upper "other layers, other orders and other folders are not" \
  store_mount.cc 's/InHome\(value, home\) != container/false \&\& InHome(value, home) != container/'
storage_mutation storage-link "a short link must be known at both of its ends" \
  store_mount.cc 's/!note \|\| \*note != link/false/'
storage_mutation storage-volume "a bundle with image volumes or an artifact does not start" \
  volumes.cc 's/if \(IsOfAnImage\(bind\.source, all\)\)/if (false)/; s/if \(!layer \|\| !topmost\)/if (false)/'
storage_mutation storage-spelling "a store behind a link is known by either of its names" \
  volumes.cc 's/if \(!failed && real != folder\)/if (false)/'
storage_mutation storage-bind "an artifact of a store that nobody told of is not let through" \
  volumes.cc 's/if \(IsOfAnImage\(bind\.source, all\)\)/if (false)/'
overlay="an overlay of a part of an image is not let through"
storage_mutation storage-overlay "$overlay" volumes.cc 's/!layer \|\| !topmost/!layer/'
storage_mutation storage-overlay-form "$overlay" volumes.cc 's/!layer \|\| !topmost/!topmost/'
storage_mutation storage-alias "a layer by a path that nobody told of is not let through" \
  volumes.cc 's/\|\|\s+IsLayer\(path\)//'
storage_mutation storage-composefs "forms that nobody has recorded cannot be bound" \
  store_mount.cc 's/lowers\.find\("::"\) != std::string_view::npos/false/'
storage_mutation storage-unsafe "files that nobody could rely on are refused" \
  store_files.cc 's/!owner \|\| //; s/\(info\.st_mode & \(S_IWGRP \| S_IWOTH\)\) != 0/false/'
unit_mutation split-size io/rootfs/rootfs "any other byte of its files is found" \
  plugin/io/archive/split_source.cc 's/ \|\| info\.st_size != \*size//'
unit_mutation split-digest io/rootfs/rootfs "any other byte of its files is found" \
  plugin/io/rootfs/layer_archive.cc \
  's/found != layer\.diff_id/false/'
