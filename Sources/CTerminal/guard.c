// The terminal is handed back even by a program that dies: from inside a signal handler only
// async-signal-safe calls are made, on state prepared beforehand.
#define _GNU_SOURCE
#include "CTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

// Synchronized output, mouse and paste off, wrap and cursor on, plain colours, normal keypad,
// main screen. The cursor goes back to where it was, so the message starts on a line of its own.
static const char restore_text[] =
    "\033[?2026l\033[?1006l\033[?1015l\033[?1003l\033[?1002l\033[?1000l\033[?2004l\033[?7h\033[?25h"
    "\033[0m\033[?1l\033>\033[?1049l\r";

// Faults of our own, with what is said of them.
static const struct {
  int number;
  const char *message;
} faults[] = {
    {SIGILL, "hippowatt stopped on an internal error (SIGILL). The terminal is restored.\n"},
    {SIGTRAP, "hippowatt stopped on an internal error (SIGTRAP). The terminal is restored.\n"},
    {SIGABRT, "hippowatt stopped on an internal error (SIGABRT). The terminal is restored.\n"},
    {SIGBUS, "hippowatt stopped on a memory error (SIGBUS). The terminal is restored.\n"},
    {SIGFPE, "hippowatt stopped on an arithmetic error (SIGFPE). The terminal is restored.\n"},
    {SIGSEGV, "hippowatt stopped on a memory error (SIGSEGV). The terminal is restored.\n"},
};
enum { fault_count = sizeof faults / sizeof faults[0] };

// What was done at each signal before the guard.
static struct sigaction previous[NSIG];
static atomic_bool installed, entered, tripped, orderly;
// The signal that asked for an orderly end.
static atomic_int ending;
static atomic_int terminal_fd = -1, drawing_fd = -1, line_fd = -1, error_fd = -1, capture_fd = -1;
static int nothing_fd = -1;
static struct termios saved;
static bool has_saved;

static void write_all(int fd, const char *text, size_t length) {
  while (length > 0) {
    ssize_t done = write(fd, text, length);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return;
    text += done;
    length -= (size_t)done;
  }
}

// Gives standard error back and repeats the end of what it was told meanwhile.
static void replay(void) {
  int capture = atomic_exchange(&capture_fd, -1);
  int error = atomic_exchange(&error_fd, -1);
  if (error < 0) return;
  dup2(error, STDERR_FILENO);
  if (capture >= 0) {
    const off_t most = 65536;
    off_t size = lseek(capture, 0, SEEK_END);
    lseek(capture, size > most ? size - most : 0, SEEK_SET);
    char chunk[1024];
    for (;;) {
      ssize_t got = read(capture, chunk, sizeof chunk);
      if (got <= 0) break;
      write_all(STDERR_FILENO, chunk, (size_t)got);
    }
    close(capture);
  }
  close(error);
}

static void give_back(void) {
  int terminal = atomic_load(&terminal_fd);
  int drawing = atomic_load(&drawing_fd);
  // First, so that a frame being written by another thread ends in nothing.
  int line = atomic_load(&line_fd);
  if (line >= 0 && nothing_fd >= 0) dup2(nothing_fd, line);
  if (drawing >= 0 && nothing_fd >= 0) dup2(nothing_fd, drawing);
  if (terminal >= 0) {
    write_all(terminal, restore_text, sizeof restore_text - 1);
    if (has_saved) tcsetattr(terminal, TCSANOW, &saved);
  }
  replay();
  // Swift's crash reporter asks for a key on a terminal and holds the process for half a minute.
  if (nothing_fd >= 0) dup2(nothing_fd, STDIN_FILENO);
}

// Whether a signal ends a process that does nothing about it, by the table of signal(7).
static bool is_deadly(int number) {
  switch (number) {
  case SIGKILL:
  case SIGSTOP:
  case SIGTSTP:
  case SIGTTIN:
  case SIGTTOU:
  case SIGCONT:
  case SIGCHLD:
  case SIGURG:
  case SIGWINCH: return false;
  // A write to a closed pipe is an error like any other here.
  case SIGPIPE: return false;
  // Between the classic signals and the real-time ones are two that the C library keeps.
  default: return number < SIGSYS + 1 || (number >= SIGRTMIN && number <= SIGRTMAX);
  }
}

