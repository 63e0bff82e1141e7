// What the C library and terminfo know, before there is a screen.
#include "CTerminal.h"

#include <curses.h>

#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <term.h>

int ct_locale(const char *name) {
  if (setlocale(LC_CTYPE, name) == NULL) return -1;
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int ct_terminfo_index(char kind, const char *name) {
  NCURSES_CONST char *const *names = kind == 'b' ? boolnames : kind == 'n' ? numnames : strnames;
  for (int index = 0; names[index] != NULL; index++) {
    if (strcmp(names[index], name) == 0) return index;
  }
  return -1;
}

int ct_terminfo_colors(const char *term, int output) {
  int status = 0;
  if (setupterm((char *)term, output, &status) != OK) return status < 0 ? -3 : -2;
  int colors = tigetnum("colors");
  const char *move = tigetstr("cup");
  bool movable = move != NULL && move != (char *)-1;
  del_curterm(cur_term);
  return movable ? (colors < 0 ? -1 : colors) : -4;
}
