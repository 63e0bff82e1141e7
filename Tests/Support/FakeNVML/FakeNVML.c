#include <stdio.h>
#include <string.h>

#include "Fake.h"

// The single calls. Layouts are written anew here, so that a slip in the program's own shows up.

_Static_assert(sizeof(void *) == 8 && sizeof(uint64_t) == 8, "LP64");

int32_t nvmlInit_v2(void) {
  int32_t code = fake_enter(__func__, -1, 0);
  if (code != SUCCESS) return code;
  fake_opened++;
  fake_is_cut_off = 0;
  return SUCCESS;
}

int32_t nvmlShutdown(void) {
  int32_t code = fake_enter(__func__, -1, 0);
  if (fake_opened > 0) fake_opened--;
  return code;
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
  snprintf(text, size, "%u.48.01", fake_branch);
  return SUCCESS;
}

int32_t nvmlSystemGetNVMLVersion(char *text, uint32_t size) {
  ENTER(-1);
  snprintf(text, size, "13.590.48.01");
  return SUCCESS;
}

int32_t nvmlDeviceGetName(device_t device, char *text, uint32_t size) {
  ENTER(device->index);
  const char *model = fake_gpus[device->index].module_mw ? "GH200 480GB" : "H100 80GB HBM3";
  snprintf(text, size, "%s %s%s", fake_is_shown ? "SIMULATED" : "NVIDIA", model,
           device->part < 0 ? "" : " MIG 1g.10gb");
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

int32_t nvmlDeviceGetTotalEnergyConsumption(device_t device, uint64_t *value) {
  ENTER(device->index);
  *value = fake_millijoules(device);
  return SUCCESS;
}

int32_t nvmlDeviceGetPowerUsage(device_t device, uint32_t *value) {
  ENTER(device->index);
  *value = (uint32_t)fake_milliwatts(device);
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

int32_t nvmlDeviceGetViolationStatus(device_t device, int32_t policy, uint64_t *value) {
  ENTER(device->index);
  value[0] = (uint64_t)(fake_now() * 1e6);
  switch (policy) {
    case 0: value[1] = device->held_power_ns; return SUCCESS;
    case 1: value[1] = device->held_heat_ns; return SUCCESS;
    case 3: value[1] = device->held_board_ns; return SUCCESS;
    default: return NOT_SUPPORTED;
  }
}

int32_t nvmlDeviceGetPcieThroughput(device_t device, int32_t counter, uint32_t *value) {
  ENTER(device->index);
  (void)counter;
  *value = 0;
  return SUCCESS;
}
