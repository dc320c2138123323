# Debian's docker-registry, open and with a password.
start_registry
digest=$(push_image demo/app:1)
expect_equal "a tag names its manifest" \
  "sha256:$(registry_manifest demo/app 1 | sha256sum | cut -d' ' -f1)" "$digest"
expect_ok "the same layers under another configuration" \
  push_image demo/app:2 --env A=b
expect_equal "have the same layers" \
  "$(registry_manifest demo/app 1 | jq -c .layers)" \
  "$(registry_manifest demo/app 2 | jq -c .layers)"
push_image demo/app:small --gzip 9 >/dev/null
push_image demo/app:large --gzip 1 >/dev/null
one=$(registry_manifest demo/app small | jq -r '.layers[0].digest')
two=$(registry_manifest demo/app large | jq -r '.layers[0].digest')
[[ $one != "$two" ]] || fail "another compression gives another layer blob"
passed "another compression gives another layer blob"

stop_service "$REGISTRY_PID"
start_registry alice secret
expect_status "without a password" 22 curl -sf "http://$REGISTRY/v2/"
expect_ok "with its password" curl -sf -u alice:secret "http://$REGISTRY/v2/"
