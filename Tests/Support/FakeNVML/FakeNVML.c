#include <stdio.h>
#include <string.h>

#include "Fake.h"

// The single calls. Layouts are written anew here, so that a slip in the program's own shows up.

_Static_assert(sizeof(void *) == 8 && sizeof(uint64_t) == 8, "LP64");

int32_t nvmlInit_v2(void) {
  int32_t code = fake_enter(__func__, -1, 0);
  if (code == SUCCESS) fake_opened++;
  return code;
}

int32_t nvmlShutdown(void) {
  ENTER(-1);
  fake_opened--;
  return SUCCESS;
}

int32_t nvmlDeviceGetCount_v2(uint32_t *value) {
  ENTER(-1);
  *value = fake_gpu_count;
  return SUCCESS;
}

int32_t nvmlDeviceGetHandleByIndex_v2(uint32_t index, device_t *value) {
  ENTER(index);
  if (index >= fake_gpu_count) return INVALID;
  *value = &fake_gpus[index];
  return SUCCESS;
}

int32_t nvmlSystemGetDriverVersion(char *text, uint32_t size) {
  ENTER(-1);
  snprintf(text, size, "590.48.01");
  return SUCCESS;
}

int32_t nvmlSystemGetNVMLVersion(char *text, uint32_t size) {
  ENTER(-1);
  snprintf(text, size, "13.590.48.01");
  return SUCCESS;
}

int32_t nvmlDeviceGetName(device_t device, char *text, uint32_t size) {
  ENTER(device->index);
  const char *model = fake_gpus[device->index].module_mw ? "NVIDIA GH200 480GB"
                                                         : "NVIDIA H100 80GB HBM3";
  snprintf(text, size, "%s%s", model, device->part < 0 ? "" : " MIG 1g.10gb");
  return SUCCESS;
}

int32_t nvmlDeviceGetUUID(device_t device, char *text, uint32_t size) {
  ENTER(device->index);
  if (device->part < 0)
    snprintf(text, size, "GPU-00000000-0000-0000-0000-%012d", (int)device->serial);
  else
    snprintf(text, size, "MIG-%08d-0000-0000-0000-%012d", device->part, device->index);
  return SUCCESS;
}

int32_t nvmlDeviceGetPciInfo_v3(device_t device, void *value) {
  ENTER(device->index);
  snprintf((char *)value, 16, "0000:%02X:00.0", device->index + 1);
  snprintf((char *)value + 36, 32, "00000000:%02X:00.0", device->index + 1);
  return SUCCESS;
}

int32_t nvmlDeviceGetCudaComputeCapability(device_t device, int32_t *major, int32_t *minor) {
  ENTER(device->index);
  *major = (int32_t)device->major;
  *minor = (int32_t)device->minor;
  return SUCCESS;
}

// As the driver counts: a thousandth of a joule, since it was loaded.
static uint64_t millijoules(device_t device) {
  double from = device->counted_from;
  return device->energy_mj +
         (uint64_t)(1000 * (fake_energy(device, fake_now()) - fake_energy(device, from)));
}

// The mean over the last second, or the power at the moment on older chips.
static uint64_t milliwatts(device_t device) {
  int averages = device->architecture >= 7 && !(device->major == 8 && device->minor == 0);
  double now = fake_now();
  if (!device->corners) return device->power_mw;
  double watts = averages && now > 0 ? fake_mean(device, now > 1 ? now - 1 : 0, now)
                                     : fake_watts(device, now);
  return (uint64_t)(watts * 1000 + 0.5);
}

int32_t nvmlDeviceGetTotalEnergyConsumption(device_t device, uint64_t *value) {
  ENTER(device->index);
  *value = millijoules(device);
  return SUCCESS;
}

int32_t nvmlDeviceGetPowerUsage(device_t device, uint32_t *value) {
  ENTER(device->index);
  *value = (uint32_t)milliwatts(device);
  return SUCCESS;
}

#define GETTER(function, type, field)                \
  int32_t function(device_t device, type *value) {   \
    ENTER(device->index);                            \
    *value = (type)device->field;                    \
    return SUCCESS;                                  \
  }

GETTER(nvmlDeviceGetArchitecture, uint32_t, architecture)
GETTER(nvmlDeviceGetEnforcedPowerLimit, uint32_t, limit_mw)
GETTER(nvmlDeviceGetPowerManagementDefaultLimit, uint32_t, default_limit_mw)
GETTER(nvmlDeviceGetCurrentClocksEventReasons, uint64_t, reasons)
GETTER(nvmlDeviceGetCurrentClocksThrottleReasons, uint64_t, reasons)

int32_t nvmlDeviceGetUtilizationRates(device_t device, uint32_t *value) {
  ENTER(device->index);
  if (device->mig) return NOT_SUPPORTED;
  value[0] = (uint32_t)device->gpu_percent;
  value[1] = (uint32_t)device->memory_percent;
  return SUCCESS;
}

int32_t nvmlDeviceGetMemoryInfo(device_t device, uint64_t *value) {
  ENTER(device->index);
  value[0] = device->total;
  value[1] = device->total - device->used - device->reserved;
  value[2] = device->used + device->reserved;
  return SUCCESS;
}

int32_t nvmlDeviceGetMemoryInfo_v2(device_t device, uint64_t *value) {
  ENTER(device->index);
  if (*(uint32_t *)value != 0x02000028) return MISMATCH;
  value[1] = device->total;
  value[2] = device->reserved;
  value[3] = device->total - device->used - device->reserved;
  value[4] = device->used;
  return SUCCESS;
}

int32_t nvmlDeviceGetTemperature(device_t device, int32_t sensor, uint32_t *value) {
  ENTER(device->index);
  if (sensor != 0) return INVALID;
  *value = (uint32_t)device->celsius;
  return SUCCESS;
}

int32_t nvmlDeviceGetTemperatureV(device_t device, uint32_t *value) {
  ENTER(device->index);
  if (value[0] != 0x0100000c) return MISMATCH;
  value[2] = (uint32_t)device->celsius;
  return SUCCESS;
}

int32_t nvmlDeviceGetClockInfo(device_t device, int32_t clock, uint32_t *value) {
  ENTER(device->index);
  *value = (uint32_t)(clock == 2 ? device->memory_mhz : device->sm_mhz);
  return SUCCESS;
}

int32_t nvmlDeviceGetFanSpeed(device_t device, uint32_t *value) {
  ENTER(device->index);
  // A server's board has none.
  if (!device->fan_percent) return NOT_SUPPORTED;
  *value = (uint32_t)device->fan_percent;
  return SUCCESS;
}

int32_t nvmlDeviceGetPcieThroughput(device_t device, int32_t counter, uint32_t *value) {
  ENTER(device->index);
  (void)counter;
  *value = 0;
  return SUCCESS;
}

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
    case 83: case 191: *value = millijoules(g); return SUCCESS;
    case 185: case 186: case 189: case 190:
      *type = UINT32;
      if (scope == 1) {
        *value = g->module_mw;
        return g->module_mw && id < 189 ? SUCCESS : NOT_SUPPORTED;
      }
      if (scope) return NOT_SUPPORTED;
      if (id == 185 && (g->architecture < 7 || (g->major == 8 && !g->minor))) return NOT_SUPPORTED;
      *value = id == 185   ? milliwatts(g)
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
    case 271: *value = g->held_brake_ns; return SUCCESS;
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
