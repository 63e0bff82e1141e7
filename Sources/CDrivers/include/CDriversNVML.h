// What the NVIDIA management library's binary interface looks like, as far as it is used here.
//
// Written from published layout facts (NVML API reference; LP64, little-endian), not copied from
// NVIDIA's header. The library itself is opened at run time and never linked.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef int32_t nvmlReturn_t;

enum {
  NVML_SUCCESS = 0,
  NVML_ERROR_UNINITIALIZED = 1,
  NVML_ERROR_INVALID_ARGUMENT = 2,
  NVML_ERROR_NOT_SUPPORTED = 3,
  NVML_ERROR_NO_PERMISSION = 4,
  NVML_ERROR_NOT_FOUND = 6,
  NVML_ERROR_INSUFFICIENT_SIZE = 7,
  NVML_ERROR_INSUFFICIENT_POWER = 8,
  NVML_ERROR_DRIVER_NOT_LOADED = 9,
  NVML_ERROR_TIMEOUT = 10,
  NVML_ERROR_FUNCTION_NOT_FOUND = 13,
  NVML_ERROR_GPU_IS_LOST = 15,
  NVML_ERROR_RESET_REQUIRED = 16,
  NVML_ERROR_OPERATING_SYSTEM = 17,
  NVML_ERROR_LIB_RM_VERSION_MISMATCH = 18,
  NVML_ERROR_ARGUMENT_VERSION_MISMATCH = 25,
  NVML_ERROR_DEPRECATED = 26,
  NVML_ERROR_GPU_NOT_FOUND = 28,
  NVML_ERROR_UNKNOWN = 999,
};

enum {
  NVML_TEMPERATURE_GPU = 0,
  NVML_CLOCK_SM = 1,
  NVML_CLOCK_MEM = 2,
  NVML_DEVICE_ARCH_AMPERE = 7,
  NVML_DEVICE_ARCH_UNKNOWN = 0xffffffff,
  NVML_DEVICE_MIG_ENABLE = 1,
  NVML_DEVICE_NAME_BUFFER_SIZE = 96,
  NVML_DEVICE_UUID_BUFFER_SIZE = 96,
  NVML_SYSTEM_VERSION_BUFFER_SIZE = 80,
};

typedef struct nvmlDevice_st *nvmlDevice_t;

// Percent of the last sample period.
typedef struct {
  uint32_t gpu;
  uint32_t memory;
} nvmlUtilization_t;

// Bytes; what is used includes what the driver keeps for itself.
typedef struct {
  uint64_t total;
  uint64_t free;
  uint64_t used;
} nvmlMemory_t;

// Bytes; `version` is set by the caller.
typedef struct {
  uint32_t version;
  uint64_t total;
  uint64_t reserved;
  uint64_t free;
  uint64_t used;
} nvmlMemory_v2_t;

// A struct's version: its size, with its number in the top byte.
enum { nvmlMemory_v2 = sizeof(nvmlMemory_v2_t) | 2 << 24 };

// Whole degrees Celsius; `version` and `sensorType` are set by the caller.
typedef struct {
  uint32_t version;
  int32_t sensorType;
  int32_t temperature;
} nvmlTemperature_t;

enum { nvmlTemperature_v1 = sizeof(nvmlTemperature_t) | 1 << 24 };

// Versions before the third of the call that fills it leave `busId` untouched.
typedef struct {
  char busIdLegacy[16];
  uint32_t domain;
  uint32_t bus;
  uint32_t device;
  uint32_t pciDeviceId;
  uint32_t pciSubSystemId;
  char busId[32];
} nvmlPciInfo_t;

// One number by its field id; every entry carries its own answer.
typedef struct {
  uint32_t fieldId;
  uint32_t scopeId;
  int64_t timestamp;
  int64_t latencyUsec;
  int32_t valueType;
  nvmlReturn_t nvmlReturn;
  union {
    double d;
    int32_t si;
    uint32_t ui;
    uint64_t ull;
    int64_t sll;
    uint16_t us;
  } value;
} nvmlFieldValue_t;

