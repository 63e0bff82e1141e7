import CDrivers
import Telemetry

/// Activity inside a GPU by its hardware counters: NVML GPM (GPU Performance Monitoring).
///
/// Two samples at least 100 ms apart make one set of means; the newer of two becomes the older of
/// the next, so that each tick costs one sample and one evaluation and no time goes unseen.
///
/// Ids, units and the layout of the request: `nvmlGpm*` of the NVML API reference; Hopper and newer.
final class NVMLGPM {
  /// Whether GPM can be used on a GPU, and if not, why.
  enum Availability: String {
    case works = "yes"
    case notOnChip = "not on this chip"
    case notPermitted = "not permitted"
    case notOffered = "not offered by the driver"
  }

  private enum Unit { case percent, mebibytes }

  /// One metric of GPM: its id, what it is here, and what it says in words.
  private struct Entry {
    let id: UInt32
    let metric: Metric
    let unit: Unit
    let words: String

    init(_ id: Int, _ metric: Metric, _ unit: Unit, _ words: String) {
      self.id = UInt32(id)
      self.metric = metric
      self.unit = unit
      self.words = words
    }
  }

  private static let entries = [
    Entry(
      NVML_GPM_METRIC_SM_UTIL, .smActive, .percent,
      "share of cycles with work on a streaming multiprocessor"),
    Entry(
      NVML_GPM_METRIC_SM_OCCUPANCY, .smOccupancy, .percent,
      "warps present, as a share of what fits"),
    Entry(
      NVML_GPM_METRIC_ANY_TENSOR_UTIL, .tensorActive, .percent,
      "share of cycles in which tensor pipes worked, all kinds"),
    Entry(
      NVML_GPM_METRIC_HMMA_TENSOR_UTIL, .hmmaActive, .percent,
      "share of cycles in which the half-precision tensor pipes worked"),
    Entry(
      NVML_GPM_METRIC_IMMA_TENSOR_UTIL, .immaActive, .percent,
      "share of cycles in which the integer tensor pipes worked"),
    Entry(
      NVML_GPM_METRIC_DRAM_BW_UTIL, .dramActive, .percent, "share of the memory's peak bandwidth"),
    Entry(
      NVML_GPM_METRIC_PCIE_TX_PER_SEC, .pcieSendRate, .mebibytes, "PCIe traffic from the GPU"),
    Entry(
      NVML_GPM_METRIC_PCIE_RX_PER_SEC, .pcieReceiveRate, .mebibytes,
      "PCIe traffic towards the GPU"),
    Entry(
      NVML_GPM_METRIC_NVLINK_TOTAL_RX_PER_SEC, .nvlinkReceiveRate, .mebibytes,
      "data over all NVLinks towards the GPU"),
    Entry(
      NVML_GPM_METRIC_NVLINK_TOTAL_TX_PER_SEC, .nvlinkSendRate, .mebibytes,
      "data over all NVLinks from the GPU"),
  ]
  private static let closest = 0.1
  private static let headSize = MemoryLayout<nvmlGpmMetricsGet_t>.size
  private static let entrySize = MemoryLayout<nvmlGpmMetric_t>.size
  private static let requestSize = headSize + Int(NVML_GPM_METRIC_MAX) * entrySize

  private let library: NVMLLibrary
  private let handle: nvmlDevice_t
  /// The MIG GPU instance id; `nil` for the whole GPU.
  private let instance: UInt32?
  private let request = UnsafeMutableRawPointer.allocate(byteCount: requestSize, alignment: 16)
  private var older: nvmlGpmSample_t?
  private var newer: nvmlGpmSample_t?
  /// When the newer sample was taken; `nil` while it holds none.
  private var taken: Timestamp?
  private var wanted: [Entry]
  private(set) var availability = Availability.works

  /// Opens GPM for a GPU or a MIG instance; says why it cannot.
  static func open(
    _ library: NVMLLibrary, _ handle: nvmlDevice_t, instance: UInt32? = nil
  ) -> (gpm: NVMLGPM?, availability: Availability) {
    let calls = library.calls
    guard let query = calls.gpmSupport, let allocate = calls.allocateGPMSample,
      calls.gpmMetrics != nil, calls.freeGPMSample != nil,
      instance == nil ? calls.gpmSample != nil : calls.gpmMIGSample != nil
    else { return (nil, .notOffered) }
    var support = nvmlGpmSupport_t(
      version: UInt32(NVML_GPM_SUPPORT_VERSION), isSupportedDevice: 0)
    if let error = NVMLError(query(handle, &support)) {
      return (nil, error.isDenial ? .notPermitted : .notOnChip)
    }
    guard support.isSupportedDevice != 0 else { return (nil, .notOnChip) }
    let gpm = NVMLGPM(library, handle, instance)
    guard allocate(&gpm.older) == nvmlReturn_t(NVML_SUCCESS), gpm.older != nil,
      allocate(&gpm.newer) == nvmlReturn_t(NVML_SUCCESS), gpm.newer != nil
    else { return (nil, .notOffered) }
    if let error = gpm.sample(), error.isRefusal { gpm.refuse(error) }
    return gpm.availability == .works ? (gpm, .works) : (nil, gpm.availability)
  }

