// One line on stderr that is written over and gone at the end, where stderr is
// a terminal.
#ifndef ASSAY_CLI_PROGRESS_H_
#define ASSAY_CLI_PROGRESS_H_

#include <string>

namespace assay {

class Progress {
 public:
  explicit Progress(bool shown);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void Show(const std::string& text);
  // Before something else is written.
  void Clear();

 private:
  bool shown_;
  std::string last_;
};

}  // namespace assay

#endif  // ASSAY_CLI_PROGRESS_H_