// Whether a signal was raised by the instruction that strikes again when the handler returns.
static bool strikes_again(int number, const siginfo_t *info) {
  if (number != SIGSEGV && number != SIGBUS && number != SIGILL && number != SIGFPE) return false;
  return info != NULL && info->si_code > 0 && info->si_code != SI_KERNEL;
}

// Whether a request to end was passed on to the program, which has two seconds to follow it.
static bool ends_orderly(int number) {
  if (number != SIGTERM && number != SIGHUP && number != SIGINT) return false;
  if (!atomic_load(&orderly) || !atomic_load(&entered)) return false;
  int none = 0;
  if (!atomic_compare_exchange_strong(&ending, &none, number)) return false;
  alarm(2);
  ct_wake_end();
  return true;
}

static void on_deadly(int number, siginfo_t *info, void *context) {
  (void)context;
  int error = errno;
  if (ends_orderly(number)) {
    errno = error;
    return;
  }
  // The time for an orderly end is up.
  if (number == SIGALRM) number = atomic_load(&ending) > 0 ? atomic_load(&ending) : SIGALRM;
  atomic_store(&tripped, true);
  if (atomic_exchange(&entered, false)) {
    give_back();
    for (int index = 0; index < fault_count; index++) {
      if (faults[index].number != number) continue;
      write_all(STDERR_FILENO, faults[index].message, strlen(faults[index].message));
    }
  }
  sigaction(number, &previous[number], NULL);
  if (!strikes_again(number, info)) raise(number);
  errno = error;
}

void ct_guard_install(void) {
  if (atomic_exchange(&installed, true)) return;
  nothing_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  // A stack overflow needs another stack to be reported on.
  stack_t stack;
  if (sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_DISABLE)) {
    const size_t size = 65536;
    stack = (stack_t){.ss_sp = malloc(size), .ss_size = size};
    if (stack.ss_sp != NULL) sigaltstack(&stack, NULL);
  }
  for (int number = 1; number < NSIG; number++) {
    if (!is_deadly(number)) continue;
    struct sigaction action = {0};
    action.sa_sigaction = on_deadly;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    struct sigaction *before = &previous[number];
    if (sigaction(number, NULL, before) != 0) continue;
    // What the caller had ignored (nohup) stays ignored.
    if (!(before->sa_flags & SA_SIGINFO) && before->sa_handler == SIG_IGN) continue;
    sigaction(number, &action, NULL);
  }
}

void ct_guard_enter(int terminal) {
  if (atomic_load(&entered)) return;
  if (!has_saved || atomic_load(&terminal_fd) < 0) {
    has_saved = tcgetattr(terminal, &saved) == 0;
    atomic_store(&terminal_fd, fcntl(terminal, F_DUPFD_CLOEXEC, 3));
  }
  if (isatty(STDERR_FILENO)) {
    int capture = memfd_create("stderr", MFD_CLOEXEC);
    int error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (capture >= 0 && error >= 0) {
      atomic_store(&error_fd, error);
      atomic_store(&capture_fd, capture);
      dup2(capture, STDERR_FILENO);
    } else {
      if (capture >= 0) close(capture);
      if (error >= 0) close(error);
    }
  }
  atomic_store(&entered, true);
}

void ct_guard_end_orderly(bool wanted) { atomic_store(&orderly, wanted); }

int ct_guard_ending(void) { return atomic_load(&ending); }

void ct_guard_redirect(int drawing, int line) {
  atomic_store(&drawing_fd, drawing);
  atomic_store(&line_fd, line);
}

void ct_guard_leave(void) {
  if (!atomic_exchange(&entered, false)) return;
  replay();
  ct_guard_redirect(-1, -1);
  int terminal = atomic_exchange(&terminal_fd, -1);
  if (terminal >= 0) close(terminal);
}

bool ct_guard_tripped(void) { return atomic_load(&tripped); }

void ct_guard_park(void) {
  for (;;) pause();
}
