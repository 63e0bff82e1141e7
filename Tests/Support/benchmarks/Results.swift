import Formats
import Glibc

/// What a run of the benchmarks found, as it is kept in a file.
struct Results {
  /// The machine in words.
  var machine = Results.machineInWords
  /// MB/s of the calibration.
  var calibration: Double
  /// MB/s of each benchmark, in the order in which they ran.
  var rates: [(name: String, rate: Double)] = []

  init(calibration: Double) { self.calibration = calibration }

  func rate(_ name: String) -> Double? { rates.first { $0.name == name }?.rate }

  /// Reads a file that `write` made; `nil` where there is none or it holds something else.
  init?(path: String) {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    let values = bytes.withUnsafeBufferPointer {
      try? JSONFlat(UnsafeBufferPointer(rebasing: $0[..<count]))
    }
    guard let values, let calibration = values.double("calibration"), calibration > 0 else {
      return nil
    }
    self.calibration = calibration
    machine = values.text("machine") ?? "a machine unknown"
    for path in values.values.keys.sorted() where path.hasPrefix("rates.") {
      guard let rate = values.double(path) else { continue }
      rates.append((String(path.dropFirst("rates.".count)), rate))
    }
  }

  /// Writes them as JSON, a line for each benchmark; false when that cannot be done.
  func write(to path: String) -> Bool {
    var json = JSONWriter()
    json.raw("{\n  \"machine\": ")
    json.string(machine)
    json.raw(",\n  \"calibration\": \(Self.rounded(calibration)),\n  \"rates\": {")
    for (place, entry) in rates.enumerated() {
      json.raw(place == 0 ? "\n    " : ",\n    ")
      json.string(entry.name)
      json.raw(": \(Self.rounded(entry.rate))")
    }
    json.raw("\n  }\n}\n")
    guard let file = fopen(path, "w") else { return false }
    let written = fwrite(json.bytes, 1, json.bytes.count, file)
    return fclose(file) == 0 && written == json.bytes.count
  }

  private static func rounded(_ rate: Double) -> Double { (rate * 10).rounded() / 10 }

  /// The processor and how many cores of it there are.
  private static var machineInWords: String {
    var model = "a processor unknown"
    if let file = fopen("/proc/cpuinfo", "r") {
      var line = [CChar](repeating: 0, count: 1024)
      while fgets(&line, Int32(line.count), file) != nil {
        let bytes = line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else { continue }
        model = String(text[colon...].dropFirst(2).prefix { !$0.isNewline })
        break
      }
      fclose(file)
    }
    return "\(model), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores"
  }
}
