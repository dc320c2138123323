# An index's signature covers the members it lists; a member's covers itself.
start_everything
push_image demo/multi:host >/dev/null
push_image demo/multi:other --arch mips64 >/dev/null
index=$(push_index demo/multi:1 demo/multi:host demo/multi:other)
pull demo/multi:1
expect_refused_image "neither index nor platform is signed" no-signature demo/multi:1
sign_cosign25 release "demo/multi@$index"
expect_starts_soon "the index is signed" demo/multi:1

member=$(push_image demo/single:host --env A=b)
push_image demo/single:other --env A=b --arch mips64 >/dev/null
push_index demo/single:1 demo/single:host demo/single:other >/dev/null
sign_cosign25 release "demo/single@$member"
pull demo/single:1
expect_starts "the platform's manifest is signed" demo/single:1

foreign=$(push_image demo/wrong:other --env C=d --arch mips64)
push_image demo/wrong:host --env C=d >/dev/null
push_index demo/wrong:1 demo/wrong:host demo/wrong:other >/dev/null
sign_cosign25 release "demo/wrong@$foreign"
pull demo/wrong:1
expect_refused_image "only another platform's manifest is signed" no-signature \
  demo/wrong:1
