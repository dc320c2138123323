#include "cli/node_commands.h"
#include "cli/program.h"

int main(int argc, char* argv[]) {
  return assay::RunProgram(assay::NodeCommands(), argc, argv);
}
