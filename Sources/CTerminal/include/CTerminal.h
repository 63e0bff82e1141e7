/// What the Terminal room needs from C: ncurses behind a handful of functions, the signals that
/// matter to a full-screen program, and a guard that hands the terminal back when it dies.
///
/// ncurses itself stays inside the C files, because its globals and macros do not import.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Crash guard (guard.c)

/// Installs the handlers of deadly signals. Call once, before `ct_guard_enter`; again does nothing.
void ct_guard_install(void);

/// Remembers the state of a terminal and starts to guard it.
///
/// Standard error is captured while the guard is on, if it is a terminal: text written over a full
/// screen is lost otherwise.
void ct_guard_enter(int terminal);

/// Whether SIGTERM, SIGHUP and SIGINT wake the program first, so that it can end in order. It dies
/// of the signal all the same when it has not within two seconds, or at the second signal.
void ct_guard_end_orderly(bool wanted);

/// The signal that asked for an orderly end, or 0.
int ct_guard_ending(void);

/// Tells the guard which descriptors frames are written to, and -1 for none; on a crash they are
/// pointed at nothing, so that another thread cannot draw over the message.
void ct_guard_redirect(int drawing, int line);

/// Stops guarding and writes out what standard error said meanwhile.
void ct_guard_leave(void);

/// True once a deadly signal has struck: the terminal belongs to the message now.
bool ct_guard_tripped(void);

/// Waits for the end of a process that a deadly signal has struck.
void ct_guard_park(void);

// MARK: Signals that wake the screen (wake.c)

enum { CT_WAKE_RESIZED = 1, CT_WAKE_STOP = 2, CT_WAKE_CONTINUED = 4, CT_WAKE_END = 8 };

/// Catches SIGWINCH, SIGTSTP and SIGCONT. Returns a descriptor that is readable after each.
int ct_wake_install(void);

/// Wakes the program to end in order.
void ct_wake_end(void);

/// Takes the signals caught since the last call, as CT_WAKE bits, and drains the descriptor.
int ct_wake_take(void);

/// Stops the process as Ctrl-Z does and returns once it runs again.
void ct_wake_stop_here(void);

/// Passes over what the keyboard sends as signals, and keeps requests to end, while another program has the
/// terminal.
void ct_wake_lend(void);

/// The signal that asked this program to end since then; 0 where none did.
int ct_wake_lent_signal(void);

/// Does with these signals what was done before ct_wake_lend.
void ct_wake_return(void);

/// Opens an alarm of the monotonic clock: a descriptor that is readable once it has rung.
int ct_timer_open(void);

/// Sets the alarm to a moment in nanoseconds of that clock; 0 switches it off.
void ct_timer_set(int timer, uint64_t moment);

/// Sets the alarm to so many milliseconds from now; 0 switches it off.
void ct_timer_after(int timer, int milliseconds);

// MARK: Library (version.c)

/// The name and version of the library, such as "ncurses 6.5.20250216".
const char *ct_curses_version(void);

// MARK: Screen (screen.c)

typedef struct ct_screen ct_screen;

/// One glyph of a row: its cells must be 1 or 2.
typedef struct {
  uint32_t scalar;
  int32_t pair;
  uint8_t attributes;
  uint8_t cells;
} ct_glyph;

/// Sets the character type of the process from a locale name ("" reads the environment).
/// 1 when text is UTF-8 then, 0 when not, -1 when there is no such locale and nothing changed.
/// Never touches numbers or dates.
int ct_locale(const char *name);

/// The place of a capability in a compiled terminfo entry, or -1. `kind` is 'b', 'n' or 's'.
int ct_terminfo_index(char kind, const char *name);

/// The colours of an installed terminfo entry: -1 none, -2 unknown terminal, -3 no database,
/// -4 a terminal that cannot move its cursor.
int ct_terminfo_colors(const char *term, int output);

/// Takes over a terminal. `entry` is a private terminfo entry as "b64:...", or null to use the
/// installed one. Null when ncurses refuses.
ct_screen *ct_screen_open(const char *term, const char *entry, int input, int output, bool mouse);

/// The descriptor that frames are written to.
int ct_screen_drawing(const ct_screen *screen);
/// Another descriptor of the same terminal, from which the first is restored after each frame.
int ct_screen_line(const ct_screen *screen);
int ct_screen_width(const ct_screen *screen);
int ct_screen_height(const ct_screen *screen);
/// How many colour pairs there are, the default pair 0 included.
int ct_screen_pairs(const ct_screen *screen);

/// Defines a pair; -1 is the terminal's own colour. False when ncurses refuses.
bool ct_screen_define_pair(ct_screen *screen, int pair, int foreground, int background);
/// Forgets every pair; all cells must be written anew.
void ct_screen_forget_pairs(ct_screen *screen);

/// Writes a part of a row into the next frame, from column `x` on.
void ct_screen_put_row(ct_screen *screen, int y, int x, const ct_glyph *glyphs, int count);
/// Sends the frame; `synchronized` brackets it so that the terminal shows it at once.
void ct_screen_flush(ct_screen *screen, bool synchronized);
/// Whether the terminal was handed back and not taken since.
bool ct_screen_is_away(ct_screen *screen);
/// Takes the terminal after that, with an empty frame.
void ct_screen_return(ct_screen *screen);
/// Writes the frame into memory, where it stays until the next call, and returns its length.
int64_t ct_screen_compose(ct_screen *screen, const uint8_t **frame);
/// Sends bytes to the terminal, all of them unless it is gone.
void ct_screen_send(ct_screen *screen, const uint8_t *bytes, size_t count);
/// Makes the next flush clear the screen and write every cell.
void ct_screen_forget(ct_screen *screen);
/// Takes the terminal's size of this moment. True when it changed.
bool ct_screen_resize(ct_screen *screen);
/// Hands the terminal back; the next flush takes it again.
void ct_screen_leave(ct_screen *screen);
/// Hands the terminal back for good.
void ct_screen_close(ct_screen *screen);