enum {
  NVML_VALUE_TYPE_DOUBLE = 0,
  NVML_VALUE_TYPE_UNSIGNED_INT = 1,
  NVML_VALUE_TYPE_UNSIGNED_LONG = 2,
  NVML_VALUE_TYPE_UNSIGNED_LONG_LONG = 3,
  NVML_VALUE_TYPE_SIGNED_LONG_LONG = 4,
  NVML_VALUE_TYPE_SIGNED_INT = 5,
  NVML_VALUE_TYPE_UNSIGNED_SHORT = 6,
};

// The ids of nvmlFieldValue_t.
enum {
  NVML_FI_DEV_PERF_POLICY_POWER = 74,
  NVML_FI_DEV_PERF_POLICY_THERMAL = 75,
  NVML_FI_DEV_PERF_POLICY_BOARD_LIMIT = 77,
  NVML_FI_DEV_MEMORY_TEMP = 82,
  NVML_FI_DEV_TOTAL_ENERGY_CONSUMPTION = 83,
  NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_TX = 138,
  NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_RX = 139,
  NVML_FI_DEV_NVLINK_THROUGHPUT_RAW_RX = 141,
  NVML_FI_DEV_POWER_AVERAGE = 185,
  NVML_FI_DEV_POWER_INSTANT = 186,
  NVML_FI_DEV_POWER_DEFAULT_LIMIT = 189,
  NVML_FI_DEV_POWER_CURRENT_LIMIT = 190,
  NVML_FI_DEV_ENERGY = 191,
  NVML_FI_DEV_PCIE_COUNT_TX_BYTES = 197,
  NVML_FI_DEV_PCIE_COUNT_RX_BYTES = 198,
  // From driver branch 580 on. Branch 575 has it at 253, and another number at 271:
  // NVML_FI_PWR_SMOOTHING_ADMIN_OVERRIDE_RAMP_UP_RATE.
  NVML_FI_DEV_CLOCKS_EVENT_REASON_HW_POWER_BRAKE_SLOWDOWN = 271,
};

// The scopes of the fields of power.
enum {
  NVML_POWER_SCOPE_GPU = 0,
  NVML_POWER_SCOPE_MODULE = 1,
};

// What holds the clocks back, as nvmlDeviceGetViolationStatus numbers it.
enum {
  NVML_PERF_POLICY_POWER = 0,
  NVML_PERF_POLICY_THERMAL = 1,
  NVML_PERF_POLICY_BOARD_LIMIT = 3,
};

// Since the driver was loaded: microseconds that passed, nanoseconds the clocks were held back.
typedef struct {
  uint64_t referenceTime;
  uint64_t violationTime;
} nvmlViolationTime_t;

// All ones of `usedGpuMemory` stand for “not known”. The first version ends before the instances.
typedef struct {
  uint32_t pid;
  uint64_t usedGpuMemory;
  uint32_t gpuInstanceId;
  uint32_t computeInstanceId;
} nvmlProcessInfo_t;

enum {
  NVML_PROCESS_INFO_V1_SIZE = 16,
  // Of the first drivers of the 535 branch, whose entries end with a further eight bytes.
  NVML_PROCESS_INFO_LONG_SIZE = 32,
};

// Percent of one sample; microseconds since 1970.
typedef struct {
  uint32_t pid;
  uint64_t timeStamp;
  uint32_t smUtil;
  uint32_t memUtil;
  uint32_t encUtil;
  uint32_t decUtil;
} nvmlProcessUtilizationSample_t;

// What a MIG instance has.
typedef struct {
  uint32_t multiprocessorCount;
  uint32_t sharedCopyEngineCount;
  uint32_t sharedDecoderCount;
  uint32_t sharedEncoderCount;
  uint32_t sharedJpegCount;
  uint32_t sharedOfaCount;
  uint32_t gpuInstanceSliceCount;
  uint32_t computeInstanceSliceCount;
  uint64_t memorySizeMB;
} nvmlDeviceAttributes_t;

