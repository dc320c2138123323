#include "cli/commands.h"
#include "cli/program.h"

int main(int argc, char* argv[]) {
  return assay::RunProgram(assay::AllCommands(), argc, argv);
}
