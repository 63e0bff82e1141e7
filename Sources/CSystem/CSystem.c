#define _GNU_SOURCE
#include "CSystem.h"

#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
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

static int forget(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size, (void)context;
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    // Code is mapped from its file and never written, so nothing is lost; data would be.
    if (header->p_type != PT_LOAD || (header->p_flags & (PF_X | PF_W)) != PF_X) continue;
    uintptr_t start = (info->dlpi_addr + header->p_vaddr + page - 1) & ~(page - 1);
    uintptr_t end = (info->dlpi_addr + header->p_vaddr + header->p_filesz) & ~(page - 1);
    if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void cs_forget_startup(void) {
  dl_iterate_phdr(forget, NULL);
  malloc_trim(0);
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
