import CDrivers

/// The functions of NVML that are used, each under its newest name that the library has.
///
/// One that is missing costs only its own number. `nvmlDeviceGetPcieThroughput` is not among them:
/// it blocks for 20 ms, and the byte counters among the field values tell more.
struct NVMLSymbols {
  let driverVersion: nvmlGetSystemText_t?
  let libraryVersion: nvmlGetSystemText_t?
  let name: nvmlGetText_t?
  let uuid: nvmlGetText_t?
  let pciInfo: nvmlGetPciInfo_t?
  let architecture: nvmlGetUInt32_t?
  let computeCapability: nvmlGetPair_t?

  let fieldValues: nvmlGetFieldValues_t?
  let power: nvmlGetUInt32_t?
  let energy: nvmlGetUInt64_t?
  let enforcedLimit: nvmlGetUInt32_t?
  let defaultLimit: nvmlGetUInt32_t?
  let utilization: nvmlGetUtilization_t?
  let memoryV2: nvmlGetMemoryV2_t?
  let memory: nvmlGetMemory_t?
  let temperatureV: nvmlGetTemperatureV_t?
  let temperature: nvmlGetChosen_t?
  let clock: nvmlGetChosen_t?
  let fanSpeed: nvmlGetUInt32_t?
  let eventReasons: nvmlGetUInt64_t?
  let violation: nvmlGetViolation_t?

  let computeProcesses: nvmlGetProcesses_t?
  let graphicsProcesses: nvmlGetProcesses_t?
  /// The bytes from one entry of a list of processes to the next.
  let processStride: Int
  let processUtilization: nvmlGetProcessUtilization_t?

  let migMode: nvmlGetUnsignedPair_t?
  let maxMIGDeviceCount: nvmlGetUInt32_t?
  let migDevice: nvmlGetMigDevice_t?
  let gpuInstance: nvmlGetUInt32_t?
  let computeInstance: nvmlGetUInt32_t?
  let attributes: nvmlGetAttributes_t?

  let createEventSet: nvmlEventSetCreate_t?
  let freeEventSet: nvmlEventSetFree_t?
  let eventTypes: nvmlGetUInt64_t?
  let registerEvents: nvmlRegisterEvents_t?
  let waitForEvent: nvmlEventSetWait_t?

  let gpmSupport: nvmlQueryGpmSupport_t?
  let allocateGPMSample: nvmlGpmSampleAlloc_t?
  let freeGPMSample: nvmlGpmSampleFree_t?
  let gpmSample: nvmlGpmSampleGet_t?
  let gpmMIGSample: nvmlGpmMigSampleGet_t?
  let gpmMetrics: nvmlGetGpmMetrics_t?

