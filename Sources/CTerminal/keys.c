// Keys and the mouse: ncurses' codes and masks become the few that the screen knows.
#define _GNU_SOURCE
#include "screen.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

// The marks around what is pasted (xterm's bracketed paste), as keys of ours: far beyond the codes
// that ncurses gives to the keys a terminal's entry names itself, from KEY_MAX on.
enum { PASTE_BEGINS = 0x1000, PASTE_ENDS };
static const char paste_begins[] = "\033[200~";
static const char paste_ends[] = "\033[201~";

static int key_code(int code) {
  switch (code) {
  case KEY_UP: return CT_KEY_UP;
  case KEY_DOWN: return CT_KEY_DOWN;
  case KEY_LEFT: return CT_KEY_LEFT;
  case KEY_RIGHT: return CT_KEY_RIGHT;
  case KEY_SLEFT: return CT_KEY_SHIFT_LEFT;
  case KEY_SRIGHT: return CT_KEY_SHIFT_RIGHT;
  case KEY_HOME: return CT_KEY_HOME;
  case KEY_END: return CT_KEY_END;
  case KEY_PPAGE: return CT_KEY_PAGE_UP;
  case KEY_NPAGE: return CT_KEY_PAGE_DOWN;
  case KEY_BTAB: return CT_KEY_SHIFT_TAB;
  case KEY_BACKSPACE: return CT_KEY_BACKSPACE;
  case KEY_DC: return CT_KEY_DELETE;
  case KEY_IC: return CT_KEY_INSERT;
  case KEY_ENTER: return CT_KEY_ENTER;
  default: break;
  }
  if (code >= KEY_F(1) && code <= KEY_F(24)) return CT_KEY_F0 + code - KEY_F0;
  return CT_KEY_OTHER;
}

// The spellings of a key differ between terminals more than their entries admit.
void ct_define_keys(void) {
  static const struct {
    char letter;
    int code, shifted;
  } letters[] = {
      {'A', KEY_UP, KEY_UP},       {'B', KEY_DOWN, KEY_DOWN}, {'C', KEY_RIGHT, KEY_SRIGHT},
      {'D', KEY_LEFT, KEY_SLEFT},  {'H', KEY_HOME, KEY_HOME}, {'F', KEY_END, KEY_END},
      {'P', KEY_F(1), KEY_F(13)},  {'Q', KEY_F(2), KEY_F(14)}, {'R', KEY_F(3), KEY_F(15)},
      {'S', KEY_F(4), KEY_F(16)},
  };
  static const struct {
    int number, code;
  } numbers[] = {
      {1, KEY_HOME}, {2, KEY_IC},    {3, KEY_DC},    {4, KEY_END},   {5, KEY_PPAGE},
      {6, KEY_NPAGE}, {7, KEY_HOME}, {8, KEY_END},   {11, KEY_F(1)}, {12, KEY_F(2)},
      {13, KEY_F(3)}, {14, KEY_F(4)}, {15, KEY_F(5)}, {17, KEY_F(6)}, {18, KEY_F(7)},
      {19, KEY_F(8)}, {20, KEY_F(9)}, {21, KEY_F(10)}, {23, KEY_F(11)}, {24, KEY_F(12)},
  };
  char text[24];
  for (size_t index = 0; index < sizeof letters / sizeof letters[0]; index++) {
    char letter = letters[index].letter;
    snprintf(text, sizeof text, "\033O%c", letter);
    define_key(text, letters[index].code);
    if (letter < 'P') {
      snprintf(text, sizeof text, "\033[%c", letter);
      define_key(text, letters[index].code);
    }
    for (int modifier = 2; modifier <= 8; modifier++) {
      snprintf(text, sizeof text, "\033[1;%d%c", modifier, letter);
      define_key(text, modifier == 2 ? letters[index].shifted : letters[index].code);
    }
  }
  for (size_t index = 0; index < sizeof numbers / sizeof numbers[0]; index++) {
    snprintf(text, sizeof text, "\033[%d~", numbers[index].number);
    define_key(text, numbers[index].code);
    for (int modifier = 2; modifier <= 8; modifier++) {
      snprintf(text, sizeof text, "\033[%d;%d~", numbers[index].number, modifier);
      define_key(text, numbers[index].code);
    }
  }
  define_key(paste_begins, PASTE_BEGINS);
  define_key(paste_ends, PASTE_ENDS);
  define_key("\033[Z", KEY_BTAB);
  define_key("\033OM", KEY_ENTER);
}