  private init(_ library: NVMLLibrary, _ handle: nvmlDevice_t, _ instance: UInt32?) {
    self.library = library
    self.handle = handle
    self.instance = instance
    // The links are those of the whole chip.
    wanted = Self.entries.filter { instance == nil || $0.unit == .percent }
    request.initializeMemory(as: UInt8.self, repeating: 0, count: Self.requestSize)
  }

  deinit {
    if let older { _ = library.calls.freeGPMSample?(older) }
    if let newer { _ = library.calls.freeGPMSample?(newer) }
    request.deallocate()
  }

  /// Adds the means since the last look; says what went wrong, if anything did.
  func read(into reading: inout Reading, at now: Timestamp) -> NVMLError? {
    guard availability == .works else { return nil }
    if let taken, now - taken < Self.closest { return nil }
    let hadSample = taken != nil
    swap(&older, &newer)
    if let error = sample() {
      taken = nil
      return refuse(error)
    }
    taken = now
    return hadSample ? evaluate(into: &reading) : nil
  }

  private func sample() -> NVMLError? {
    guard let newer else { return nil }
    let code =
      if let instance {
        library.calls.gpmMIGSample?(handle, instance, newer)
      } else {
        library.calls.gpmSample?(handle, newer)
      }
    return NVMLError(code ?? nvmlReturn_t(NVML_ERROR_FUNCTION_NOT_FOUND))
  }

  /// Asks for the means between the two samples.
  private func evaluate(into reading: inout Reading) -> NVMLError? {
    guard let call = library.calls.gpmMetrics, !wanted.isEmpty else { return nil }
    let head = nvmlGpmMetricsGet_t(
      version: UInt32(NVML_GPM_METRICS_GET_VERSION), numMetrics: UInt32(wanted.count),
      sample1: older, sample2: newer)
    request.storeBytes(of: head, as: nvmlGpmMetricsGet_t.self)
    for (index, entry) in wanted.enumerated() {
      let metric = nvmlGpmMetric_t(
        metricId: entry.id, nvmlReturn: nvmlReturn_t(NVML_ERROR_UNKNOWN), value: 0,
        names: (nil, nil, nil))
      request.storeBytes(
        of: metric, toByteOffset: Self.headSize + index * Self.entrySize, as: nvmlGpmMetric_t.self)
    }
    if let error = NVMLError(call(request)) { return refuse(error) }
    var refused: Set<UInt32> = []
    for (index, entry) in wanted.enumerated() {
      let answer = request.load(
        fromByteOffset: Self.headSize + index * Self.entrySize, as: nvmlGpmMetric_t.self)
      if let error = NVMLError(answer.nvmlReturn) {
        if error.isRefusal || Int(error.code) == NVML_ERROR_INVALID_ARGUMENT {
          refused.insert(entry.id)
        }
      } else {
        reading.set(entry.metric, Self.value(answer.value, entry.unit))
      }
    }
    if !refused.isEmpty { wanted.removeAll { refused.contains($0.id) } }
    return nil
  }

  /// Gives up for good what is refused for good; hands on any other error.
  @discardableResult
  private func refuse(_ error: NVMLError) -> NVMLError? {
    guard error.isRefusal else { return error }
    availability = error.isDenial ? .notPermitted : .notOnChip
    return nil
  }

  /// In the metric's unit; `nil` for what cannot be.
  private static func value(_ value: Double, _ unit: Unit) -> Double? {
    guard value.isFinite, value >= 0 else { return nil }
    switch unit {
    // Rounding of cycles may take a mean a little above one hundred.
    case .percent: return value <= 101 ? min(value, 100) / 100 : nil
    case .mebibytes: return value < 1e8 ? value * 1_048_576 : nil
    }
  }

  /// Where a number comes from.
  static func note(of metric: Metric) -> String {
    guard let entry = entries.first(where: { $0.metric == metric }) else { return "" }
    return "NVML GPM metric \(entry.id), \(entry.words), mean since the last look"
  }
}
