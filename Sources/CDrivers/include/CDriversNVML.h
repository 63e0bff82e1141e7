// What the NVIDIA management library's binary interface looks like, as far as it is used here.
//
// Written from published layout facts (NVML API reference; LP64, little-endian), not copied from
// NVIDIA's header. The library itself is opened at run time and never linked.
#pragma once
#include <stdint.h>

typedef int32_t nvmlReturn_t;

enum {
  NVML_SUCCESS = 0,
  NVML_ERROR_UNINITIALIZED = 1,
  NVML_ERROR_INVALID_ARGUMENT = 2,
  NVML_ERROR_NOT_SUPPORTED = 3,
  NVML_ERROR_NO_PERMISSION = 4,
  NVML_ERROR_NOT_FOUND = 6,
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
  NVML_DEVICE_NAME_BUFFER_SIZE = 96,
  NVML_DEVICE_UUID_BUFFER_SIZE = 96,
  NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE = 80,
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

// The struct's size with its number in the top byte.
#define NVML_MEMORY_V2 0x02000028u

// Whole degrees Celsius; `version` and `sensorType` are set by the caller.
typedef struct {
  uint32_t version;
  int32_t sensorType;
  int32_t temperature;
} nvmlTemperature_t;

#define NVML_TEMPERATURE_V1 0x0100000cu

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

typedef nvmlReturn_t (*nvmlCall_t)(void);
typedef nvmlReturn_t (*nvmlGetCount_t)(uint32_t *count);
typedef nvmlReturn_t (*nvmlGetHandle_t)(uint32_t index, nvmlDevice_t *device);
typedef nvmlReturn_t (*nvmlGetSystemText_t)(char *text, uint32_t length);
typedef nvmlReturn_t (*nvmlGetText_t)(nvmlDevice_t device, char *text, uint32_t length);
typedef nvmlReturn_t (*nvmlGetUInt32_t)(nvmlDevice_t device, uint32_t *value);
typedef nvmlReturn_t (*nvmlGetUInt64_t)(nvmlDevice_t device, uint64_t *value);
typedef nvmlReturn_t (*nvmlGetChosen_t)(nvmlDevice_t device, int32_t choice, uint32_t *value);
typedef nvmlReturn_t (*nvmlGetPair_t)(nvmlDevice_t device, int32_t *first, int32_t *second);
typedef nvmlReturn_t (*nvmlGetUtilization_t)(nvmlDevice_t device, nvmlUtilization_t *value);
typedef nvmlReturn_t (*nvmlGetMemory_t)(nvmlDevice_t device, nvmlMemory_t *value);
typedef nvmlReturn_t (*nvmlGetMemoryV2_t)(nvmlDevice_t device, nvmlMemory_v2_t *value);
typedef nvmlReturn_t (*nvmlGetPciInfo_t)(nvmlDevice_t device, nvmlPciInfo_t *value);
typedef nvmlReturn_t (*nvmlGetTemperatureV_t)(nvmlDevice_t device, nvmlTemperature_t *value);
