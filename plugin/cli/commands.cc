#include "cli/commands.h"

#include <array>

#include "cli/reasons_command.h"

namespace assay {

std::span<const Command* const> AllCommands() {
  static constexpr auto kCommands = std::to_array<const Command*>({
      &kReasonsCommand,
  });
  return kCommands;
}

}  // namespace assay
