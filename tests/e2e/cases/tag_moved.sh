# The verdict is about what runs. A tag that moved after the container was made
# neither lends it the new image's signature nor hides what it is.
start_everything
hello=(--cmd /bin/echo --cmd "hello from app")
push_image demo/app:1 "${hello[@]}" --file etc/release=bad >/dev/null
pull demo/app:1
expect_ok "a container is made from an unsigned image" gated_create demo/app:1 moved

# Both describe the same process, so that only the layers tell them apart.
push_signed demo/app:1 "${hello[@]}" --file etc/release=good >/dev/null
pull demo/app:1
expect_refused "its tag now points to a signed image" subject-tag-moved \
  gated_start moved
expect_starts "the signed image itself starts" demo/app:1

# The other way round: what was signed when it was made.
push_signed demo/old:1 --file etc/release=old >/dev/null
pull demo/old:1
expect_ok "a container is made from a signed image" gated_create demo/old:1 kept
push_image demo/old:1 --file etc/release=new >/dev/null
pull demo/old:1
expect_refused "its tag now points to an unsigned image" subject-tag-moved \
  gated_start kept

# Nobody asked for the other name, under which the node still holds the image.
retag demo/app:1 demo/app:alias
pull demo/app:alias
expect_ok "a container is made from one of two names" gated_create demo/app:alias nameless
quietly ctr images rm "$REGISTRY/demo/app:alias"
expect_refused "that name is gone" subject-unbound gated_start nameless
