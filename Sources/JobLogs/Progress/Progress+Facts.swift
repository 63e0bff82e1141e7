/// How readers write down what does not change about a job.
extension Progress {
  /// Takes facts over as all that is said; false when there are none.
  mutating func learn(_ facts: [String: String?]) -> Bool {
    self.facts = facts.compactMapValues { $0 }
    return !self.facts.isEmpty
  }

  /// `a` times `b`, if both are known and the product can be.
  static func product(_ a: Int64?, _ b: Int64?) -> Int64? {
    guard let a, let b, a >= 0, b > 0 else { return nil }
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : product
  }

  /// A number of `scale` units as whole bytes.
  static func bytes(_ value: Double?, scale: Double) -> Int64? {
    value.flatMap { Int64(exactly: ($0 * scale).rounded()) }
  }

  /// Tokens and FLOP per second are those of one device.
  static let ratesOfDevice = ["rate_scope": "device"]
  /// Tokens per second are those of all devices together.
  static let ratesOfJob = ["rate_scope": "job"]
  static let gibibyte = 1_073_741_824.0
}

extension LogLine.Number {
  /// The number in decimal digits, if it is whole and above 0.
  var fact: String? { whole.flatMap { $0 > 0 ? "\($0)" : nil } }
}

extension LogLine {
  /// A count as people write it, in decimal digits: `124.34M`, `1.104 billion`, `8,030,261,248`.
  func count(after key: StaticString, from place: Int = 0) -> String? {
    guard let number = number(after: key, from: place) else { return nil }
    let unit = skipSpaces(number.end)
    var scale = 1.0
    if unit < bytes.count {
      switch bytes[unit] {
      case UInt8(ascii: "k"), UInt8(ascii: "K"): scale = 1e3
      case UInt8(ascii: "m"), UInt8(ascii: "M"): scale = 1e6
      case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "G"): scale = 1e9
      case UInt8(ascii: "t") where starts(with: "trillion", at: unit), UInt8(ascii: "T"):
        scale = 1e12
      default: break
      }
    }
    let value = (number.value * scale).rounded()
    guard value >= 1, let whole = Int64(exactly: value) else { return nil }
    return "\(whole)"
  }

  /// The format of numbers a word names: `torch.bfloat16`, `BF16`, `fp8`.
  static func precision(_ word: String?) -> String? {
    guard let word = word?.lowercased().split(separator: ".").last else { return nil }
    return switch word {
    case "bfloat16", "bf16": "bf16"
    case "float16", "fp16", "half": "fp16"
    case "float32", "fp32", "float": "fp32"
    case "tf32": "tf32"
    case "fp8", "e4m3", "hybrid": "fp8"
    default: nil
    }
  }
}
