// ncurses as the last step of a frame. Nothing here draws shapes or decides anything: rows go in.
// What is typed never passes through here: the screen reads the terminal itself.
#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "CTerminal.h"

#include <curses.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

struct ct_screen {
  SCREEN *screen;
  WINDOW *window;
  FILE *input;
  FILE *output;
  int drawing;
  // The terminal, while ncurses writes a frame into memory instead.
  int line;
  int memory;
  uint8_t *frame;
  size_t room;
  // Whether the mouse is wanted.
  bool mouse;
  // Whether the terminal writes and so reads sequences as ECMA-48 has them.
  bool speaks_ansi;
};

// The mouse with its drags, in the old form, rxvt's and xterm's: a terminal uses the last that it
// knows, and only those beyond the first tell of columns beyond 223.
static const char mouse_on[] = "\033[?1000h\033[?1002h\033[?1015h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1015l\033[?1002l\033[?1000l";
// The marks around what is pasted.
static const char pastes_on[] = "\033[?2004h";
static const char pastes_off[] = "\033[?2004l";

static SCREEN *new_screen(const char *term, const char *entry, FILE *output, FILE *input) {
  if (entry == NULL) return newterm((char *)term, output, input);
  const char *before = getenv("TERMINFO");
  char *kept = before != NULL ? strdup(before) : NULL;
  setenv("TERMINFO", entry, 1);
  SCREEN *screen = newterm((char *)term, output, input);
  // What we start later must not inherit our private entry.
  if (kept != NULL) {
    setenv("TERMINFO", kept, 1);
    free(kept);
  } else {
    unsetenv("TERMINFO");
  }
  return screen;
}

static FILE *stream(int descriptor, const char *mode) {
  int copy = dup(descriptor);
  FILE *file = copy < 0 ? NULL : fdopen(copy, mode);
  if (file == NULL && copy >= 0) close(copy);
  return file;
}

ct_screen *ct_screen_open(const char *term, const char *entry, int input, int output, bool mouse) {
  ct_screen *s = calloc(1, sizeof *s);
  if (s == NULL) return NULL;
  s->input = stream(input, "r");
  s->output = stream(output, "w");
  s->drawing = s->output != NULL ? fileno(s->output) : -1;
  s->line = fcntl(s->drawing, F_DUPFD_CLOEXEC, 0);
  s->memory = memfd_create("frame", MFD_CLOEXEC);
  use_tioctl(TRUE);
  if (s->input != NULL && s->line >= 0 && s->memory >= 0) {
    s->screen = new_screen(term, entry, s->output, s->input);
  }
  if (s->screen == NULL) {
    if (s->input != NULL) fclose(s->input);
    if (s->output != NULL) fclose(s->output);
    if (s->line >= 0) close(s->line);
    if (s->memory >= 0) close(s->memory);
    free(s);
    return NULL;
  }
  set_term(s->screen);
  cbreak();
  noecho();
  nonl();
  // Ctrl-C is a key like any other, so that it can end the program in order.
  struct termios mode;
  if (tcgetattr(input, &mode) == 0) {
    mode.c_cc[VINTR] = _POSIX_VDISABLE;
    tcsetattr(input, TCSANOW, &mode);
  }
  typeahead(-1);
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  s->window = newwin(0, 0, 0, 0);
  leaveok(s->window, TRUE);
  curs_set(0);
  s->mouse = mouse;
  // Any terminal that writes its sequences this way passes over a mode it does not know.
  const char *move = tigetstr("cup");
  s->speaks_ansi = move != NULL && move != (char *)-1 && strncmp(move, "\033[", 2) == 0;
  // Until it has come back from an endwin, ncurses 6.4 flushes after every cursor movement.
  def_prog_mode();
  endwin();
  ct_screen_resize(s);
  return s;
}

int ct_screen_drawing(const ct_screen *s) { return s->drawing; }
int ct_screen_line(const ct_screen *s) { return s->line; }
int ct_screen_width(const ct_screen *s) { return getmaxx(s->window); }
int ct_screen_height(const ct_screen *s) { return getmaxy(s->window); }
int ct_screen_pairs(const ct_screen *s) {
  set_term(s->screen);
  return has_colors() ? COLOR_PAIRS : 1;
}

bool ct_screen_define_pair(ct_screen *s, int pair, int foreground, int background) {
  set_term(s->screen);
  return init_extended_pair(pair, foreground, background) == OK;
}

void ct_screen_forget_pairs(ct_screen *s) {
  set_term(s->screen);
  reset_color_pairs();
}

static attr_t attributes(uint8_t bits) {
  attr_t result = A_NORMAL;
  if (bits & 1) result |= A_BOLD;
  if (bits & 2) result |= A_DIM;
  if (bits & 4) result |= A_ITALIC;
  if (bits & 8) result |= A_UNDERLINE;
  if (bits & 16) result |= A_REVERSE;
  return result;
}

