#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "Fake.h"

enum { RULES = 4096 };

struct rule {
  char function[64];
  int32_t gpu, code, blocks;
  uint32_t calls;
};

pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t fake_changed = PTHREAD_COND_INITIALIZER;
struct nvmlDevice_st fake_gpus[GPUS], fake_parts[GPUS][PARTS];
uint32_t fake_gpu_count;
uint32_t fake_branch;
int fake_opened, fake_is_cut_off;

static struct rule rules[RULES];
static uint32_t rule_count, call_count, event_count, reload_count;
static struct { double time; uint64_t words[3]; } events[EVENTS];
static double put_time, run_since;

static double real_time(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double fake_now(void) { return run_since > 0 ? real_time() - run_since : put_time; }
void fake_run(void) { run_since = real_time(); }

static struct rule *look_up(const char *function, int32_t gpu) {
  for (uint32_t i = 0; i < rule_count; i++)
    if (rules[i].gpu == gpu && strcmp(rules[i].function, function) == 0) return &rules[i];
  return NULL;
}

static struct rule *find(const char *function, int32_t gpu) {
  struct rule *rule = look_up(function, gpu);
  if (rule) return rule;
  rule = &rules[rule_count < RULES - 1 ? rule_count++ : RULES - 1];
  memset(rule, 0, sizeof *rule);
  snprintf(rule->function, sizeof rule->function, "%s", function);
  rule->gpu = gpu;
  return rule;
}

void fake_nvml_reset(uint32_t number) {
  pthread_mutex_lock(&fake_lock);
  memset(rules, 0, sizeof rules);
  rule_count = call_count = event_count = 0;
  put_time = run_since = 0;
  fake_is_cut_off = 0;
  fake_branch = 590;
  fake_gpu_count = number < GPUS ? number : GPUS;
  for (int32_t i = 0; i < GPUS; i++) {
    fake_gpus[i] = (struct nvmlDevice_st){
        .power_mw = 70000, .limit_mw = 700000, .default_limit_mw = 700000, .total = 85520809984,
        .reserved = 566231040, .celsius = 30, .memory_celsius = 35, .sm_mhz = 345,
        .memory_mhz = 2619, .reasons = 1, .architecture = 9, .major = 9, .gpm = 1,
        .serial = (uint64_t)i, .index = i, .part = -1};
    for (int32_t j = 0; j < PARTS; j++) {
      fake_parts[i][j] = fake_gpus[i];
      fake_parts[i][j].part = j;
      fake_parts[i][j].total = 10468982784;
      fake_parts[i][j].used = 9437184;
    }
  }
  pthread_cond_broadcast(&fake_changed);
  pthread_mutex_unlock(&fake_lock);
}

__attribute__((constructor)) static void load(void) {
  fake_nvml_reset(1);
  fake_read_environment();
}

void fake_nvml_time(double seconds) {
  pthread_mutex_lock(&fake_lock);
  put_time = seconds;
  pthread_mutex_unlock(&fake_lock);
}

void fake_nvml_count(uint32_t number) {
  pthread_mutex_lock(&fake_lock);
  fake_gpu_count = number < GPUS ? number : GPUS;
  pthread_mutex_unlock(&fake_lock);
}

void fake_nvml_driver(uint32_t branch) {
  pthread_mutex_lock(&fake_lock);
  fake_branch = branch;
  pthread_mutex_unlock(&fake_lock);
}

void fake_nvml_reload(void) {
  pthread_mutex_lock(&fake_lock);
  fake_is_cut_off = 1;
  reload_count++;
  for (uint32_t i = 0; i < GPUS; i++) fake_gpus[i].counted_from = fake_now();
  pthread_mutex_unlock(&fake_lock);
}

void fake_nvml_set(uint32_t gpu, const char *field, uint64_t value) {
  struct nvmlDevice_st *g = &fake_gpus[gpu % GPUS];
#define FIELD(name) {#name, &g->name}
  const struct { const char *name; uint64_t *value; } fields[] = {
      FIELD(power_mw), FIELD(instant_mw), FIELD(energy_mj), FIELD(limit_mw),
      FIELD(default_limit_mw), FIELD(gpu_percent), FIELD(memory_percent), FIELD(used),
      FIELD(reserved), FIELD(total), FIELD(celsius), FIELD(memory_celsius), FIELD(fan_percent),
      FIELD(sm_mhz), FIELD(memory_mhz), FIELD(reasons), FIELD(architecture), FIELD(major),
      FIELD(minor), FIELD(serial), FIELD(held_power_ns), FIELD(held_heat_ns), FIELD(held_board_ns),
      FIELD(held_brake_ns), FIELD(pcie_tx), FIELD(pcie_rx), FIELD(pcie_narrow),
      FIELD(nvlink_tx_kib), FIELD(nvlink_rx_kib), FIELD(module_mw), FIELD(gpm), FIELD(mig),
      FIELD(hole), FIELD(graphics)};
  pthread_mutex_lock(&fake_lock);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    if (strcmp(fields[i].name, field) == 0) *fields[i].value = value;
  pthread_mutex_unlock(&fake_lock);
}

void fake_nvml_process(uint32_t gpu, uint32_t pid, uint64_t bytes, uint32_t percent) {
  struct nvmlDevice_st *g = &fake_gpus[gpu % GPUS];
  pthread_mutex_lock(&fake_lock);
  uint32_t i = 0;
  while (i < g->process_count && g->processes[i].pid != pid) i++;
  if (i < PROCESSES) g->processes[i] = (struct process){pid, percent, bytes};
  if (i == g->process_count && i < PROCESSES) g->process_count++;
  pthread_mutex_unlock(&fake_lock);
}

void fake_nvml_end_process(uint32_t gpu, uint32_t pid) {
  struct nvmlDevice_st *g = &fake_gpus[gpu % GPUS];
  pthread_mutex_lock(&fake_lock);
  for (uint32_t i = 0; i < g->process_count; i++)
    if (g->processes[i].pid == pid) g->processes[i--] = g->processes[--g->process_count];
  pthread_mutex_unlock(&fake_lock);
}

void fake_schedule(uint32_t gpu, double seconds, uint64_t type, uint64_t data) {
  pthread_mutex_lock(&fake_lock);
  if (event_count < EVENTS) {
    events[event_count].time = seconds;
    events[event_count].words[0] = gpu;
    events[event_count].words[1] = type;
    events[event_count].words[2] = data;
    event_count++;
  }
  pthread_cond_broadcast(&fake_changed);
  pthread_mutex_unlock(&fake_lock);
}

void fake_nvml_event(uint32_t gpu, uint64_t type, uint64_t data) {
  fake_schedule(gpu, 0, type, data);
}

int fake_next_event(const uint64_t *masks, uint32_t milliseconds, uint64_t event[3]) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += milliseconds / 1000;
  until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
  if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
  int found = 0, waits = 0;
  pthread_mutex_lock(&fake_lock);
  while (!found && waits == 0) {
    for (uint32_t i = 0; i < event_count && !found; i++) {
      const uint64_t *words = events[i].words;
      if (!(masks[words[0] % GPUS] & words[1]) || events[i].time > fake_now()) continue;
      memcpy(event, words, sizeof events[i].words);
      memmove(&events[i], &events[i + 1], (event_count - i - 1) * sizeof *events);
      event_count--;
      found = 1;
    }
    if (!found) waits = pthread_cond_timedwait(&fake_changed, &fake_lock, &until);
  }
  pthread_mutex_unlock(&fake_lock);
  return found;
}

