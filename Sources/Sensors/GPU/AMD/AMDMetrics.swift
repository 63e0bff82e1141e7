import Telemetry

/// What the amdgpu driver's `gpu_metrics` file says, in plain units.
///
/// What a chip does not measure is written as all ones, and is missing here.
struct AMDMetrics: Hashable {
  /// Why a file was not understood.
  enum ParseError: Error, Hashable {
    /// Fewer bytes than its header announces.
    case short
    /// A version or size that is not known here.
    case unknown(version: String, size: Int)
  }

  var version = ""
  var isAPU = false
  var averagesPower = false
  /// Degrees Celsius.
  var temperature: Double?
  var memoryTemperature: Double?
  /// The socket's power as the file writes it, maybe 0: watts, or milliwatts of a processor.
  var rawPower: Int64?
  /// The graphics part's power, in the unit of `rawPower`.
  var rawGraphicsPower: Int64?
  /// Shares of time in per cent.
  var gfxActivity: Int64?
  var umcActivity: Int64?
  /// Microjoules.
  var energy: Int64?
  /// Fan speed in RPM.
  var fan: Int64?
  /// MHz.
  var clock: Int64?
  var memoryClock: Int64?
  /// Why the clocks are held back; `nil` when the file does not tell.
  var eventReasons: ClocksEventReasons?
  /// `accumulation_counter` and the residency counters: in how many of its cycles a power or thermal
  /// limit was active.
  var accumulationCounter: Int64?
  var powerResidency: Int64?
  var thermalResidency: Int64?
  /// Bytes over the links to other accelerators.
  var linkReceived: Int64?
  var linkSent: Int64?

  init() {}

  init(_ bytes: UnsafeRawBufferPointer) throws(ParseError) {
    guard let size = Self.word(bytes, 0, UInt16.self), bytes.count >= 4 else { throw .short }
    let (format, content) = (bytes[2], bytes[3])
    version = "\(format).\(content)"
    guard let layout = AMDMetricsLayout.of(format: format, content: content, size: Int(size))
    else { throw .unknown(version: version, size: Int(size)) }
    guard bytes.count >= Int(size) else { throw .short }
    isAPU = layout.isAPU
    averagesPower = layout.averagesPower
    let short = { (offset: Int) in Self.word(bytes, offset, UInt16.self).map(Int64.init) }
    let long = { (offset: Int) in Self.word(bytes, offset, UInt32.self).map(Int64.init) }
    temperature = Self.degrees(short(layout.edge)) ?? Self.degrees(short(layout.hotspot))
    memoryTemperature = Self.degrees(short(layout.memoryTemperature))
    if layout.apuPower >= 0 {
      // The socket's may contain a second GPU; the processor's own does not.
      rawPower = long(layout.apuPower).flatMap { $0 > 0 ? $0 : nil } ?? long(layout.power)
      rawGraphicsPower = long(layout.graphicsPower)
    } else {
      rawPower = short(layout.power)
      rawGraphicsPower = short(layout.graphicsPower)
    }
    gfxActivity = short(layout.gfxActivity).flatMap { $0 <= 100 ? $0 : nil }
    umcActivity = short(layout.umcActivity).flatMap { $0 <= 100 ? $0 : nil }
    energy = Self.word(bytes, layout.energy, UInt64.self).flatMap(Self.microjoules)
    fan = short(layout.fan)
    clock = Self.megahertz(short(layout.clock)) ?? Self.megahertz(short(layout.averageClock))
    memoryClock = Self.megahertz(short(layout.memoryClock))
    setThrottling(bytes, layout)
    linkReceived = Self.sum(bytes, layout.linkRead)
    linkSent = Self.sum(bytes, layout.linkWritten)
  }

  /// A number at an offset; `nil` when it is outside, or all ones.
  static func word<Word: FixedWidthInteger & UnsignedInteger>(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, _: Word.Type
  ) -> Word? {
    guard offset >= 0, offset + Word.bitWidth / 8 <= bytes.count else { return nil }
    let word = Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self))
    return word == .max ? nil : word
  }

  /// Microjoules of a counter in units of 2⁻¹⁶ J, rounded down; `nil` when there is no room.
  ///
  /// 10⁶ / 2¹⁶ is 15625 / 1024 exactly.
  static func microjoules(_ units: UInt64) -> Int64? {
    let product = units.multipliedFullWidth(by: 15625)
    // The quotient would not fit 64 bits.
    guard product.high < 1024 else { return nil }
    return Int64(exactly: UInt64(1024).dividingFullWidth(product).quotient)
  }

  /// Whole degrees, or hundredths as processors write them: no chip is hotter than 200 °C.
  private static func degrees(_ value: Int64?) -> Double? {
    guard let value, value > 0 else { return nil }
    if value < 200 { return Double(value) }
    return value < 20000 ? Double(value) / 100 : nil
  }

  private static func megahertz(_ value: Int64?) -> Int64? {
    value.flatMap { $0 < 20000 ? $0 : nil }
  }

  /// Bytes of eight counters in KiB; links that do not exist are all ones.
  private static func sum(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int64? {
    guard offset >= 0 else { return nil }
    var sum: UInt64 = 0
    var isKnown = false
    for link in 0..<8 {
      guard let value = word(bytes, offset + 8 * link, UInt64.self) else { continue }
      let (more, overflow) = sum.addingReportingOverflow(value)
      guard !overflow else { return nil }
      sum = more
      isKnown = true
    }
    let (total, overflow) = sum.multipliedReportingOverflow(by: 1024)
    return isKnown && !overflow ? Int64(exactly: total) : nil
  }
}
