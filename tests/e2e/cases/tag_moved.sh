# The verdict is about what runs. A tag that moved after the container was made
# neither lends it the new image's signature nor hides what it is.
start_everything
push_image demo/app:1 --env RELEASE=bad --file etc/release=bad >/dev/null
pull demo/app:1
expect_ok "a container is made from an unsigned image" gated_create demo/app:1 moved

push_signed demo/app:1 --file etc/release=good >/dev/null
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
