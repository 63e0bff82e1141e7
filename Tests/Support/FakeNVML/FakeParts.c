#include <stdlib.h>
#include <string.h>

#include "Fake.h"

// Processes, instances, events and the activity inside.

// An entry of a list of processes in its second and third version; the first ends after `bytes`.
struct list_entry {
  uint32_t pid, filler;
  uint64_t bytes;
  uint32_t gpu_instance, compute_instance;
};
_Static_assert(sizeof(struct list_entry) == 24, "layout");

static int32_t list(device_t device, uint32_t *count, unsigned char *out, size_t stride) {
  pthread_mutex_lock(&fake_lock);
  uint32_t number = device->process_count, room = *count;
  *count = number;
  for (uint32_t i = 0; i < number && number <= room; i++) {
    struct list_entry entry = {device->processes[i].pid, 0xdeadbeef, device->processes[i].bytes,
                               UINT32_MAX, UINT32_MAX};
    memcpy(out + i * stride, &entry, stride);
  }
  pthread_mutex_unlock(&fake_lock);
  return number <= room ? SUCCESS : TOO_SMALL;
}

#define LIST(function, drawing, stride)                                     \
  int32_t function(device_t device, uint32_t *count, unsigned char *out) {  \
    ENTER(device->index);                                                   \
    if (drawing == (device->graphics != 0)) return list(device, count, out, stride); \
    *count = 0;                                                             \
    return SUCCESS;                                                         \
  }

LIST(nvmlDeviceGetComputeRunningProcesses_v3, 0, 24)
LIST(nvmlDeviceGetComputeRunningProcesses_v2, 0, 24)
LIST(nvmlDeviceGetComputeRunningProcesses, 0, 16)
LIST(nvmlDeviceGetGraphicsRunningProcesses_v3, 1, 24)
LIST(nvmlDeviceGetGraphicsRunningProcesses_v2, 1, 24)
LIST(nvmlDeviceGetGraphicsRunningProcesses, 1, 16)

struct share {
  uint32_t pid, filler;
  uint64_t microseconds;
  uint32_t sm, memory, encoder, decoder;
};
_Static_assert(sizeof(struct share) == 32, "layout");

// One sample every quarter of a second of everyone who worked, for as long as five seconds back.
int32_t nvmlDeviceGetProcessUtilization(
    device_t device, struct share *out, uint32_t *count, uint64_t last) {
  ENTER(device->index);
  if (device->mig) return NOT_SUPPORTED;
  const uint64_t start = 1700000000000000, step = 250000;
  uint64_t now = start + (uint64_t)(fake_now() * 1e6);
  uint64_t first = now > start + 5000000 ? now - 5000000 : start;
  uint32_t number = 0, room = out ? *count : 0;
  pthread_mutex_lock(&fake_lock);
  for (uint64_t time = (first + step - 1) / step * step; time <= now; time += step) {
    for (uint32_t i = 0; time > last && i < device->process_count; i++) {
      if (!device->processes[i].percent) continue;
      if (number < room)
        out[number] = (struct share){
            .pid = device->processes[i].pid, .microseconds = time,
            .sm = device->processes[i].percent};
      number++;
    }
  }
  pthread_mutex_unlock(&fake_lock);
  *count = number;
  return number == 0 ? NOT_FOUND : number > room ? TOO_SMALL : SUCCESS;
}

int32_t nvmlDeviceGetMigMode(device_t device, uint32_t *current, uint32_t *pending) {
  ENTER(device->index);
  *current = *pending = device->mig > 0;
  return SUCCESS;
}

int32_t nvmlDeviceGetMaxMigDeviceCount(device_t device, uint32_t *count) {
  ENTER(device->index);
  *count = 7;
  return SUCCESS;
}

int32_t nvmlDeviceGetMigDeviceHandleByIndex(device_t device, uint32_t index, device_t *part) {
  ENTER(device->index);
  if (index >= PARTS) return INVALID;
  if (index >= device->mig || index + 1 == device->hole) return NOT_FOUND;
  *part = &fake_parts[device->index][index];
  return SUCCESS;
}

int32_t nvmlDeviceGetGpuInstanceId(device_t part, uint32_t *value) {
  ENTER(part->index);
  if (part->part < 0) return NOT_SUPPORTED;
  *value = (uint32_t)part->part + 7;
  return SUCCESS;
}

int32_t nvmlDeviceGetComputeInstanceId(device_t part, uint32_t *value) {
  ENTER(part->index);
  if (part->part < 0) return NOT_SUPPORTED;
  *value = 0;
  return SUCCESS;
}

