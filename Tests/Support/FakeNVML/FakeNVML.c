#include "FakeNVML.h"

#include <stdio.h>
#include <string.h>

enum { CARDS = 16 };

// Each number: its name here and what a card answers until it is told otherwise.
#define NUMBERS(X)                                                                               \
  X(init, 0) X(shutdown, 0) X(count, 1) X(handle, 0) X(name, 0) X(uuid, 0) X(pci, 0)             \
  X(driver, 0) X(card, 0) X(architecture, 9) X(power, 350000) X(energy, 123456789)               \
  X(limit, 700000) X(utilization, 97) X(memory_activity, 41) X(memory_v2, 60000000000)           \
  X(memory, 60500000000) X(reserved, 500000000) X(memory_total, 85520809984) X(temperature, 61)  \
  X(sm_clock, 1980) X(memory_clock, 2619) X(reasons, 4)

#define ENUMERATE(name, value) N_##name,
enum { NUMBERS(ENUMERATE) N_COUNT };
#define NAME(name, value) #name,
static const char *const names[] = {NUMBERS(NAME)};
#define VALUE(name, value) value,
static const uint64_t defaults[] = {NUMBERS(VALUE)};

static struct {
  uint64_t value;
  int isSet;
  int code;
} cells[N_COUNT][CARDS];
static uint64_t calls[N_COUNT];
static char cardNames[CARDS][96];
static int starts;

static int find(const char *number) {
  for (int i = 0; i < N_COUNT; i++)
    if (strcmp(names[i], number) == 0) return i;
  fprintf(stderr, "FakeNVML: there is no number %s\n", number);
  return N_card;
}

void fake_nvml_set(const char *number, uint32_t card, uint64_t value) {
  cells[find(number)][card % CARDS].value = value;
  cells[find(number)][card % CARDS].isSet = 1;
}
void fake_nvml_fail(const char *number, uint32_t card, int code) {
  cells[find(number)][card % CARDS].code = code;
}
uint64_t fake_nvml_calls(const char *number) { return calls[find(number)]; }
void fake_nvml_name(uint32_t card, const char *name) {
  snprintf(cardNames[card % CARDS], sizeof cardNames[0], "%s", name);
}

static uint64_t value(int number, uint32_t card) {
  return cells[number][card].isSet ? cells[number][card].value : defaults[number];
}

// A handle is the address of the card's name, so that it is no small number.
typedef char *Device;
static uint32_t card(Device device) { return (uint32_t)((device - cardNames[0]) / 96); }

static int code(int number, uint32_t card) {
  calls[number]++;
  if (number != N_init && starts == 0) return 1;
  int isOfCard = number >= N_handle && number != N_driver;
  if (isOfCard && cells[N_card][card].code) return cells[N_card][card].code;
  return cells[number][card].code;
}

static int number(int which, Device device, unsigned *out) {
  int result = code(which, card(device));
  if (result == 0) *out = (unsigned)value(which, card(device));
  return result;
}

int nvmlInit_v2(void) {
  int result = code(N_init, 0);
  if (result == 0) starts++;
  return result;
}
int nvmlShutdown(void) {
  int result = code(N_shutdown, 0);
  if (starts > 0) starts--;
  return result;
}
// Only the oldest name, as some drivers have it.
int nvmlDeviceGetCount(unsigned *count) {
  int result = code(N_count, 0);
  if (result == 0) *count = (unsigned)value(N_count, 0);
  return result;
}
int nvmlSystemGetDriverVersion(char *text, unsigned length) {
  int result = code(N_driver, 0);
  if (result == 0) snprintf(text, length, "999.10.01");
  return result;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device *device) {
  int result = code(N_handle, index % CARDS);
  if (result == 0) *device = cardNames[index % CARDS];
  return result;
}
int nvmlDeviceGetName(Device device, char *text, unsigned length) {
  int result = code(N_name, card(device));
  if (result == 0) snprintf(text, length, "%s", *device ? device : "NVIDIA H100 80GB HBM3");
  return result;
}
int nvmlDeviceGetUUID(Device device, char *text, unsigned length) {
  int result = code(N_uuid, card(device));
  if (result == 0) snprintf(text, length, "GPU-fake-%u", card(device));
  return result;
}
int nvmlDeviceGetPciInfo_v3(Device device, char *info) {
  int result = code(N_pci, card(device));
  if (result == 0) {
    memset(info, 0, 68);
    snprintf(info, 16, "0000:%02X:00.0", card(device) + 1);
    snprintf(info + 36, 32, "00000000:%02X:00.0", card(device) + 1);
  }
  return result;
}
int nvmlDeviceGetArchitecture(Device d, unsigned *out) { return number(N_architecture, d, out); }
int nvmlDeviceGetPowerUsage(Device d, unsigned *out) { return number(N_power, d, out); }
int nvmlDeviceGetEnforcedPowerLimit(Device d, unsigned *out) { return number(N_limit, d, out); }
int nvmlDeviceGetTotalEnergyConsumption(Device device, unsigned long long *out) {
  int result = code(N_energy, card(device));
  if (result == 0) *out = value(N_energy, card(device));
  return result;
}
int nvmlDeviceGetUtilizationRates(Device device, unsigned out[2]) {
  int result = code(N_utilization, card(device));
  if (result == 0) {
    out[0] = (unsigned)value(N_utilization, card(device));
    out[1] = (unsigned)value(N_memory_activity, card(device));
  }
  return result;
}
// version@0 total@8 reserved@16 free@24 used@32; a wrong version word is refused.
int nvmlDeviceGetMemoryInfo_v2(Device device, uint64_t out[5]) {
  int result = code(N_memory_v2, card(device));
  if (result == 0 && (uint32_t)out[0] != 0x02000028u) result = 25;
  if (result == 0) {
    out[1] = value(N_memory_total, card(device));
    out[2] = value(N_reserved, card(device));
    out[4] = value(N_memory_v2, card(device));
    out[3] = out[1] - out[2] - out[4];
  }
  return result;
}
int nvmlDeviceGetMemoryInfo(Device device, uint64_t out[3]) {
  int result = code(N_memory, card(device));
  if (result == 0) {
    out[0] = value(N_memory_total, card(device));
    out[2] = value(N_memory, card(device));
    out[1] = out[0] - out[2];
  }
  return result;
}
int nvmlDeviceGetTemperature(Device device, unsigned sensor, unsigned *out) {
  return sensor == 0 ? number(N_temperature, device, out) : 2;
}
int nvmlDeviceGetClockInfo(Device device, unsigned which, unsigned *out) {
  if (which == 1) return number(N_sm_clock, device, out);
  return which == 2 ? number(N_memory_clock, device, out) : 2;
}
// Only the older name, as drivers before the renaming have it.
int nvmlDeviceGetCurrentClocksThrottleReasons(Device device, unsigned long long *out) {
  int result = code(N_reasons, card(device));
  if (result == 0) *out = value(N_reasons, card(device));
  return result;
}