void ct_screen_put_row(ct_screen *s, int y, int x, const ct_glyph *glyphs, int count) {
  set_term(s->screen);
  cchar_t row[count * 2 + 1];
  int length = 0;
  for (int index = 0; index < count; index++) {
    ct_glyph glyph = glyphs[index];
    wchar_t text[2] = {(wchar_t)glyph.scalar, 0};
    int repeats = 1;
    // ncurses places glyphs by the C library's width; one it sees otherwise would shift the row.
    if (glyph.scalar >= 0x7F && wcwidth(text[0]) != glyph.cells) {
      text[0] = '?';
      repeats = glyph.cells;
    }
    int pair = glyph.pair;
    while (repeats-- > 0 && length < count * 2) {
      setcchar(&row[length++], text, attributes(glyph.attributes), 0, &pair);
    }
  }
  if (length > 0) mvwadd_wchnstr(s->window, y, x, row, length);
}

static void send(const ct_screen *s, const char *text) {
  ssize_t done = write(s->drawing, text, strlen(text));
  (void)done;
}

// What ncurses knows nothing of, once the screen is ours.
static void ask_for_input(const ct_screen *s) {
  if (!s->speaks_ansi) return;
  if (s->mouse) send(s, mouse_on);
  send(s, pastes_on);
}

void ct_screen_flush(ct_screen *s, bool synchronized) {
  set_term(s->screen);
  bool returning = isendwin();
  wnoutrefresh(s->window);
  // Raw, because ncurses writes past the stream: the brackets would both come after the frame.
  if (synchronized) send(s, "\033[?2026h");
  doupdate();
  if (returning) ask_for_input(s);
  if (synchronized) send(s, "\033[?2026l");
}

bool ct_screen_is_away(ct_screen *s) {
  set_term(s->screen);
  return isendwin();
}

void ct_screen_return(ct_screen *s) {
  set_term(s->screen);
  // Coming back from an endwin sets the terminal's modes, which has to be done on the terminal: with an
  // empty frame, since what is drawn has to pass through memory.
  werase(stdscr);
  touchwin(stdscr);
  wnoutrefresh(stdscr);
  doupdate();
  ask_for_input(s);
  touchwin(s->window);
}

int64_t ct_screen_compose(ct_screen *s, const uint8_t **frame) {
  set_term(s->screen);
  // Not drawn is drawn with the next frame.
  if (ftruncate(s->memory, 0) != 0 || lseek(s->memory, 0, SEEK_SET) != 0) return 0;
  if (dup3(s->memory, s->drawing, O_CLOEXEC) < 0) return 0;
  wnoutrefresh(s->window);
  doupdate();
  dup3(s->line, s->drawing, O_CLOEXEC);
  off_t length = lseek(s->memory, 0, SEEK_END);
  if (length > (off_t)s->room) {
    uint8_t *larger = realloc(s->frame, (size_t)length);
    if (larger == NULL) return 0;
    s->frame = larger;
    s->room = (size_t)length;
  }
  *frame = s->frame;
  ssize_t got = length > 0 ? pread(s->memory, s->frame, (size_t)length, 0) : 0;
  // Nothing of it stays in memory, however large it was.
  (void)!ftruncate(s->memory, 0);
  return got < 0 ? 0 : got;
}

void ct_screen_send(ct_screen *s, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t done = write(s->drawing, bytes, count);
    if (done < 0 && errno == EAGAIN) {
      struct pollfd room = {s->drawing, POLLOUT, 0};
      if (poll(&room, 1, -1) < 0 && errno != EINTR) return;
      continue;
    }
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return;
    bytes += done;
    count -= (size_t)done;
  }
}

void ct_screen_forget(ct_screen *s) {
  clearok(s->window, TRUE);
  touchwin(s->window);
}

bool ct_screen_resize(ct_screen *s) {
  struct winsize size;
  if (ioctl(s->drawing, TIOCGWINSZ, &size) != 0) return false;
  int width = size.ws_col > 0 ? size.ws_col : 80;
  int height = size.ws_row > 0 ? size.ws_row : 24;
  if (width == ct_screen_width(s) && height == ct_screen_height(s)) return false;
  set_term(s->screen);
  resize_term(height, width);
  wresize(s->window, height, width);
  ct_screen_forget(s);
  return true;
}

void ct_screen_leave(ct_screen *s) {
  set_term(s->screen);
  if (s->speaks_ansi) {
    if (s->mouse) send(s, mouse_off);
    send(s, pastes_off);
  }
  endwin();
}

void ct_screen_close(ct_screen *s) {
  set_term(s->screen);
  if (!isendwin()) ct_screen_leave(s);
  delwin(s->window);
  delscreen(s->screen);
  fclose(s->input);
  fclose(s->output);
  close(s->line);
  close(s->memory);
  free(s->frame);
  free(s);
}