static void take_mouse(ct_screen *s, ct_event *event) {
  MEVENT mouse = s->mice[--s->mouse_count];
  event->mouse_kind = CT_MOTION;
  event->button = 0;
  event->x = mouse.x;
  event->y = mouse.y;
  for (int button = 1; button <= 3; button++) {
    if (mouse.bstate & NCURSES_MOUSE_MASK(button, NCURSES_BUTTON_PRESSED)) {
      event->mouse_kind = CT_PRESS;
      event->button = button;
    } else if (mouse.bstate & NCURSES_MOUSE_MASK(button, NCURSES_BUTTON_RELEASED)) {
      event->mouse_kind = CT_RELEASE;
      event->button = button;
    }
  }
  if (mouse.bstate & BUTTON4_PRESSED) event->mouse_kind = CT_WHEEL_UP;
#ifdef BUTTON5_PRESSED
  if (mouse.bstate & BUTTON5_PRESSED) event->mouse_kind = CT_WHEEL_DOWN;
#endif
}

// Whether a character ends the mark that is waited for, when ncurses gave it up and hands it out in
// pieces.
static bool completes_mark(ct_screen *s, wint_t code) {
  const char *mark = s->is_pasting ? paste_ends : paste_begins;
  if (code != (wint_t)mark[s->mark_length]) s->mark_length = 0;
  if (code == (wint_t)mark[s->mark_length]) s->mark_length++;
  if (mark[s->mark_length] != 0) return false;
  s->mark_length = 0;
  return true;
}

static bool is_drained(const ct_screen *s) {
  int waiting = 0;
  return ioctl(fileno(s->input), FIONREAD, &waiting) == 0 && waiting == 0;
}

// Takes the next character or key, and passes over what was pasted.
//
// The mark at the end may get lost: a Ctrl-C that comes alone ends the wait for it.
static int take(ct_screen *s, wint_t *code) {
  for (int count = 0;; count++) {
    int kind = wget_wch(s->keys, code);
    if (kind == ERR) return ERR;
    bool is_mark = kind == KEY_CODE_YES
                       ? *code == (s->is_pasting ? PASTE_ENDS : PASTE_BEGINS)
                       : completes_mark(s, *code);
    if (kind == KEY_CODE_YES) s->mark_length = 0;
    if (is_mark) {
      s->is_pasting = !s->is_pasting;
      if (s->is_pasting) s->has_paste = true;
      continue;
    }
    if (!s->is_pasting) {
      if (kind == KEY_CODE_YES && *code == PASTE_ENDS) continue;
      return kind;
    }
    if (kind == KEY_CODE_YES && *code == KEY_MOUSE) {
      MEVENT mouse;
      while (getmouse(&mouse) == OK) continue;
    }
    if (kind == OK && *code == 3 && count == 0 && is_drained(s)) s->is_pasting = false;
  }
}

// Swallows the rest of an escape sequence nobody knows, which would read as so many keys.
static bool swallow_sequence(ct_screen *s) {
  wint_t next;
  int kind = take(s, &next);
  if (kind == ERR) return false;
  if (kind == KEY_CODE_YES || (next != '[' && next != 'O')) {
    if (kind == KEY_CODE_YES) {
      ungetch((int)next);
    } else {
      unget_wch((wchar_t)next);
    }
    return false;
  }
  while (take(s, &next) == OK) {
    if (next >= 0x40 && next <= 0x7E) break;
  }
  return true;
}

int ct_screen_read(ct_screen *s, ct_event *event) {
  set_term(s->screen);
  memset(event, 0, sizeof *event);
  if (s->mouse_count > 0) {
    take_mouse(s, event);
    return CT_MOUSE;
  }
  for (;;) {
    wint_t code = 0;
    int kind = take(s, &code);
    if (s->has_paste) {
      s->has_paste = false;
      // What came behind it keeps its turn.
      if (kind == KEY_CODE_YES) ungetch((int)code);
      if (kind == OK) unget_wch((wchar_t)code);
      return CT_PASTE;
    }
    if (kind == ERR) return CT_NOTHING;
    if (kind == OK) {
      if (code == 27 && swallow_sequence(s)) continue;
      event->code = (int32_t)code;
      return CT_CHARACTER;
    }
    if (code == KEY_RESIZE) continue;
    if (code == KEY_MOUSE) {
      // One key code may stand for several events that arrived together; the newest comes first.
      while (s->mouse_count < 8 && getmouse(&s->mice[s->mouse_count]) == OK) s->mouse_count++;
      if (s->mouse_count == 0) continue;
      take_mouse(s, event);
      return CT_MOUSE;
    }
    event->code = key_code((int)code);
    if (event->code == CT_KEY_OTHER) continue;
    return CT_KEY;
  }
}
