import Formats
import Telemetry

/// Which device a JSON line speaks of, as far as its keys have told.
struct DeviceNaming {
  var machine: String?
  var kind: DeviceKind?
  var name: String?
}

extension JSONLineDecoder {
  /// Takes the value of a key that says which device is meant; false for any other key.
  @inline(__always)
  mutating func name(
    _ naming: inout DeviceNaming, _ key: Range<Int>, _ scanner: inout JSONScanner
  ) throws(JSONFault) -> Bool {
    if scanner.equals(key, "machine") {
      naming.machine = try scanner.string()
    } else if scanner.equals(key, "kind") {
      naming.kind = try kind(&scanner)
    } else if scanner.equals(key, "device") {
      naming.name = try deviceName(&scanner)
    } else {
      return false
    }
    return true
  }
}
