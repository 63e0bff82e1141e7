// A stand-in for NVIDIA's management library, told by tests what to answer.
//
// It answers by the names and layouts of the real one. The controls below take the name of a
// number: init, count, handle, name, uuid, pci, driver, architecture, power, energy, limit,
// utilization, memory_activity, memory_v2, memory, reserved, memory_total, temperature, sm_clock,
// memory_clock, reasons; or `card` for everything that one card is asked.
#pragma once
#include <stdint.h>

/// Sets what one card answers, in NVML's own units.
void fake_nvml_set(const char *number, uint32_t card, uint64_t value);
/// Sets the return code of a call; 0 lets it succeed again.
void fake_nvml_fail(const char *number, uint32_t card, int code);
/// How often a number was asked for, over all cards.
uint64_t fake_nvml_calls(const char *number);
/// Sets a card's product name.
void fake_nvml_name(uint32_t card, const char *name);
