# Equal layers give equal chain IDs; only the configuration tells two images
# apart, and it says what runs.
start_everything
push_signed demo/good:1 >/dev/null
push_image demo/evil:1 --cmd /bin/echo --cmd "hello from evil" >/dev/null
pull demo/good:1
pull demo/evil:1
expect_starts "the signed one" demo/good:1
expect_refused_image "the same layers under another configuration" \
  no-signature demo/evil:1

expect_ok "a container is made from the unsigned one" gated_create demo/evil:1 evil
retag demo/good:1 demo/evil:1
pull demo/evil:1
expect_refused "its tag now points to the signed one" subject-config-unproven \
  gated_start evil
