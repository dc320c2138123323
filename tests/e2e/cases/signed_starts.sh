# Every form of signature that an operator meets lets its image start.
start_everything
make_openssl_key plain
trust plain

old=$(push_image demo/legacy:1)
sign_cosign25 release "demo/legacy@$old"
new=$(push_image demo/bundle:1)
sign_cosign31 release "demo/bundle@$new"
both=$(push_image demo/legacy3:1)
sign_cosign31 release "demo/legacy3@$both" --new-bundle-format=false
for name in legacy bundle legacy3; do pull "demo/$name:1"; done

expect_starts "signed by cosign 2.5" demo/legacy:1
expect_audited "  the audit log says so" signed
expect_starts "signed by cosign 3.1, a bundle behind the fallback tag" demo/bundle:1
expect_starts "signed by cosign 3.1, the older form" demo/legacy3:1

# The signature of one image is not one of another.
other=$(push_image demo/other:1 --env A=b)
push_image demo/legacy:1 --env A=b >/dev/null
pull demo/other:1
expect_refused_image "an image without a signature of its own" no-signature \
  demo/other:1
[[ $other != "$old" ]] || fail "the two images are one"

foreign=$(push_image demo/foreign:1 --env B=c)
sign_cosign25 stranger "demo/foreign@$foreign"
pull demo/foreign:1
expect_refused_image "signed by a key the policy does not name" \
  signature-invalid demo/foreign:1
