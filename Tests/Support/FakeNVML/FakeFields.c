#include <stdio.h>
#include <string.h>

#include "Fake.h"

// Field values: entries of 40 bytes, each with an answer of its own.

enum { FLOAT64, UINT32, ULONG, UINT64 };

// What a counter of a machine at work has counted by itself.
static uint64_t grown(device_t g, double rate) {
  return g->period > 0 ? (uint64_t)(rate * fake_now()) : 0;
}

static int32_t field(device_t g, uint32_t id, uint32_t scope, int32_t *type, uint64_t *value) {
  char name[32];
  snprintf(name, sizeof name, "field:%u", id);
  int32_t code = fake_code(name, g->index);
  if (code != SUCCESS) return code;
  double now = fake_now();
  *type = UINT64;
  switch (id) {
    case 83: case 191: *value = fake_millijoules(g); return SUCCESS;
    case 185: case 186: case 189: case 190:
      *type = UINT32;
      if (scope == 1) {
        *value = g->module_mw;
        return g->module_mw && id < 189 ? SUCCESS : NOT_SUPPORTED;
      }
      if (scope) return NOT_SUPPORTED;
      if (id == 185 && (g->architecture < 7 || (g->major == 8 && !g->minor))) return NOT_SUPPORTED;
      *value = id == 185   ? fake_milliwatts(g)
               : id == 186 ? (uint64_t)(1000 * fake_watts(g, now) + 0.5)
               : id == 189 ? g->default_limit_mw
                           : g->limit_mw;
      return SUCCESS;
    case 82:
      *type = UINT32;
      *value = g->memory_celsius;
      return g->memory_celsius ? SUCCESS : NOT_SUPPORTED;
    case 74: *value = g->held_power_ns + grown(g, g->reasons & 4 ? 4e8 : 0); return SUCCESS;
    case 75: *value = g->held_heat_ns + grown(g, g->reasons & 0x20 ? 2e8 : 0); return SUCCESS;
    case 77: *value = g->held_board_ns; return SUCCESS;
    case 271:
      // Before branch 580 this id was a ramp rate of power smoothing, in mW/s.
      *value = fake_branch < 580 ? 50000 : g->held_brake_ns;
      return SUCCESS;
    case 197: case 198:
      *value = id == 197 ? g->pcie_tx + grown(g, 1.1e9) : g->pcie_rx + grown(g, 3.2e9);
      if (g->pcie_narrow) *type = UINT32, *value = (uint32_t)*value;
      return SUCCESS;
    case 138: case 139:
      if (scope != UINT32_MAX || g->mig) return NOT_SUPPORTED;
      *value = (id == 138 ? g->nvlink_tx_kib : g->nvlink_rx_kib) + grown(g, 1.2e8);
      return SUCCESS;
    default: return INVALID;
  }
}

int32_t nvmlDeviceGetFieldValues(device_t device, int32_t count, unsigned char *entries) {
  ENTER(device->index);
  if (count <= 0) return INVALID;
  int32_t refusal = fake_code("newer fields", device->index);
  for (int32_t i = 0; refusal != SUCCESS && i < count; i++) {
    uint32_t id;
    memcpy(&id, entries + 40 * (size_t)i, 4);
    if (id > 141) return refusal;
  }
  for (int32_t i = 0; i < count; i++) {
    unsigned char *entry = entries + 40 * (size_t)i;
    uint32_t id, scope;
    int32_t type = FLOAT64;
    uint64_t value = 0;
    memcpy(&id, entry, 4);
    memcpy(&scope, entry + 4, 4);
    int64_t stamp = (int64_t)(fake_now() * 1e6);
    int32_t code = field(device, id, scope, &type, &value);
    memcpy(entry + 8, &stamp, 8);
    memset(entry + 16, 0, 8);
    memcpy(entry + 24, &type, 4);
    memcpy(entry + 28, &code, 4);
    // What a narrow value does not fill is left as it was.
    if (code == SUCCESS) memcpy(entry + 32, &value, type == UINT32 ? 4 : 8);
  }
  return SUCCESS;
}
