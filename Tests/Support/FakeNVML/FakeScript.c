#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "Fake.h"

// The power over time, and what follows from it.

void fake_nvml_power(uint32_t gpu, double seconds, double watts) {
  struct nvmlDevice_st *g = &fake_gpus[gpu % GPUS];
  pthread_mutex_lock(&fake_lock);
  uint32_t n = g->corners;
  if (n < CORNERS) {
    g->times[n] = seconds;
    g->watts[n] = watts;
    g->joules[n] =
        n ? g->joules[n - 1] + (seconds - g->times[n - 1]) * (watts + g->watts[n - 1]) / 2 : 0;
    g->corners++;
  }
  pthread_mutex_unlock(&fake_lock);
}

void fake_nvml_loop(uint32_t gpu, double seconds) { fake_gpus[gpu % GPUS].period = seconds; }

// The last corner at or before a time within one turn.
static uint32_t corner(const struct nvmlDevice_st *g, double time) {
  uint32_t i = 0;
  while (i + 1 < g->corners && g->times[i + 1] <= time) i++;
  return i;
}

// Takes whole turns off a time, and says how many.
static double turn(const struct nvmlDevice_st *g, double *time) {
  if (g->period <= 0) return 0;
  double turns = floor(*time / g->period);
  *time -= turns * g->period;
  return turns;
}

double fake_watts(const struct nvmlDevice_st *g, double time) {
  if (!g->corners) return (double)(g->instant_mw ? g->instant_mw : g->power_mw) / 1000;
  turn(g, &time);
  uint32_t i = corner(g, time);
  if (i + 1 >= g->corners || time <= g->times[i]) return g->watts[i];
  double share = (time - g->times[i]) / (g->times[i + 1] - g->times[i]);
  return g->watts[i] + share * (g->watts[i + 1] - g->watts[i]);
}

// The joules from the start of a turn to a time in it.
static double partial(const struct nvmlDevice_st *g, double time) {
  uint32_t i = corner(g, time);
  double end = g->watts[i];
  if (i + 1 < g->corners && time > g->times[i])
    end += (time - g->times[i]) / (g->times[i + 1] - g->times[i]) * (g->watts[i + 1] - end);
  return g->joules[i] + (time - g->times[i]) * (g->watts[i] + end) / 2;
}

double fake_energy(const struct nvmlDevice_st *g, double time) {
  if (!g->corners) return (double)g->power_mw / 1000 * time;
  double rest = time;
  double turns = turn(g, &rest);
  return (turns ? turns * partial(g, g->period) : 0) + partial(g, rest);
}

double fake_mean(const struct nvmlDevice_st *g, double from, double to) {
  return to > from ? (fake_energy(g, to) - fake_energy(g, from)) / (to - from) : fake_watts(g, to);
}

double fake_nvml_joules(uint32_t gpu, double seconds) {
  return fake_energy(&fake_gpus[gpu % GPUS], seconds);
}

uint64_t fake_millijoules(const struct nvmlDevice_st *g) {
  double joules = fake_energy(g, fake_now()) - fake_energy(g, g->counted_from);
  return g->energy_mj + (uint64_t)(1000 * joules);
}

uint64_t fake_milliwatts(const struct nvmlDevice_st *g) {
  int averages = g->architecture >= 7 && !(g->major == 8 && g->minor == 0);
  double now = fake_now();
  if (!g->corners) return g->power_mw;
  double watts =
      averages && now > 0 ? fake_mean(g, now > 1 ? now - 1 : 0, now) : fake_watts(g, now);
  return (uint64_t)(watts * 1000 + 0.5);
}

