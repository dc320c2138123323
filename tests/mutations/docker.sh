# What a container of docker's is bound by; sourced by run, as list.sh.
docker_mutation() {
  mutation "$1" docker none plugin/io/containerd/docker.cc "$2"
}
init_mutation() {
  unit_mutation "$1" io/containerd/containerd \
    "docker's layer between holds what dockerd makes and no more" \
    plugin/io/containerd/docker.cc "$2"
}
docker_mutation docker-init \
  's/if \(Status plain = CheckInitLayer\(folders->back\(\)\); !plain\)/if (Status plain = Ok(); !plain)/'
docker_mutation docker-volume \
  's/if \(Status none = CheckNoImageMounts\(process\); !none\)/if (Status none = Ok(); !none)/'
mutation docker-mount docker none plugin/io/containerd/resolver.cc \
  's/CheckVolume\(\*claim, process\.root_path, root->mounts, [^;]*;/Ok();/'
init_mutation docker-init-entries \
  's/one\.path == path && one/(one.path == path || !path.empty()) \&\& one/'
init_mutation docker-init-types 's/one\.path == path && one\.type == type/one.path == path/'
init_mutation docker-init-bytes 's/entry\.file_size\(failed\) == 0 && !failed/true/'
init_mutation docker-init-hides 's/>= 0\) return true;/>= 0) return false;/'
unit_mutation docker-dangling io/containerd/containerd \
  "an image that has lost its name has none" plugin/io/containerd/naming.cc \
  's/ \|\| text\.starts_with\(kDangling\)//'
