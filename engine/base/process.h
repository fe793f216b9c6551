#pragma once

namespace diorama {

// To be called once, first thing in main(). Standard streams that are closed are occupied, so that no file of
// ours gets their number and our words; writing to a pipe that nobody reads and past a limit on the size of
// files become errors of the call instead of the end of the program; and the work goes on when the terminal
// is closed.
void prepare_process();

}  // namespace diorama
