// allow_all SOCKET: answers every ask with an allow, until it is ended.
#include <unistd.h>

#include "tests/bench/measure.h"
#include "tests/integration/shim/ask_server.h"

int main(int argc, char** argv) {
  if (argc != 2) assay::bench::Die("usage: allow_all SOCKET");
  const assay::test::AskServer server(argv[1], "allow");
  ::pause();
}
