// What shells complete after `assay`, from the table of its commands.
#ifndef ASSAY_PACKAGING_COMPLETIONS_COMPLETIONS_H_
#define ASSAY_PACKAGING_COMPLETIONS_COMPLETIONS_H_

#include <iosfwd>

// The lines that stand for @COMMANDS@ in the script of each shell.
void PrintBashCommands(std::ostream& out);
void PrintZshCommands(std::ostream& out);
void PrintFishCommands(std::ostream& out);

#endif  // ASSAY_PACKAGING_COMPLETIONS_COMPLETIONS_H_