int32_t nvmlDeviceGetAttributes_v2(device_t part, unsigned char *out) {
  ENTER(part->index);
  if (part->part < 0) return NOT_SUPPORTED;
  const uint32_t numbers[8] = {16, 1, 1, 0, 1, 0, 1, 1};
  const uint64_t mebibytes = 9984;
  memcpy(out, numbers, 32);
  memcpy(out + 32, &mebibytes, 8);
  return SUCCESS;
}

struct nvmlEventSet_st { uint64_t masks[GPUS]; };
struct event {
  device_t device;
  uint64_t type, data;
  uint32_t gpu_instance, compute_instance;
};
_Static_assert(sizeof(struct event) == 32, "layout");

int32_t nvmlEventSetCreate(struct nvmlEventSet_st **set) {
  ENTER(-1);
  *set = calloc(1, sizeof **set);
  return SUCCESS;
}

int32_t nvmlEventSetFree(struct nvmlEventSet_st *set) {
  ENTER(-1);
  free(set);
  return SUCCESS;
}

int32_t nvmlDeviceGetSupportedEventTypes(device_t device, uint64_t *types) {
  ENTER(device->index);
  *types = 0x1f;
  return SUCCESS;
}

int32_t nvmlDeviceRegisterEvents(device_t device, uint64_t types, struct nvmlEventSet_st *set) {
  ENTER(device->index);
  if (types & ~(uint64_t)0x1f) return NOT_SUPPORTED;
  set->masks[device->index] |= types;
  return SUCCESS;
}

int32_t nvmlEventSetWait_v2(struct nvmlEventSet_st *set, struct event *out, uint32_t milliseconds) {
  ENTER(-1);
  uint64_t event[3];
  if (!fake_next_event(set->masks, milliseconds, event)) return TIMED_OUT;
  *out = (struct event){&fake_gpus[event[0] % GPUS], event[1], event[2], UINT32_MAX, UINT32_MAX};
  return SUCCESS;
}

// The activity inside: the mean share of its limit that the GPU drew between two samples.

struct nvmlGpmSample_st {
  device_t device;
  double time;
  int32_t instance;
};
typedef struct nvmlGpmSample_st *sample_t;

struct gpm_metric {
  uint32_t id;
  int32_t code;
  double value;
  const char *names[3];
};
enum { GPM_METRICS = 477 };
struct gpm_request {
  uint32_t version, count;
  sample_t older, newer;
  struct gpm_metric metrics[GPM_METRICS];
};
_Static_assert(sizeof(struct gpm_metric) == 40, "layout");
_Static_assert(sizeof(struct gpm_request) == 19104, "layout");

int32_t nvmlGpmQueryDeviceSupport(device_t device, uint32_t *support) {
  ENTER(device->index);
  if (support[0] != 1) return MISMATCH;
  support[1] = (uint32_t)device->gpm;
  return SUCCESS;
}

int32_t nvmlGpmSampleAlloc(sample_t *sample) {
  ENTER(-1);
  *sample = calloc(1, sizeof **sample);
  return SUCCESS;
}

int32_t nvmlGpmSampleFree(sample_t sample) {
  ENTER(-1);
  free(sample);
  return SUCCESS;
}

int32_t nvmlGpmSampleGet(device_t device, sample_t sample) {
  ENTER(device->index);
  if (!device->gpm || device->mig) return NOT_SUPPORTED;
  *sample = (struct nvmlGpmSample_st){device, fake_now(), -1};
  return SUCCESS;
}

int32_t nvmlGpmMigSampleGet(device_t device, uint32_t instance, sample_t sample) {
  ENTER(device->index);
  if (!device->gpm || !device->mig) return NOT_SUPPORTED;
  *sample = (struct nvmlGpmSample_st){device, fake_now(), (int32_t)instance};
  return SUCCESS;
}

int32_t nvmlGpmMetricsGet(struct gpm_request *request) {
  ENTER(-1);
  sample_t older = request->older, newer = request->newer;
  if (request->version != 1) return MISMATCH;
  if (!older || !newer || !older->device || older->device != newer->device) return INVALID;
  if (older->instance != newer->instance || newer->time - older->time < 0.1) return INVALID;
  device_t g = newer->device;
  double share = 1000 * fake_mean(g, older->time, newer->time) / (double)g->limit_mw;
  for (uint32_t i = 0; i < request->count && i < GPM_METRICS; i++) {
    struct gpm_metric *metric = &request->metrics[i];
    metric->code = SUCCESS;
    switch (metric->id) {
      case 2: metric->value = 100 * share; break;
      case 3: metric->value = 40 * share; break;
      case 5: case 7: metric->value = 60 * share; break;
      case 9: metric->value = 0; break;
      case 10: metric->value = 50 * share; break;
      case 20: metric->value = 100; break;
      case 21: metric->value = 200; break;
      case 60: metric->value = 3000; break;
      case 61: metric->value = 4000; break;
      default: metric->code = NOT_SUPPORTED;
    }
  }
  return SUCCESS;
}
