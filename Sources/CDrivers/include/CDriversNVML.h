// What hippowatt needs of NVIDIA's management library, which is opened at run time.
//
// Written from the published layouts for 64-bit little-endian Linux; every size is checked below,
// so that a mistake does not compile. Return codes are plain ints; 0 is success.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct NVMLDeviceOpaque *NVMLDeviceHandle;

/// Shares of time in per cent: with at least one kernel running, with any memory access.
typedef struct {
  uint32_t gpu;
  uint32_t memory;
} NVMLUtilization;

/// Bytes; `used` includes what the driver reserves.
typedef struct {
  uint64_t total;
  uint64_t free;
  uint64_t used;
} NVMLMemory;

/// Bytes; `used` is without `reserved`. `version` must be NVML_MEMORY_V2 before the call.
typedef struct {
  uint32_t version;
  uint64_t total;
  uint64_t reserved;
  uint64_t free;
  uint64_t used;
} NVMLMemoryV2;

/// The third layout is the longest; the older ones lack `busId`.
typedef struct {
  char busIdLegacy[16];
  uint32_t domain;
  uint32_t bus;
  uint32_t device;
  uint32_t pciDeviceId;
  uint32_t pciSubSystemId;
  char busId[32];
} NVMLPciInfo;

_Static_assert(sizeof(NVMLUtilization) == 8, "two 32-bit numbers");
_Static_assert(sizeof(NVMLMemory) == 24, "three 64-bit numbers");
_Static_assert(sizeof(NVMLMemoryV2) == 40, "a version word and four 64-bit numbers");
_Static_assert(offsetof(NVMLMemoryV2, used) == 32, "used is the last number");
_Static_assert(sizeof(NVMLPciInfo) == 68, "the third layout");
_Static_assert(offsetof(NVMLPciInfo, busId) == 36, "the long bus name is last");

/// The size of the structure in the low bits, its version in the top byte.
#define NVML_MEMORY_V2 0x02000028u

/// Sensor 0 is the GPU's own.
#define NVML_TEMPERATURE_GPU 0u
#define NVML_CLOCK_SM 1u
#define NVML_CLOCK_MEMORY 2u

/// `nvmlDeviceGetArchitecture`: generations count up from here; all ones is unknown.
#define NVML_ARCHITECTURE_AMPERE 7u
#define NVML_ARCHITECTURE_UNKNOWN 0xffffffffu

typedef int (*NVMLPlain)(void);
typedef int (*NVMLCount)(uint32_t *count);
typedef int (*NVMLText)(char *text, uint32_t length);
typedef int (*NVMLHandleByIndex)(uint32_t index, NVMLDeviceHandle *device);
typedef int (*NVMLDeviceText)(NVMLDeviceHandle device, char *text, uint32_t length);
typedef int (*NVMLDevicePci)(NVMLDeviceHandle device, NVMLPciInfo *info);
typedef int (*NVMLDeviceNumber)(NVMLDeviceHandle device, uint32_t *value);
typedef int (*NVMLDeviceLong)(NVMLDeviceHandle device, unsigned long long *value);
typedef int (*NVMLDeviceChoice)(NVMLDeviceHandle device, uint32_t which, uint32_t *value);
typedef int (*NVMLDeviceUtilization)(NVMLDeviceHandle device, NVMLUtilization *value);
typedef int (*NVMLDeviceMemory)(NVMLDeviceHandle device, NVMLMemory *value);
typedef int (*NVMLDeviceMemoryV2)(NVMLDeviceHandle device, NVMLMemoryV2 *value);
