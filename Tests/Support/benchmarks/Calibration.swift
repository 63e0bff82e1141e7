/// What this machine is good for: fixed work that no change of ours makes faster or slower.
///
/// It does what readers do, byte by byte and with branches that depend on the bytes, but calls
/// nothing of the program. A benchmark's rate over this one's may be compared across machines.
let calibration = Benchmark(
  name: "calibration",
  input: {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return (0..<(4 << 20)).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      // Digits and letters, and a space or an end of line now and then.
      let byte = UInt8(truncatingIfNeeded: state >> 32) & 0x3F
      return byte < 10 ? 0x30 + byte : byte < 58 ? 0x57 + byte % 26 : byte < 62 ? 0x20 : 0x0A
    }
  },
  read: { text in
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var number: UInt64 = 0
    var sum: UInt64 = 0
    text.withUnsafeBufferPointer { bytes in
      for byte in bytes {
        switch byte {
        case 0x30...0x39: number = number &* 10 &+ UInt64(byte & 15)
        case 0x20, 0x0A:
          sum &+= number ^ hash
          number = 0
          hash = 0xCBF2_9CE4_8422_2325
        default: hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
      }
    }
    return String(sum, radix: 16)
  })

/// How fast the machine is, measured now and then: one that others use as well has no one speed.
struct MachineSpeed {
  private var rates: [Double] = []

  /// Measures once more, and returns the median so far in MB/s.
  mutating func measure() -> Double {
    rates.append(calibration.rate().rate)
    rates.sort()
    return rates[rates.count / 2]
  }
}
