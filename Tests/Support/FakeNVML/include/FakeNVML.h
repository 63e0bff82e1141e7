// A stand-in for NVIDIA's management library that plays a script.
//
// From a test: open the library and call the functions below; time stands where it is put. From a
// shell: set FAKE_NVML_GPUS to a number, or FAKE_NVML_SCRIPT to a file, and start the program with
// the library's path in the source's `library` setting; then time runs. FAKE_NVML_POWER_MW makes
// every GPU draw as much all the time, FAKE_NVML_LOST_AFTER are the seconds until GPU 0 is lost,
// and FAKE_NVML_BLOCK_AFTER those until reading its numbers no longer returns. FAKE_NVML_PIDS are
// processes, by commas, that work on every GPU. FAKE_NVML_UNLOADED is a file that appears when the
// library is taken apart, at the program's end or before it.
//
// A script has one statement a line; GPU is a number, SECONDS count from the start:
//   gpus COUNT               power GPU SECONDS WATTS      loop GPU SECONDS
//   set GPU FIELD VALUE      process GPU PID BYTES PERCENT
//   lost GPU SECONDS         block GPU SECONDS            xid GPU SECONDS NUMBER
#pragma once
#include <stdint.h>

// Forgets everything and stands for so many GPUs, all alike and idle; time is zero and stands.
void fake_nvml_reset(uint32_t gpus);
// Puts the time in seconds.
void fake_nvml_time(double seconds);
// How many GPUs there are from now on.
void fake_nvml_count(uint32_t gpus);
// Makes the driver one of another branch, such as 575.
void fake_nvml_driver(uint32_t branch);
// What a reload of the driver does: all must be opened anew, and counters start at zero.
void fake_nvml_reload(void);
// Sets a value by the name of its field: power_mw, energy_mj, limit_mw, gpu_percent, ….
void fake_nvml_set(uint32_t gpu, const char *field, uint64_t value);

// Adds a corner of the power over time, in order of time; between corners it is a straight line,
// and two at the same time are a step. Instant power, one-second mean and energy follow from it.
void fake_nvml_power(uint32_t gpu, double seconds, double watts);
// Plays the corners again and again, with that period.
void fake_nvml_loop(uint32_t gpu, double seconds);
// The joules drawn from the start to a time: the truth.
double fake_nvml_joules(uint32_t gpu, double seconds);

// Puts a process on a GPU, or changes it; its work is a share of 100.
void fake_nvml_process(uint32_t gpu, uint32_t pid, uint64_t bytes, uint32_t percent);
void fake_nvml_end_process(uint32_t gpu, uint32_t pid);
// Lets the driver report something.
void fake_nvml_event(uint32_t gpu, uint64_t type, uint64_t data);

// Lets a function answer with a code from now on; gpu -1 for all, code 0 for the usual answer. The
// name `gpu` stands for all functions, `field:191` for one field, and `newer fields` for a call
// with any id that drivers of the CUDA 11 years do not know.
void fake_nvml_answer(const char *function, int32_t gpu, int32_t code);
// Whether calls of a function wait; gpu -1 for all. Those that wait go on when it is set back.
void fake_nvml_block(const char *function, int32_t gpu, int32_t blocks);
// How often a function was called since the reset; `*` for all of them together.
uint32_t fake_nvml_calls(const char *function);
