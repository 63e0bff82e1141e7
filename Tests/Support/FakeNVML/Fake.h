// What the parts of the stand-in share.
#pragma once
#include <pthread.h>
#include <stdint.h>

#include "FakeNVML.h"

enum {
  GPUS = 64,
  PARTS = 8,
  CORNERS = 256,
  PROCESSES = 256,
  EVENTS = 64,
  SUCCESS = 0,
  UNINITIALIZED = 1,
  INVALID = 2,
  NOT_SUPPORTED = 3,
  NOT_FOUND = 6,
  TOO_SMALL = 7,
  TIMED_OUT = 10,
  LOST = 15,
  MISMATCH = 25,
};

struct process {
  uint32_t pid, percent;
  uint64_t bytes;
};

// A GPU, or one of the instances it is divided into.
struct nvmlDevice_st {
  uint64_t power_mw, instant_mw, energy_mj, limit_mw, default_limit_mw, gpu_percent, memory_percent;
  uint64_t used, reserved, total, celsius, memory_celsius, fan_percent, sm_mhz, memory_mhz, reasons;
  uint64_t architecture, major, minor, serial;
  uint64_t held_power_ns, held_heat_ns, held_board_ns, held_brake_ns;
  uint64_t pcie_tx, pcie_rx, pcie_narrow, nvlink_tx_kib, nvlink_rx_kib, module_mw;
  // Whether it has GPM; parts it is divided into; which of them is a hole, from 1.
  uint64_t gpm, mig, hole, graphics;
  double times[CORNERS], watts[CORNERS], joules[CORNERS], period, counted_from, lost_at, block_at;
  uint32_t corners, process_count;
  struct process processes[PROCESSES];
  int32_t index, part;
};
typedef struct nvmlDevice_st *device_t;

extern pthread_mutex_t fake_lock;
extern pthread_cond_t fake_changed;
extern struct nvmlDevice_st fake_gpus[GPUS], fake_parts[GPUS][PARTS];
extern uint32_t fake_gpu_count;
// The branch of the driver, the first number of its version.
extern uint32_t fake_branch;
// Whether people look at it, who must be told that no such machine exists.
extern int fake_is_shown;
// How often the library was opened more than closed, and whether the driver was reloaded since.
extern int fake_opened, fake_is_cut_off;

// The time in seconds; the lock need not be held.
double fake_now(void);
// Lets time run from now on.
void fake_run(void);
// Reads the environment.
void fake_read_environment(void);
void fake_lively(uint32_t gpus);

// The script's power in watts at a time, its joules up to then, and its mean over a stretch.
double fake_watts(const struct nvmlDevice_st *gpu, double time);
double fake_energy(const struct nvmlDevice_st *gpu, double time);
double fake_mean(const struct nvmlDevice_st *gpu, double from, double to);

// As the driver counts: thousandths of a joule since it was loaded.
uint64_t fake_millijoules(const struct nvmlDevice_st *gpu);
// The mean over the last second, or the power at the moment on older chips.
uint64_t fake_milliwatts(const struct nvmlDevice_st *gpu);

// What a function or field is to answer; counts nothing.
int32_t fake_code(const char *function, int32_t gpu);
// Counts a call, waits where it is to wait, and says what it answers.
int32_t fake_enter(const char *function, int32_t gpu, int needs_opening);
// Lets the driver report something at a time.
void fake_schedule(uint32_t gpu, double seconds, uint64_t type, uint64_t data);
// Takes the next event for a GPU in a set; waits so many milliseconds for one.
int fake_next_event(const uint64_t *masks, uint32_t milliseconds, uint64_t event[3]);

#define ENTER(gpu)                                        \
  do {                                                    \
    int32_t code = fake_enter(__func__, (int32_t)gpu, 1); \
    if (code != SUCCESS) return code;                     \
  } while (0)