void fake_nvml_answer(const char *function, int32_t gpu, int32_t code) {
  pthread_mutex_lock(&fake_lock);
  find(function, gpu)->code = code;
  pthread_mutex_unlock(&fake_lock);
}

void fake_nvml_block(const char *function, int32_t gpu, int32_t blocks) {
  pthread_mutex_lock(&fake_lock);
  find(function, gpu)->blocks = blocks;
  pthread_cond_broadcast(&fake_changed);
  pthread_mutex_unlock(&fake_lock);
}

uint32_t fake_nvml_calls(const char *function) {
  pthread_mutex_lock(&fake_lock);
  struct rule *rule = look_up(function, -1);
  uint32_t calls = strcmp(function, "*") == 0 ? call_count : rule ? rule->calls : 0;
  pthread_mutex_unlock(&fake_lock);
  return calls;
}

static int blocks(const char *function, int32_t gpu) {
  struct rule *all = look_up(function, -1), *one = look_up(function, gpu);
  return (all && all->blocks) || (one && one->blocks);
}

static int32_t code(const char *function, int32_t gpu) {
  struct rule *rule = look_up(function, -1);
  if (rule && rule->code) return rule->code;
  rule = look_up(function, gpu);
  return rule ? rule->code : SUCCESS;
}

int32_t fake_code(const char *function, int32_t gpu) {
  pthread_mutex_lock(&fake_lock);
  int32_t result = code(function, gpu);
  pthread_mutex_unlock(&fake_lock);
  return result;
}

int32_t fake_enter(const char *function, int32_t gpu, int needs_opening) {
  pthread_mutex_lock(&fake_lock);
  find(function, -1)->calls++;
  call_count++;
  uint32_t reloads = reload_count;
  while (blocks(function, gpu)) pthread_cond_wait(&fake_changed, &fake_lock);
  struct nvmlDevice_st *g = gpu >= 0 && gpu < GPUS ? &fake_gpus[gpu] : NULL;
  if (g && g->block_at > 0 && fake_now() >= g->block_at)
    while (g->block_at > 0) pthread_cond_wait(&fake_changed, &fake_lock);
  // A call that was under way when the driver was reloaded has nobody to answer it.
  int is_cut_off = !fake_opened || fake_is_cut_off || reloads != reload_count;
  int32_t result = needs_opening && is_cut_off ? UNINITIALIZED : SUCCESS;
  if (result == SUCCESS) result = code(function, gpu);
  if (result == SUCCESS && gpu >= 0) result = code("gpu", gpu);
  if (result == SUCCESS && g && g->lost_at > 0 && fake_now() >= g->lost_at) result = LOST;
  pthread_mutex_unlock(&fake_lock);
  return result;
}