// A machine at work: a training run in step on all GPUs, one of which lags behind, one is held back
// by its power limit and one by heat.
void fake_lively(uint32_t gpus) {
  for (uint32_t i = 0; i < gpus && i < GPUS; i++) {
    struct nvmlDevice_st *g = &fake_gpus[i];
    int lags = i == 3, capped = i == 5, hot = i == 6;
    double high = (capped ? 450 : hot ? 520 : lags ? 430 : 610) + 6.0 * (i % 4);
    // Steps of four seconds, the last of which ends with a checkpoint.
    for (int step = 0; step < 6; step++) {
      double start = 4.0 * step, work = lags ? 3.7 : 3.2 + 0.05 * i;
      fake_nvml_power(i, start, high * 0.55);
      fake_nvml_power(i, start + 0.3, high);
      fake_nvml_power(i, start + work, high * 0.97);
      fake_nvml_power(i, start + work + 0.1, step == 5 ? 140 : high * 0.55);
    }
    fake_nvml_power(i, 28, 135);
    fake_nvml_power(i, 28, high * 0.55);
    fake_nvml_loop(i, 28);
    g->gpu_percent = lags ? 88 : 99;
    g->memory_percent = 41;
    g->used = 61000000000 + 400000000 * (uint64_t)i;
    g->celsius = hot ? 88 : 58 + i;
    g->memory_celsius = hot ? 97 : 66 + i;
    g->sm_mhz = capped ? 1395 : hot ? 1500 : lags ? 1410 : 1980;
    g->reasons = capped ? 4 : hot ? 0x20 : 0;
    if (capped) g->limit_mw = 460000;
  }
}

static void read_statement(const char *line) {
  unsigned gpu, pid, percent;
  unsigned long long value;
  double time, watts;
  char name[64];
  if (sscanf(line, "gpus %u", &gpu) == 1) fake_nvml_count(gpu);
  if (sscanf(line, "power %u %lf %lf", &gpu, &time, &watts) == 3)
    fake_nvml_power(gpu, time, watts);
  if (sscanf(line, "loop %u %lf", &gpu, &time) == 2) fake_nvml_loop(gpu, time);
  if (sscanf(line, "set %u %63s %llu", &gpu, name, &value) == 3) fake_nvml_set(gpu, name, value);
  if (sscanf(line, "process %u %u %llu %u", &gpu, &pid, &value, &percent) == 4)
    fake_nvml_process(gpu, pid, value, percent);
  if (sscanf(line, "xid %u %lf %llu", &gpu, &time, &value) == 3)
    fake_schedule(gpu, time, 8, value);
  if (sscanf(line, "lost %u %lf", &gpu, &time) == 2) fake_gpus[gpu % GPUS].lost_at = time;
  if (sscanf(line, "block %u %lf", &gpu, &time) == 2) fake_gpus[gpu % GPUS].block_at = time;
}

static void read_script(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) return;
  char line[256];
  while (fgets(line, sizeof line, file)) read_statement(line);
  fclose(file);
}

int fake_is_shown;

void fake_read_environment(void) {
  const char *number = getenv("FAKE_NVML_GPUS"), *script = getenv("FAKE_NVML_SCRIPT");
  if (!number && !script) return;
  fake_is_shown = 1;
  uint32_t gpus = number ? (uint32_t)atoi(number) : 1;
  fake_nvml_count(gpus);
  const char *power = getenv("FAKE_NVML_POWER_MW"), *lost = getenv("FAKE_NVML_LOST_AFTER");
  const char *block = getenv("FAKE_NVML_BLOCK_AFTER"), *pids = getenv("FAKE_NVML_PIDS");
  if (!power && !script) fake_lively(gpus);
  /* Machines side by side have boards of their own. */
  const char *first = getenv("FAKE_NVML_FIRST_SERIAL");
  for (uint32_t i = 0; first && i < GPUS; i++) fake_gpus[i].serial += (uint64_t)atoll(first);
  for (uint32_t i = 0; power && i < GPUS; i++) fake_gpus[i].power_mw = (uint64_t)atoll(power);
  if (lost) fake_gpus[0].lost_at = atof(lost);
  if (block) fake_gpus[0].block_at = atof(block);
  if (script) read_script(script);
  for (uint32_t rank = 0; pids && *pids; rank++) {
    uint32_t pid = (uint32_t)strtoul(pids, (char **)&pids, 10);
    for (uint32_t i = 0; i < fake_gpu_count; i++)
      fake_nvml_process(i, pid, rank ? 4000000000 : 56000000000, rank ? 12 : 85);
    if (*pids == ',') pids++;
  }
  fake_run();
}

// Leaves a trace of being taken apart, which must not happen under threads that are in a call.
__attribute__((destructor)) static void leave_trace(void) {
  const char *path = getenv("FAKE_NVML_UNLOADED");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (file) fclose(file);
}
