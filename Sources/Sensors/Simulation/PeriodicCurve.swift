/// A made-up quantity over time: straight lines between one knot a second, repeated for ever.
///
/// Because every knot knows the sum before it, the integral over any span is exact and costs two
/// look-ups; an energy counter made from it and a power sampled from it can never disagree.
struct PeriodicCurve: Sendable {
  let knots: [Double]
  /// The integral from the first knot to each knot, and to the first knot of the next period.
  private let sums: [Double]

  /// A curve through `knots`, one a second; the last one leads back to the first.
  init(_ knots: [Double]) {
    self.knots = knots
    var sums = [0.0]
    sums.reserveCapacity(knots.count + 1)
    for index in knots.indices {
      let next = knots[(index + 1) % knots.count]
      sums.append(sums[index] + (knots[index] + next) / 2)
    }
    self.sums = sums
  }

  /// The value `seconds` after the first knot.
  func value(at seconds: Double) -> Double {
    let place = place(seconds)
    let next = knots[(place.knot + 1) % knots.count]
    return knots[place.knot] + (next - knots[place.knot]) * place.fraction
  }

  /// The integral from the first knot to `seconds` after it.
  func integral(to seconds: Double) -> Double {
    let place = place(seconds)
    let next = knots[(place.knot + 1) % knots.count]
    let slope = next - knots[place.knot]
    let part = (knots[place.knot] + slope * place.fraction / 2) * place.fraction
    return place.period * (sums.last ?? 0) + sums[place.knot] + part
  }

  /// The mean over the `width` seconds before `seconds`.
  func mean(before seconds: Double, width: Double) -> Double {
    (integral(to: seconds) - integral(to: seconds - width)) / width
  }

  private func place(_ seconds: Double) -> (period: Double, knot: Int, fraction: Double) {
    let length = Double(knots.count)
    let period = (seconds / length).rounded(.down)
    let inside = seconds - period * length
    let knot = min(knots.count - 1, max(0, Int(inside)))
    return (period, knot, min(1, max(0, inside - Double(knot))))
  }
}

/// Numbers that look random and are the same for the same seed and place.
struct ValueNoise: Sendable {
  let seed: UInt64

  /// A number in -1...1 for one place of one channel (SplitMix64's finaliser).
  func value(_ channel: Int, _ place: Int) -> Double {
    var bits =
      seed &+ UInt64(bitPattern: Int64(place)) &* 0x9E37_79B9_7F4A_7C15
      &+ UInt64(bitPattern: Int64(channel)) &* 0xD1B5_4A32_D192_ED03
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    return Double(bits >> 11) / Double(1 << 52) - 1
  }

  /// The same, changing smoothly over `width` places.
  func smooth(_ channel: Int, _ place: Int, width: Int) -> Double {
    let cell = place >= 0 ? place / width : (place - width + 1) / width
    let fraction = Double(place - cell * width) / Double(width)
    let ease = fraction * fraction * (3 - 2 * fraction)
    let from = value(channel, cell)
    return from + (value(channel, cell + 1) - from) * ease
  }
}
