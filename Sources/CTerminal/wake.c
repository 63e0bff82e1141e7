// Window size, stop and continue reach the screen as bits and a readable descriptor, because a
// signal may be delivered to any thread and only one of them may touch ncurses.
#define _GNU_SOURCE
#include "CTerminal.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static atomic_int wake_fd = -1;
static atomic_int pending;

static void on_wake(int number) {
  int error = errno;
  atomic_fetch_or(&pending, number == SIGWINCH  ? CT_WAKE_RESIZED
                            : number == SIGTSTP ? CT_WAKE_STOP
                                                : CT_WAKE_CONTINUED);
  uint64_t one = 1;
  ssize_t done = write(atomic_load(&wake_fd), &one, sizeof one);
  (void)done;
  errno = error;
}

void ct_wake_end(void) {
  atomic_fetch_or(&pending, CT_WAKE_END);
  uint64_t one = 1;
  ssize_t done = write(atomic_load(&wake_fd), &one, sizeof one);
  (void)done;
}

static void catch(int number) {
  struct sigaction action = {0}, before;
  if (sigaction(number, NULL, &before) != 0 || before.sa_handler == SIG_IGN) return;
  action.sa_handler = on_wake;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

int ct_wake_install(void) {
  if (atomic_load(&wake_fd) < 0) {
    atomic_store(&wake_fd, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    catch(SIGWINCH);
    catch(SIGTSTP);
    catch(SIGCONT);
  }
  return atomic_load(&wake_fd);
}

int ct_wake_take(void) {
  uint64_t count;
  ssize_t got = read(atomic_load(&wake_fd), &count, sizeof count);
  (void)got;
  return atomic_exchange(&pending, 0);
}

void ct_wake_stop_here(void) {
  signal(SIGTSTP, SIG_DFL);
  raise(SIGTSTP);
  catch(SIGTSTP);
}

// What the keyboard sends, what a program in the background gets that takes the terminal back, and the
// requests to end, which have to wait until it has it.
static const int lent[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTOU, SIGTERM, SIGHUP};
enum { lent_count = sizeof lent / sizeof lent[0], lent_ignored = 4 };
static struct sigaction before_lending[lent_count];
static atomic_int asked_to_end;

static void on_request(int number) { atomic_store(&asked_to_end, number); }

void ct_wake_lend(void) {
  atomic_store(&asked_to_end, 0);
  for (int index = 0; index < lent_count; index++) {
    struct sigaction action = {.sa_handler = index < lent_ignored ? SIG_IGN : on_request};
    sigaction(lent[index], &action, &before_lending[index]);
    // What whoever started us ignores, as nohup does, stays so.
    if (before_lending[index].sa_handler == SIG_IGN) {
      sigaction(lent[index], &before_lending[index], NULL);
    }
  }
}

int ct_wake_lent_signal(void) { return atomic_load(&asked_to_end); }

void ct_wake_return(void) {
  for (int index = 0; index < lent_count; index++) {
    sigaction(lent[index], &before_lending[index], NULL);
  }
}

int ct_timer_open(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC); }

void ct_timer_set(int timer, uint64_t moment) {
  struct itimerspec setting = {0};
  setting.it_value.tv_sec = (time_t)(moment / 1000000000);
  setting.it_value.tv_nsec = (long)(moment % 1000000000);
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, NULL);
}

void ct_timer_after(int timer, int milliseconds) {
  struct itimerspec setting = {0};
  setting.it_value.tv_sec = milliseconds / 1000;
  setting.it_value.tv_nsec = milliseconds % 1000 * 1000000L;
  timerfd_settime(timer, 0, &setting, NULL);
}
