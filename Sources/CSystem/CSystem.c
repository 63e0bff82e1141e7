#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ipmi.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <unistd.h>

int cs_process_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int cs_process_signal(int handle, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, handle, signal, NULL, 0);
}

void cs_single_arena(void) { mallopt(M_ARENA_MAX, 1); }

int cs_event_descriptor(void) { return eventfd(0, EFD_CLOEXEC); }

int cs_signal_descriptor(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

bool cs_is_ignored(int signal) {
  struct sigaction action;
  return sigaction(signal, NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO) &&
         action.sa_handler == SIG_IGN;
}

int cs_next_signal(int descriptor) {
  struct signalfd_siginfo info;
  return read(descriptor, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

int cs_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

void cs_copy_window(int other, int terminal) {
  struct winsize size;
  if (ioctl(other, TIOCGWINSZ, &size) == 0) ioctl(terminal, TIOCSWINSZ, &size);
}

int cs_terminal_like(int other, int ends[2]) {
  struct termios settings;
  char name[128];
  if (tcgetattr(other, &settings) != 0) return -1;
  int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ours < 0) return -1;
  int theirs = -1;
  if (grantpt(ours) == 0 && unlockpt(ours) == 0 && ptsname_r(ours, name, sizeof name) == 0) {
    theirs = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  }
  if (theirs < 0) {
    close(ours);
    return -1;
  }
  settings.c_oflag &= ~(tcflag_t)OPOST;
  settings.c_lflag &= ~(tcflag_t)ECHO;
  tcsetattr(theirs, TCSANOW, &settings);
  cs_copy_window(other, ours);
  ends[0] = ours;
  ends[1] = theirs;
  return 0;
}

double cs_birth(const char *path) {
  struct statx status;
  if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_BTIME, &status) != 0 ||
      !(status.stx_mask & STATX_BTIME)) {
    return -1;
  }
  return (double)status.stx_btime.tv_sec + status.stx_btime.tv_nsec * 1e-9;
}

void cs_block_signals(void) {
  sigset_t set;
  sigfillset(&set);
  const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
  for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&set, faults[i]);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int cs_timer_descriptor(int milliseconds) {
  int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (descriptor < 0) return -1;
  struct itimerspec time = {{0, 0}, {milliseconds / 1000, milliseconds % 1000 * 1000000L}};
  /* All zeros would disarm it. */
  if (milliseconds <= 0) time.it_value.tv_nsec = 1;
  timerfd_settime(descriptor, 0, &time, NULL);
  return descriptor;
}

/* The guard: a child that waits at a pipe for our end. A parent's death signal would reach only the
   one process that was started, and not the rest of its group. */

enum { GUARDED = 256 };
static int guard_pipe = -1;

static void guard(int pipe) {
  int groups[GUARDED] = {0};
  for (;;) {
    int word;
    ssize_t got = read(pipe, &word, sizeof word);
    if (got < 0 && errno == EINTR) continue;
    if (got != (ssize_t)sizeof word) break;
    /* A number is a group to take on, its negative one to leave. */
    int from = word > 0 ? 0 : -word, to = word > 0 ? word : 0;
    for (int i = 0; i < GUARDED; i++) {
      if (groups[i] != from) continue;
      groups[i] = to;
      break;
    }
  }
  int count = 0;
  for (int i = 0; i < GUARDED; i++) {
    if (groups[i] > 0 && kill(-groups[i], SIGTERM) == 0) count++;
  }
  if (count == 0) _exit(0);
  struct timespec patience = {0, 200000000};
  nanosleep(&patience, NULL);
  for (int i = 0; i < GUARDED; i++) {
    if (groups[i] > 0) kill(-groups[i], SIGKILL);
  }
  _exit(0);
}

static void guard_start(void) {
  int ends[2];
  if (cs_pipe(ends) != 0) return;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t child = fork();
  if (child == 0) {
    /* Of all threads only this one is here: nothing but system calls may follow. */
    setsid();
    prctl(PR_SET_NAME, "hippo-guard");
    if (chdir("/") != 0) _exit(1);
    int pipe = dup2(ends[0], 0);
    if (pipe < 0) _exit(1);
    if (syscall(SYS_close_range, 1u, ~0u, 0u) != 0) {
      long most = sysconf(_SC_OPEN_MAX);
      for (int i = 1; i < (most > 0 && most < 65536 ? most : 65536); i++) close(i);
    }
    guard(pipe);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(ends[0]);
  if (child < 0) {
    close(ends[1]);
  } else {
    guard_pipe = ends[1];
  }
}

void cs_guard_ready(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, guard_start);
}

static void guard_tell(int word) {
  cs_guard_ready();
  if (guard_pipe < 0) return;
  ssize_t done = write(guard_pipe, &word, sizeof word);
  (void)done;
}

void cs_guard_group(int group) { guard_tell(group); }

void cs_leave_group(int group) { guard_tell(-group); }

int cs_ipmi_send(
    int descriptor, long id, uint8_t function, uint8_t command, const uint8_t *data, int count) {
  struct ipmi_system_interface_addr address = {
      .addr_type = IPMI_SYSTEM_INTERFACE_ADDR_TYPE, .channel = IPMI_BMC_CHANNEL, .lun = 0};
  struct ipmi_req request = {
      .addr = (unsigned char *)&address,
      .addr_len = sizeof address,
      .msgid = id,
      .msg = {
          .netfn = function, .cmd = command, .data_len = (unsigned short)count,
          .data = (unsigned char *)data}};
  return ioctl(descriptor, IPMICTL_SEND_COMMAND, &request) == 0 ? 0 : errno;
}

int cs_ipmi_receive(int descriptor, long *id, uint8_t *data, int capacity) {
  struct ipmi_addr address;
  struct ipmi_recv message = {
      .addr = (unsigned char *)&address,
      .addr_len = sizeof address,
      .msg = {.data = data, .data_len = (unsigned short)capacity}};
  /* What is longer than the capacity is cut, and is told by an error of its own. */
  if (ioctl(descriptor, IPMICTL_RECEIVE_MSG_TRUNC, &message) != 0 && errno != EMSGSIZE) return -1;
  *id = message.msgid;
  return message.msg.data_len;
}
