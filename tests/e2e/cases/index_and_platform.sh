# An index's signature covers the members it lists; a member's covers itself.
start_everything
push_image demo/multi:host >/dev/null
push_image demo/multi:other --arch mips64 >/dev/null
index=$(push_index demo/multi:1 demo/multi:host demo/multi:other)
pull demo/multi:1
expect_refused_image "neither index nor platform is signed" no-signature demo/multi:1
sign_cosign25 release "demo/multi@$index"
expect_starts_soon "the index is signed" demo/multi:1

push_image demo/multi:stray --env A=b >/dev/null
pull demo/multi:stray
expect_refused_image "the signed index does not list its neighbour" no-signature \
  demo/multi:stray

member=$(push_image demo/single:host --env B=c)
push_image demo/single:other --env B=c --arch mips64 >/dev/null
push_index demo/single:1 demo/single:host demo/single:other >/dev/null
sign_cosign25 release "demo/single@$member"
pull demo/single:1
expect_starts "the platform's manifest is signed" demo/single:1

# All of an index on the node, as a mirror or a build leaves it there.
pull_all() {
  quietly ctr content fetch --plain-http --all-platforms "$REGISTRY/$1"
  pull "$1"
}

foreign=$(push_image demo/wrong:other --env C=d --arch mips64)
push_image demo/wrong:host --env C=d >/dev/null
push_index demo/wrong:1 demo/wrong:host demo/wrong:other >/dev/null
sign_cosign25 release "demo/wrong@$foreign"
pull_all demo/wrong:1
expect_refused_image "only another platform's manifest is signed" no-signature \
  demo/wrong:1

# Which of two members a client chose is not recorded, only what it runs.
push_signed demo/both:good --env D=e >/dev/null
push_image demo/both:evil --env D=e --cmd /bin/echo --cmd evil >/dev/null
push_index demo/both:1 demo/both:good demo/both:evil >/dev/null
pull_all demo/both:1
expect_starts "one of two members of the same layers, by what it runs" demo/both:1
expect_refused "the same with arguments of its own" subject-config-unproven \
  gated_run demo/both:1 both /bin/echo "hello from evil"