// Something the driver reports; `eventData` of an Xid event is its number.
typedef struct {
  nvmlDevice_t device;
  uint64_t eventType;
  uint64_t eventData;
  uint32_t gpuInstanceId;
  uint32_t computeInstanceId;
} nvmlEventData_t;

typedef struct nvmlEventSet_st *nvmlEventSet_t;

enum {
  nvmlEventTypeDoubleBitEccError = 0x2,
  nvmlEventTypeXidCriticalError = 0x8,
  nvmlEventTypeGpuUnavailableError = 0x4000,
  nvmlEventTypeGpuRecoveryAction = 0x8000,
};

typedef struct nvmlGpmSample_st *nvmlGpmSample_t;

enum {
  NVML_GPM_SUPPORT_VERSION = 1,
  NVML_GPM_METRICS_GET_VERSION = 1,
};

// `version` is NVML_GPM_SUPPORT_VERSION.
typedef struct {
  uint32_t version;
  uint32_t isSupportedDevice;
} nvmlGpmSupport_t;

// Shares in percent; traffic in MiB/s.
enum {
  NVML_GPM_METRIC_SM_UTIL = 2,
  NVML_GPM_METRIC_SM_OCCUPANCY = 3,
  NVML_GPM_METRIC_ANY_TENSOR_UTIL = 5,
  NVML_GPM_METRIC_HMMA_TENSOR_UTIL = 7,
  NVML_GPM_METRIC_IMMA_TENSOR_UTIL = 9,
  NVML_GPM_METRIC_DRAM_BW_UTIL = 10,
  NVML_GPM_METRIC_PCIE_TX_PER_SEC = 20,
  NVML_GPM_METRIC_PCIE_RX_PER_SEC = 21,
  NVML_GPM_METRIC_NVLINK_TOTAL_RX_PER_SEC = 60,
  NVML_GPM_METRIC_NVLINK_TOTAL_TX_PER_SEC = 61,
  NVML_GPM_METRIC_MAX = 477,
};

typedef struct {
  uint32_t metricId;
  nvmlReturn_t nvmlReturn;
  double value;
  const char *names[3];
} nvmlGpmMetric_t;

// The head of a request; NVML_GPM_METRIC_MAX metrics follow (477 in NVML 13.615), since a library
// may look at all of them whatever `numMetrics` says. Older libraries look at fewer. `version` is
// NVML_GPM_METRICS_GET_VERSION.
typedef struct {
  uint32_t version;
  uint32_t numMetrics;
  nvmlGpmSample_t sample1;
  nvmlGpmSample_t sample2;
} nvmlGpmMetricsGet_t;

_Static_assert(sizeof(nvmlMemory_v2_t) == 40 && nvmlMemory_v2 == 0x02000028, "layout");
_Static_assert(sizeof(nvmlTemperature_t) == 12 && nvmlTemperature_v1 == 0x0100000c, "layout");
_Static_assert(sizeof(nvmlPciInfo_t) == 68, "layout");
_Static_assert(sizeof(nvmlFieldValue_t) == 40, "layout");
_Static_assert(offsetof(nvmlFieldValue_t, value) == 32, "layout");
_Static_assert(sizeof(nvmlProcessInfo_t) == 24, "layout");
_Static_assert(sizeof(nvmlProcessUtilizationSample_t) == 32, "layout");
_Static_assert(sizeof(nvmlDeviceAttributes_t) == 40, "layout");
_Static_assert(sizeof(nvmlEventData_t) == 32, "layout");
_Static_assert(sizeof(nvmlGpmMetric_t) == 40, "layout");
_Static_assert(
    sizeof(nvmlGpmMetricsGet_t) + NVML_GPM_METRIC_MAX * sizeof(nvmlGpmMetric_t) == 19104, "layout");

