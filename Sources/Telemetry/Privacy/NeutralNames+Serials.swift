/// The numbers by which a board is known among all boards: a UUID, AMD's unique id, a serial number.
///
/// Two recordings with the same one are of the same machine, whatever the machine is called in them.
extension NeutralNames {
  /// The attributes of a device that hold such a number.
  private static let attributes = ["uuid", "serial"]

  /// Notes the numbers of a device, in its attributes and in its name.
  mutating func learnSerials(of device: Device) {
    learnSerials(in: device.id.name)
    for key in Self.attributes {
      guard let text = device.attributes[key], !text.isEmpty else { continue }
      if Self.uuids(in: text).isEmpty { learnSerial(text) } else { learnSerials(in: text) }
    }
  }

  /// Notes the UUIDs in a name.
  mutating func learnSerials(in name: String) {
    for uuid in Self.uuids(in: name) { learnSerial(uuid) }
  }

  /// A name with small numbers in place of the unique ones that were noted: `GPU-1`.
  func withoutSerials(_ name: String) -> String {
    guard !serials.isEmpty else { return name }
    if let number = serials[name] { return "\(number)" }
    var result = name
    for uuid in Self.uuids(in: name) {
      guard let number = serials[uuid], let place = result.firstRange(of: uuid) else { continue }
      result.replaceSubrange(place, with: "\(number)")
    }
    return result
  }

  private mutating func learnSerial(_ text: String) {
    // What was replaced already, as in a recording that is read again, is no number of a board.
    guard !keepsSerials, serials[text] == nil, text.utf8.count >= 8, serials.count < 4096 else {
      return
    }
    serials[text] = serials.count + 1
    learn(text, "\(serials.count)")
  }

  /// The UUIDs in a text, as RFC 9562 writes them.
  static func uuids(in text: String) -> [String] {
    let bytes = Array(text.utf8)
    guard bytes.count >= 36 else { return [] }
    var found: [String] = []
    var start = 0
    while start + 36 <= bytes.count {
      guard isUUID(bytes[start..<start + 36]) else {
        start += 1
        continue
      }
      found.append(String(decoding: bytes[start..<start + 36], as: UTF8.self))
      start += 36
    }
    return found
  }

  private static func isUUID(_ bytes: ArraySlice<UInt8>) -> Bool {
    let dashes: Set = [8, 13, 18, 23]
    return bytes.enumerated().allSatisfy { place, byte in
      switch byte {
      case UInt8(ascii: "-"): dashes.contains(place)
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"):
        !dashes.contains(place)
      default: false
      }
    }
  }
}
