#include "shim/shim.h"

int main(int argc, char** argv) {
  static struct place place;
  const struct call call = ReadCall(argc, argv);
  FindPlace(argv[0], &call, &place);
  if (call.problem)
    Refuse(&call, REASON_USAGE, "this call cannot be gated: %s", call.problem);
  if (call.kind) Gate(&place, &call);
  StartRuntime(&place, &call, argv);
}