  /// Looks all of them up; `symbol` gives the address of a name, if the library has it.
  init(_ symbol: (String) -> UnsafeMutableRawPointer?) {
    func find<Function>(_ names: String..., as type: Function.Type) -> Function? {
      for name in names {
        if let address = symbol(name) { return unsafeBitCast(address, to: type) }
      }
      return nil
    }
    driverVersion = find("nvmlSystemGetDriverVersion", as: nvmlGetSystemText_t.self)
    libraryVersion = find("nvmlSystemGetNVMLVersion", as: nvmlGetSystemText_t.self)
    name = find("nvmlDeviceGetName", as: nvmlGetText_t.self)
    uuid = find("nvmlDeviceGetUUID", as: nvmlGetText_t.self)
    pciInfo = find(
      "nvmlDeviceGetPciInfo_v3", "nvmlDeviceGetPciInfo_v2", "nvmlDeviceGetPciInfo",
      as: nvmlGetPciInfo_t.self)
    architecture = find("nvmlDeviceGetArchitecture", as: nvmlGetUInt32_t.self)
    computeCapability = find("nvmlDeviceGetCudaComputeCapability", as: nvmlGetPair_t.self)

    fieldValues = find("nvmlDeviceGetFieldValues", as: nvmlGetFieldValues_t.self)
    power = find("nvmlDeviceGetPowerUsage", as: nvmlGetUInt32_t.self)
    energy = find("nvmlDeviceGetTotalEnergyConsumption", as: nvmlGetUInt64_t.self)
    enforcedLimit = find("nvmlDeviceGetEnforcedPowerLimit", as: nvmlGetUInt32_t.self)
    defaultLimit = find("nvmlDeviceGetPowerManagementDefaultLimit", as: nvmlGetUInt32_t.self)
    utilization = find("nvmlDeviceGetUtilizationRates", as: nvmlGetUtilization_t.self)
    memoryV2 = find("nvmlDeviceGetMemoryInfo_v2", as: nvmlGetMemoryV2_t.self)
    memory = find("nvmlDeviceGetMemoryInfo", as: nvmlGetMemory_t.self)
    temperatureV = find("nvmlDeviceGetTemperatureV", as: nvmlGetTemperatureV_t.self)
    temperature = find("nvmlDeviceGetTemperature", as: nvmlGetChosen_t.self)
    clock = find("nvmlDeviceGetClockInfo", as: nvmlGetChosen_t.self)
    fanSpeed = find("nvmlDeviceGetFanSpeed", as: nvmlGetUInt32_t.self)
    eventReasons = find(
      "nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons",
      as: nvmlGetUInt64_t.self)
    violation = find("nvmlDeviceGetViolationStatus", as: nvmlGetViolation_t.self)

    let compute = "nvmlDeviceGetComputeRunningProcesses"
    let graphics = "nvmlDeviceGetGraphicsRunningProcesses"
    computeProcesses = find(
      compute + "_v3", compute + "_v2", compute, as: nvmlGetProcesses_t.self)
    graphicsProcesses = find(
      graphics + "_v3", graphics + "_v2", graphics, as: nvmlGetProcesses_t.self)
    processStride = Self.processStride(symbol, compute)
    processUtilization = find(
      "nvmlDeviceGetProcessUtilization", as: nvmlGetProcessUtilization_t.self)

    migMode = find("nvmlDeviceGetMigMode", as: nvmlGetUnsignedPair_t.self)
    maxMIGDeviceCount = find("nvmlDeviceGetMaxMigDeviceCount", as: nvmlGetUInt32_t.self)
    migDevice = find("nvmlDeviceGetMigDeviceHandleByIndex", as: nvmlGetMigDevice_t.self)
    gpuInstance = find("nvmlDeviceGetGpuInstanceId", as: nvmlGetUInt32_t.self)
    computeInstance = find("nvmlDeviceGetComputeInstanceId", as: nvmlGetUInt32_t.self)
    attributes = find("nvmlDeviceGetAttributes_v2", as: nvmlGetAttributes_t.self)

    createEventSet = find("nvmlEventSetCreate", as: nvmlEventSetCreate_t.self)
    freeEventSet = find("nvmlEventSetFree", as: nvmlEventSetFree_t.self)
    eventTypes = find("nvmlDeviceGetSupportedEventTypes", as: nvmlGetUInt64_t.self)
    registerEvents = find("nvmlDeviceRegisterEvents", as: nvmlRegisterEvents_t.self)
    waitForEvent = find("nvmlEventSetWait_v2", "nvmlEventSetWait", as: nvmlEventSetWait_t.self)

    gpmSupport = find("nvmlGpmQueryDeviceSupport", as: nvmlQueryGpmSupport_t.self)
    allocateGPMSample = find("nvmlGpmSampleAlloc", as: nvmlGpmSampleAlloc_t.self)
    freeGPMSample = find("nvmlGpmSampleFree", as: nvmlGpmSampleFree_t.self)
    gpmSample = find("nvmlGpmSampleGet", as: nvmlGpmSampleGet_t.self)
    gpmMIGSample = find("nvmlGpmMigSampleGet", as: nvmlGpmMigSampleGet_t.self)
    gpmMetrics = find("nvmlGpmMetricsGet", as: nvmlGetGpmMetrics_t.self)
  }

  /// How long an entry of a list of processes is.
  ///
  /// The first drivers of the 535 branch used a longer third version. They are told by what they
  /// have, the sizes of protected memory, and have not yet, the detailed list that followed.
  private static func processStride(
    _ symbol: (String) -> UnsafeMutableRawPointer?, _ name: String
  ) -> Int {
    if symbol(name + "_v3") != nil,
      symbol("nvmlDeviceGetConfComputeMemSizeInfo") != nil,
      symbol("nvmlDeviceGetRunningProcessDetailList") == nil
    {
      return Int(NVML_PROCESS_INFO_LONG_SIZE)
    }
    if symbol(name + "_v3") != nil || symbol(name + "_v2") != nil {
      return MemoryLayout<nvmlProcessInfo_t>.stride
    }
    return Int(NVML_PROCESS_INFO_V1_SIZE)
  }
}
