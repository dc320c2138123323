# Equal layers give equal chain IDs; only the configuration tells two images
# apart, and it says what runs.
start_everything
hello=(--cmd /bin/echo --cmd "hello from good")
push_signed demo/app:good "${hello[@]}" >/dev/null
pull demo/app:good
expect_starts "the signed one" demo/app:good

# attack NAME [image.py options]: a container of an unsigned image, whose name
# then leads to the signed one of the same layers. They are of one repository,
# where its signature is found.
attack() {
  local name=$1
  shift
  push_image "demo/app:$name" "$@" >/dev/null
  pull "demo/app:$name"
  expect_refused_image "another $name under the same layers" no-signature "demo/app:$name"
  expect_ok "  a container is made of it" gated_create "demo/app:$name" "$name"
  retag demo/app:good "demo/app:$name"
  pull "demo/app:$name"
  expect_refused "  its tag now points to the signed one" subject-config-unproven \
    gated_start "$name"
}

attack command --cmd /bin/echo --cmd "hello from evil"
attack environment "${hello[@]}" --env LD_PRELOAD=/evil.so
attack folder "${hello[@]}" --dir /tmp
attack user "${hello[@]}" --user 7:7

# Pulling once more is no attack, unless nobody can tell that any more.
expect_ok "a container is made from the signed one" gated_create demo/app:good again
expect_ok "and another, with arguments of its own" \
  gated_create demo/app:good other /bin/echo "hello from other"
pull demo/app:good
expect_output "the name was written again, the process is its image's" \
  "hello from good" gated_start again
expect_refused "the process is not its image's" subject-config-unproven \
  gated_start other
