# Every form of signature that an operator meets lets its image start.
start_everything
make_openssl_key plain
trust plain
mkdir "$ASSAY_ROOT/signatures"
cat >>"$ASSAY_ROOT/etc/assay/policy.d/10-test.toml" <<TOML

[[rule]]
scope = "$REGISTRY/plain/*"
require = { any_of = ["plain"] }

[signers.plain]
type = "openssl"
keys = ["plain.pub"]
folder = "$ASSAY_ROOT/signatures"
TOML
expect_ok "a rule for plain signatures is added" assay reload

old=$(push_image demo/legacy:1)
sign_cosign25 release "demo/legacy@$old"
new=$(push_image demo/bundle:1)
sign_cosign31 release "demo/bundle@$new"
both=$(push_image demo/legacy3:1)
sign_cosign31 release "demo/legacy3@$both" --new-bundle-format=false
detached=$(push_image plain/app:1)
sign_openssl plain plain/app "$detached" "$ASSAY_ROOT/signatures/${detached/:/-}.sig"
push_image plain/unsigned:1 --env A=b >/dev/null
for name in demo/{legacy,bundle,legacy3} plain/{app,unsigned}; do
  pull "$name:1"
done

expect_starts "signed by cosign 2.5" demo/legacy:1
expect_audited "  the audit log says so" signed
expect_starts "signed by cosign 3.1, a bundle behind the fallback tag" demo/bundle:1
expect_starts "signed by cosign 3.1, the older form" demo/legacy3:1
expect_starts "signed by openssl, the signature in a folder" plain/app:1
expect_refused_image "its neighbour without one" no-signature plain/unsigned:1

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
