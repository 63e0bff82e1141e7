// A stand-in for NVIDIA's management library whose answers are scripted.
//
// From a test: open the library and call the functions below. From a shell: set FAKE_NVML_GPUS to a
// number and start the program with the library's path in the source's `library` setting; then
// FAKE_NVML_POWER_MW is the power of each GPU, FAKE_NVML_LOST_AFTER the seconds until GPU 0 is
// lost, and FAKE_NVML_BLOCK_AFTER the seconds until reading its power no longer returns.
#pragma once
#include <stdint.h>

// Forgets everything and stands for so many GPUs, all alike and idle.
void fake_nvml_reset(uint32_t gpus);
// Sets a value by the name of its field: power_mw, energy_mj, limit_mw, gpu_percent, ….
void fake_nvml_set(uint32_t gpu, const char *field, uint64_t value);
// Lets a function answer with a code from now on; gpu -1 for all, code 0 for the usual answer.
void fake_nvml_answer(const char *function, int32_t gpu, int32_t code);
// How often a function was called since the reset.
uint32_t fake_nvml_calls(const char *function);
// Whether calls of a function wait; all that wait go on when it is set back.
void fake_nvml_block(const char *function, int32_t blocks);
