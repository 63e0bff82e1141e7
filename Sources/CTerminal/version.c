#include "CTerminal.h"

#include <curses.h>

const char *ct_curses_version(void) { return curses_version(); }
