import Glibc

/// Random numbers that can be repeated: xorshift64* from a seed that is printed.
///
/// `HIPPOWATT_SEED=N swift test` moves every seed by N, so that other cases are tried; the line that
/// is printed says what to set to see a failure again.
package struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  /// A generator for a test; `seed` is the test's own, to which the one of the environment is added.
  package init(_ seed: UInt64 = 1, for test: String = #function) {
    let moved = getenv("HIPPOWATT_SEED").flatMap { UInt64(String(cString: $0)) } ?? 0
    print(
      "\(test): random numbers from seed \(seed &+ moved); HIPPOWATT_SEED=\(moved) repeats them")
    state = (seed &+ moved) &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  package mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }

  /// A number from 0 up to, but without, `bound`; 0 where there is no such number.
  package mutating func next(_ bound: Int) -> Int {
    bound > 0 ? Int(next() >> 33) % bound : 0
  }

  /// Flips, drops, doubles, cuts or overwrites bytes with what parsers stumble over.
  package mutating func mutate(_ bytes: inout [UInt8]) {
    let spice = Array("\0\r\n{}\"\\,=# :;-+eE09.\u{FF}<[".utf8)
    for _ in 0...next(4) where !bytes.isEmpty {
      let at = next(bytes.count)
      switch next(6) {
      case 0: bytes[at] ^= UInt8(1 << next(8))
      case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + next(8)))
      case 2: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + next(8))], at: at)
      case 3: bytes.removeSubrange(at...)
      case 4: bytes[at] = spice[next(spice.count)]
      default: bytes.insert(spice[next(spice.count)], at: at)
      }
    }
  }
}
