/// The power of the whole machine as its management controller tells it: DCMI 1.5, section 6.6.1, “Get
/// Power Reading”.
struct DCMIReading: Hashable {
  /// The network function of group extensions, and the group of DCMI.
  static let function: UInt8 = 0x2C
  static let command: UInt8 = 0x02
  /// The group, the mode “system power statistics”, and two bytes that mean nothing there.
  static let request: [UInt8] = [0xDC, 0x01, 0x00, 0x00]

  /// Watts at the moment, as the controller measures them.
  var current: Int
  /// The least, the most and the mean watts over the period.
  var least: Int
  var most: Int
  var mean: Int
  /// Seconds over which those three were taken.
  var period: Double
  /// Whether the controller measures at all.
  var isActive: Bool

  /// Why an answer holds no reading.
  enum Failure: Error, Hashable {
    /// The controller does not know the command or the group: it has no DCMI.
    case unknownCommand
    /// It does not let this channel ask.
    case denied
    /// It is busy, or took too long itself; it may answer the next time.
    case busy
    /// It answers with another completion code.
    case refused(UInt8)
    /// The answer is too short or of another group.
    case malformed
  }

  /// Reads an answer, which begins with its completion code.
  init(_ bytes: [UInt8]) throws(Failure) {
    guard let code = bytes.first else { throw .malformed }
    switch code {
    case 0x00: break
    // Invalid command; not for this unit, not supported in this state, and not enabled.
    case 0xC1, 0xC2, 0xD5, 0xD6: throw .unknownCommand
    case 0xD4: throw .denied
    case 0xC0, 0xC3, 0xCE, 0xCF, 0xD2: throw .busy
    default: throw .refused(code)
    }
    guard bytes.count >= 19, bytes[1] == 0xDC else { throw .malformed }
    func number(_ at: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    current = number(2, 2)
    least = number(4, 2)
    most = number(6, 2)
    mean = number(8, 2)
    period = Double(number(14, 4)) / 1000
    isActive = bytes[18] & 0x40 != 0
  }

  /// The watts at the moment; `nil` where the controller does not know them: all bits set, or no
  /// measurement.
  var watts: Double? { isActive && current != 0xFFFF ? Double(current) : nil }
}
