# Both cosigns sign and verify, and openssl signs the manifest's bytes.
start_registry
make_cosign_key release
make_cosign_key stranger
make_openssl_key plain

old=$(push_image demo/old:1)
expect_ok "cosign 2.5 signs" sign_cosign25 release "demo/old@$old"
expect_ok "the signature is where a tag says" \
  registry_manifest demo/old "${old/:/-}.sig"
expect_ok "cosign 2.5 verifies it" verify_cosign25 release "demo/old@$old"
expect_ok "cosign 3.1 verifies it" verify_cosign31 release "demo/old@$old"
expect_failure "another key does not" "no matching signatures" \
  verify_cosign25 stranger "demo/old@$old"

new=$(push_image demo/new:1)
expect_ok "cosign 3.1 signs" sign_cosign31 release "demo/new@$new"
expect_output "the bundle is found through the fallback tag" \
  application/vnd.oci.image.index.v1+json \
  registry_manifest demo/new "${new/:/-}"
expect_ok "cosign 3.1 verifies it" verify_cosign31 release "demo/new@$new"
expect_failure "another key does not" "no matching" \
  verify_cosign31 stranger "demo/new@$new"

both=$(push_image demo/both:1)
expect_ok "cosign 3.1 signs in the older form" \
  sign_cosign31 release "demo/both@$both" --new-bundle-format=false
expect_ok "cosign 2.5 verifies it" verify_cosign25 release "demo/both@$both"

none=$(push_image demo/none:1)
expect_failure "an unsigned image does not verify" "no signatures found" \
  verify_cosign25 release "demo/none@$none"

expect_ok "openssl signs a manifest" \
  sign_openssl plain demo/old "$old" "$WORK/plain.sig"
registry_manifest demo/old "$old" >"$WORK/manifest"
expect_output "openssl verifies it" "Verified OK" openssl dgst -sha256 \
  -verify "$WORK/keys/plain.pub" -signature "$WORK/plain.sig" "$WORK/manifest"

simple=$(push_image demo/simple:1)
expect_ok "openssl and curl make what cosign makes" \
  sign_simply plain demo/simple "$simple"
expect_ok "cosign 2.5 verifies it" verify_cosign25 plain "demo/simple@$simple"
expect_ok "cosign 3.1 verifies it" verify_cosign31 plain "demo/simple@$simple"