typedef nvmlReturn_t (*nvmlCall_t)(void);
typedef nvmlReturn_t (*nvmlGetCount_t)(uint32_t *count);
typedef nvmlReturn_t (*nvmlGetHandle_t)(uint32_t index, nvmlDevice_t *device);
typedef nvmlReturn_t (*nvmlGetSystemText_t)(char *text, uint32_t length);
typedef nvmlReturn_t (*nvmlGetText_t)(nvmlDevice_t device, char *text, uint32_t length);
typedef nvmlReturn_t (*nvmlGetUInt32_t)(nvmlDevice_t device, uint32_t *value);
typedef nvmlReturn_t (*nvmlGetUInt64_t)(nvmlDevice_t device, uint64_t *value);
typedef nvmlReturn_t (*nvmlGetChosen_t)(nvmlDevice_t device, int32_t choice, uint32_t *value);
typedef nvmlReturn_t (*nvmlGetPair_t)(nvmlDevice_t device, int32_t *first, int32_t *second);
typedef nvmlReturn_t (*nvmlGetUnsignedPair_t)(
    nvmlDevice_t device, uint32_t *first, uint32_t *second);
typedef nvmlReturn_t (*nvmlGetUtilization_t)(nvmlDevice_t device, nvmlUtilization_t *value);
typedef nvmlReturn_t (*nvmlGetMemory_t)(nvmlDevice_t device, nvmlMemory_t *value);
typedef nvmlReturn_t (*nvmlGetMemoryV2_t)(nvmlDevice_t device, nvmlMemory_v2_t *value);
typedef nvmlReturn_t (*nvmlGetPciInfo_t)(nvmlDevice_t device, nvmlPciInfo_t *value);
typedef nvmlReturn_t (*nvmlGetTemperatureV_t)(nvmlDevice_t device, nvmlTemperature_t *value);
typedef nvmlReturn_t (*nvmlGetViolation_t)(
    nvmlDevice_t device, int32_t policy, nvmlViolationTime_t *value);
typedef nvmlReturn_t (*nvmlGetFieldValues_t)(
    nvmlDevice_t device, int32_t count, nvmlFieldValue_t *values);
typedef nvmlReturn_t (*nvmlGetProcesses_t)(nvmlDevice_t device, uint32_t *count, void *processes);
typedef nvmlReturn_t (*nvmlGetProcessUtilization_t)(
    nvmlDevice_t device, nvmlProcessUtilizationSample_t *samples, uint32_t *count,
    uint64_t lastSeenTimeStamp);
typedef nvmlReturn_t (*nvmlGetMigDevice_t)(nvmlDevice_t device, uint32_t index, nvmlDevice_t *migDevice);
typedef nvmlReturn_t (*nvmlGetAttributes_t)(nvmlDevice_t device, nvmlDeviceAttributes_t *value);
typedef nvmlReturn_t (*nvmlEventSetCreate_t)(nvmlEventSet_t *set);
typedef nvmlReturn_t (*nvmlEventSetFree_t)(nvmlEventSet_t set);
typedef nvmlReturn_t (*nvmlRegisterEvents_t)(
    nvmlDevice_t device, uint64_t types, nvmlEventSet_t set);
typedef nvmlReturn_t (*nvmlEventSetWait_t)(
    nvmlEventSet_t set, nvmlEventData_t *event, uint32_t milliseconds);
typedef nvmlReturn_t (*nvmlQueryGpmSupport_t)(nvmlDevice_t device, nvmlGpmSupport_t *support);
typedef nvmlReturn_t (*nvmlGpmSampleAlloc_t)(nvmlGpmSample_t *sample);
typedef nvmlReturn_t (*nvmlGpmSampleFree_t)(nvmlGpmSample_t sample);
typedef nvmlReturn_t (*nvmlGpmSampleGet_t)(nvmlDevice_t device, nvmlGpmSample_t sample);
typedef nvmlReturn_t (*nvmlGpmMigSampleGet_t)(
    nvmlDevice_t device, uint32_t gpuInstance, nvmlGpmSample_t sample);
typedef nvmlReturn_t (*nvmlGetGpmMetrics_t)(void *request);
