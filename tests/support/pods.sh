# Pods as a kubelet makes them; source services.sh first. start_containerd must
# come after start_registry and push the pause image before the first pod.

# cri STEP...: one step of cri.py with the test's pod.
cri() {
  timeout 130 /usr/bin/python3 "$ASSAY_SOURCE_DIR/tests/support/cri.py" \
    --socket "$CONTAINERD_ADDRESS" --pod "${POD_NAME:-pod}" \
    --namespace "${POD_NAMESPACE:-shop}" --logs "$WORK/logs" \
    --cgroup-parent "/$CONTAINERD_NAMESPACE" --handler "${POD_HANDLER:-}" "$@"
}

# start_pod: sets POD.
start_pod() {
  mkdir -p "$WORK/logs"
  POD=$(cri pod)
  PODS+=("$POD")
}

remove_pods() {
  local pod
  for pod in "${PODS[@]}"; do cri remove "$pod" || true; done
  PODS=()
}

declare -a PODS=()
