/* Linux calls that Swift's Glibc module does not offer, under names of our own. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Keeps the allocator to one arena: each thread would otherwise map one of its own. */
void cs_single_arena(void);

/* An event counter that wakes whoever reads it; -1 on failure. */
int cs_event_descriptor(void);

/* Blocks the signals for this thread and all it will start, and returns a descriptor to read
   them from without waiting; -1 on failure. */
int cs_signal_descriptor(const int *signals, int count);

/* Whether whoever started the program had it ignore a signal, as nohup does with SIGHUP. */
bool cs_is_ignored(int signal);

/* The next signal that arrived, or 0. */
int cs_next_signal(int descriptor);

/* A pipe that is closed in programs started later; -1 on failure. */
int cs_pipe(int ends[2]);

/* A pseudo terminal of the same settings and size as another terminal, but for the changes that a
   terminal makes to what is written to it: first our end, then the program's. Both are closed in
   programs started later, and neither becomes a controlling terminal; -1 on failure. */
int cs_terminal_like(int other, int ends[2]);

/* Gives a pseudo terminal the size that another terminal has. */
void cs_copy_window(int other, int terminal);

/* Holds a process, so that its number cannot come to mean another; -1 on failure. */
int cs_process_open(int pid);

/* Sends a signal to a process that is held; 0 on success. */
int cs_process_signal(int handle, int signal);

/* Blocks all signals for this thread but those that a fault of its own raises. */
void cs_block_signals(void);

/* Makes ready for cs_guard_group, which takes a while the first time: call it before the process is
   started, so that there is hardly a moment in which it would be left behind. */
void cs_guard_ready(void);

/* Has a process group ended when this process does, however that comes about. */
void cs_guard_group(int group);

/* Leaves a process group alone again: it has ended, and its number may come to mean another. */
void cs_leave_group(int group);

/* A descriptor that becomes readable once the milliseconds have passed; -1 on failure. */
int cs_timer_descriptor(int milliseconds);

/* When a file came into being, in seconds since 1970; -1 where its file system does not keep that. */
double cs_birth(const char *path);

/* A TCP socket: its inode, the bytes it has received, and the milliseconds since it last sent and last
   received any. */
struct cs_tcp_socket {
  uint64_t inode, received;
  uint32_t since_sent, since_received;
};

/* This network namespace's TCP sockets that are or were connected; returns how many, at most `capacity`,
   or -1 where the kernel does not tell. */
int cs_tcp_sockets(struct cs_tcp_socket *sockets, int capacity);

/* Sends a request to the management controller of the machine through an open /dev/ipmi*; 0, or the
   error number. */
int cs_ipmi_send(
    int descriptor, long id, uint8_t function, uint8_t command, const uint8_t *data, int count);

/* Fetches an answer that has come: how many bytes it has, the completion code first; -1 and the error
   number in errno, which is EAGAIN where none has come. */
int cs_ipmi_receive(int descriptor, long *id, uint8_t *data, int capacity);
