#include "FakeNVML.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// The layouts are written anew here, so that a slip in the program's own shows up.

enum { GPUS = 16, RULES = 1024, SUCCESS = 0, UNINITIALIZED = 1, INVALID = 2, MISMATCH = 25 };

struct nvmlDevice_st {
  uint64_t power_mw, energy_mj, limit_mw, gpu_percent, memory_percent, used, reserved, total;
  uint64_t celsius, sm_mhz, memory_mhz, reasons, architecture, major, minor;
};

struct rule {
  char function[64];
  int32_t gpu, code, blocks;
  uint32_t calls;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct nvmlDevice_st gpus[GPUS];
static uint32_t count;
static int initialized;
static struct rule rules[RULES];
static uint32_t rule_count;
static double started, lost_after, block_after;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static struct rule *find(const char *function, int32_t gpu) {
  for (uint32_t i = 0; i < rule_count; i++)
    if (rules[i].gpu == gpu && strcmp(rules[i].function, function) == 0) return &rules[i];
  struct rule *rule = &rules[rule_count < RULES - 1 ? rule_count++ : RULES - 1];
  memset(rule, 0, sizeof *rule);
  snprintf(rule->function, sizeof rule->function, "%s", function);
  rule->gpu = gpu;
  return rule;
}

void fake_nvml_reset(uint32_t number) {
  pthread_mutex_lock(&lock);
  memset(rules, 0, sizeof rules);
  rule_count = 0;
  lost_after = block_after = 0;
  count = number < GPUS ? number : GPUS;
  for (uint32_t i = 0; i < GPUS; i++)
    gpus[i] = (struct nvmlDevice_st){
        .power_mw = 70000, .limit_mw = 700000, .total = 85520809984, .reserved = 566231040,
        .celsius = 30, .sm_mhz = 345, .memory_mhz = 2619, .reasons = 1, .architecture = 9,
        .major = 9};
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void load(void) {
  const char *number = getenv("FAKE_NVML_GPUS");
  fake_nvml_reset(number ? (uint32_t)atoi(number) : 1);
  if (!number) return;
  started = now();
  const char *power = getenv("FAKE_NVML_POWER_MW");
  const char *lost = getenv("FAKE_NVML_LOST_AFTER");
  const char *block = getenv("FAKE_NVML_BLOCK_AFTER");
  for (uint32_t i = 0; power && i < GPUS; i++) gpus[i].power_mw = (uint64_t)atoll(power);
  if (lost) lost_after = atof(lost);
  if (block) block_after = atof(block);
}

void fake_nvml_set(uint32_t gpu, const char *field, uint64_t value) {
  struct nvmlDevice_st *g = &gpus[gpu % GPUS];
  const struct { const char *name; uint64_t *value; } fields[] = {
      {"power_mw", &g->power_mw}, {"energy_mj", &g->energy_mj}, {"limit_mw", &g->limit_mw},
      {"gpu_percent", &g->gpu_percent}, {"memory_percent", &g->memory_percent},
      {"used", &g->used}, {"reserved", &g->reserved}, {"total", &g->total},
      {"celsius", &g->celsius}, {"sm_mhz", &g->sm_mhz}, {"memory_mhz", &g->memory_mhz},
      {"reasons", &g->reasons}, {"architecture", &g->architecture}, {"major", &g->major},
      {"minor", &g->minor}};
  pthread_mutex_lock(&lock);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    if (strcmp(fields[i].name, field) == 0) *fields[i].value = value;
  pthread_mutex_unlock(&lock);
}

void fake_nvml_answer(const char *function, int32_t gpu, int32_t code) {
  pthread_mutex_lock(&lock);
  find(function, gpu)->code = code;
  pthread_mutex_unlock(&lock);
}

uint32_t fake_nvml_calls(const char *function) {
  pthread_mutex_lock(&lock);
  uint32_t calls = find(function, -1)->calls;
  pthread_mutex_unlock(&lock);
  return calls;
}

void fake_nvml_block(const char *function, int32_t blocks) {
  pthread_mutex_lock(&lock);
  find(function, -1)->blocks = blocks;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

// Counts a call, waits where it is to wait, and says what it answers.
static int32_t enter(const char *function, int32_t gpu, int needs_init) {
  pthread_mutex_lock(&lock);
  find(function, -1)->calls++;
  while (find(function, -1)->blocks) pthread_cond_wait(&changed, &lock);
  double age = started > 0 ? now() - started : 0;
  if (block_after > 0 && age > block_after && gpu == 0 &&
      strcmp(function, "nvmlDeviceGetPowerUsage") == 0)
    while (1) pthread_cond_wait(&changed, &lock);
  int32_t code = needs_init && !initialized ? UNINITIALIZED : SUCCESS;
  if (code == SUCCESS) code = find(function, -1)->code;
  if (code == SUCCESS && gpu >= 0) code = find(function, gpu)->code;
  if (code == SUCCESS && gpu >= 0) code = find("gpu", gpu)->code;
  if (code == SUCCESS && gpu == 0 && lost_after > 0 && age > lost_after) code = 15;
  pthread_mutex_unlock(&lock);
  return code;
}

#define ENTER(gpu)                                   \
  do {                                               \
    int32_t code = enter(__func__, (int32_t)gpu, 1); \
    if (code != SUCCESS) return code;                \
  } while (0)
#define INDEX(device) ((device) - gpus)

typedef struct nvmlDevice_st *device_t;

int32_t nvmlInit_v2(void) {
  int32_t code = enter(__func__, -1, 0);
  if (code == SUCCESS) initialized++;
  return code;
}

int32_t nvmlShutdown(void) {
  ENTER(-1);
  initialized--;
  return SUCCESS;
}

int32_t nvmlDeviceGetCount_v2(uint32_t *value) {
  ENTER(-1);
  *value = count;
  return SUCCESS;
}

int32_t nvmlDeviceGetHandleByIndex_v2(uint32_t index, device_t *value) {
  ENTER(index);
  if (index >= count) return INVALID;
  *value = &gpus[index];
  return SUCCESS;
}

int32_t nvmlSystemGetDriverVersion(char *text, uint32_t size) {
  ENTER(-1);
  snprintf(text, size, "590.48.01");
  return SUCCESS;
}

int32_t nvmlDeviceGetName(device_t device, char *text, uint32_t size) {
  ENTER(INDEX(device));
  snprintf(text, size, "NVIDIA H100 80GB HBM3");
  return SUCCESS;
}

int32_t nvmlDeviceGetUUID(device_t device, char *text, uint32_t size) {
  ENTER(INDEX(device));
  snprintf(text, size, "GPU-00000000-0000-0000-0000-%012d", (int)INDEX(device));
  return SUCCESS;
}

int32_t nvmlDeviceGetPciInfo_v3(device_t device, void *value) {
  ENTER(INDEX(device));
  snprintf((char *)value, 16, "0000:%02X:00.0", (int)INDEX(device) + 1);
  snprintf((char *)value + 36, 32, "00000000:%02X:00.0", (int)INDEX(device) + 1);
  return SUCCESS;
}

int32_t nvmlDeviceGetCudaComputeCapability(device_t device, int32_t *major, int32_t *minor) {
  ENTER(INDEX(device));
  *major = (int32_t)device->major;
  *minor = (int32_t)device->minor;
  return SUCCESS;
}

int32_t nvmlDeviceGetTotalEnergyConsumption(device_t device, uint64_t *value) {
  ENTER(INDEX(device));
  double run = started > 0 ? now() - started : 0;
  *value = device->energy_mj + (uint64_t)(run * (double)device->power_mw);
  return SUCCESS;
}

#define GETTER(function, type, field)                \
  int32_t function(device_t device, type *value) {   \
    ENTER(INDEX(device));                            \
    *value = (type)device->field;                    \
    return SUCCESS;                                  \
  }

GETTER(nvmlDeviceGetArchitecture, uint32_t, architecture)
GETTER(nvmlDeviceGetPowerUsage, uint32_t, power_mw)
GETTER(nvmlDeviceGetEnforcedPowerLimit, uint32_t, limit_mw)
GETTER(nvmlDeviceGetCurrentClocksEventReasons, uint64_t, reasons)
GETTER(nvmlDeviceGetCurrentClocksThrottleReasons, uint64_t, reasons)

int32_t nvmlDeviceGetUtilizationRates(device_t device, uint32_t *value) {
  ENTER(INDEX(device));
  value[0] = (uint32_t)device->gpu_percent;
  value[1] = (uint32_t)device->memory_percent;
  return SUCCESS;
}

int32_t nvmlDeviceGetMemoryInfo(device_t device, uint64_t *value) {
  ENTER(INDEX(device));
  value[0] = device->total;
  value[1] = device->total - device->used - device->reserved;
  value[2] = device->used + device->reserved;
  return SUCCESS;
}

int32_t nvmlDeviceGetMemoryInfo_v2(device_t device, uint64_t *value) {
  ENTER(INDEX(device));
  if (*(uint32_t *)value != 0x02000028) return MISMATCH;
  value[1] = device->total;
  value[2] = device->reserved;
  value[3] = device->total - device->used - device->reserved;
  value[4] = device->used;
  return SUCCESS;
}

int32_t nvmlDeviceGetTemperature(device_t device, int32_t sensor, uint32_t *value) {
  ENTER(INDEX(device));
  if (sensor != 0) return INVALID;
  *value = (uint32_t)device->celsius;
  return SUCCESS;
}

int32_t nvmlDeviceGetTemperatureV(device_t device, uint32_t *value) {
  ENTER(INDEX(device));
  if (value[0] != 0x0100000c) return MISMATCH;
  value[2] = (uint32_t)device->celsius;
  return SUCCESS;
}

int32_t nvmlDeviceGetClockInfo(device_t device, int32_t clock, uint32_t *value) {
  ENTER(INDEX(device));
  *value = (uint32_t)(clock == 2 ? device->memory_mhz : device->sm_mhz);
  return SUCCESS;
}
