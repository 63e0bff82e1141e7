// What the C files of the screen share; ncurses goes no further than this.
#pragma once

#define NCURSES_WIDECHAR 1
#include "CTerminal.h"

#include <curses.h>

struct ct_screen {
  SCREEN *screen;
  WINDOW *window;
  // Reading from a pad never refreshes the window behind our back.
  WINDOW *keys;
  FILE *input;
  FILE *output;
  int drawing;
  bool extra_mouse;
  // Whether the terminal is told to say what is pasted.
  bool brackets_pastes;
  // Whether what comes in was pasted: it is passed over up to the mark at its end.
  bool is_pasting;
  // A paste began that nobody was told of.
  bool has_paste;
  // How many characters of a mark came in one by one, as they do over a slow line.
  int mark_length;
  // What the mouse did and nobody has taken yet, the newest first.
  MEVENT mice[8];
  int mouse_count;
};

// Teaches ncurses the keys of the current screen.
void ct_define_keys(void);
