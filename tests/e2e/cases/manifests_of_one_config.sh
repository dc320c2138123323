# One configuration under several manifests (layers compressed anew): signatures
# are per manifest, what runs is the same.
start_everything
push_signed demo/twice:signed --gzip 9 --cmd /bin/echo --cmd "hello from twice" >/dev/null
push_image demo/twice:again --gzip 1 --cmd /bin/echo --cmd "hello from twice" >/dev/null
expect_equal "the two have one configuration" \
  "$(registry_manifest demo/twice signed | jq -r .config.digest)" \
  "$(registry_manifest demo/twice again | jq -r .config.digest)"

pull demo/twice:again
expect_refused_image "the manifest nobody signed" no-signature demo/twice:again
quietly ctr images rm --sync "$REGISTRY/demo/twice:again"
pull demo/twice:signed
expect_starts "the signed one" demo/twice:signed

# With both on the node the signed one vouches for what both make: containerd
# proved the layers against the one configuration's diff IDs.
pull demo/twice:again
expect_starts_soon "the other one, now that both are here" demo/twice:again
