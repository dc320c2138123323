# containerd and its runc run an image of ours, and an index finds the platform.
start_registry
start_containerd "$PEER" "$WORK/containerd"

digest=$(push_image demo/hello:1 --file etc/motd=one)
other=$(push_image demo/hello:arm --arch mips64)
index=$(push_index demo/hello:index demo/hello:1 demo/hello:arm)
expect_equal "the registry holds the manifest byte for byte" \
  "sha256:$(registry_manifest demo/hello 1 | sha256sum | cut -d' ' -f1)" "$digest"
expect_ok "the registry holds the foreign platform's manifest" \
  registry_manifest demo/hello "$other"
expect_ok "the registry holds the index" registry_manifest demo/hello "$index"

expect_ok "an image is pulled" pull demo/hello:1
expect_output "it runs" "hello from demo.hello.1" \
  ctr run --rm "$REGISTRY/demo/hello:1" c1
expect_output "its second layer is there" "one" \
  ctr run --rm "$REGISTRY/demo/hello:1" c2 /bin/cat /etc/motd
expect_ok "an index is pulled" pull demo/hello:index
expect_output "its platform's image runs" "hello from demo.hello.1" \
  ctr run --rm "$REGISTRY/demo/hello:index" c3
expect_status "a container's exit status is ctr's" 7 \
  ctr run --rm "$REGISTRY/demo/hello:1" c4 /bin/sh -c 'exit 7'
expect_output "the container interface of Kubernetes is on" " ok" \
  ctr plugins ls
[[ $OUTPUT =~ io\.containerd\.grpc\.v1[[:space:]]+cri[[:space:]].*ok ]] ||
  fail "the CRI plugin is not loaded"
