/* The container's process: shows that its streams and status arrive. */
#include <unistd.h>

int main(void) {
  const int wrote = write(1, "out\n", 4) == 4 && write(2, "err\n", 4) == 4;
  return wrote ? 7 : 1;
}
