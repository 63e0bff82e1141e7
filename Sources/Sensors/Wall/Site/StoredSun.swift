/// How much of what a battery gives came from the site's own sun.
///
/// What was stored last is taken first, so that what is lost in a battery stays at the bottom and is
/// never given out twice. What was in it before it was watched, and what is taken beyond what was
/// stored, is from nobody knows where.
struct StoredSun: Hashable {
  /// Joules that were stored together, and what part of them was sun, 0...1.
  private struct Layer: Hashable {
    var joules: Double
    var sun: Double
  }

  private var layers: [Layer] = []
  /// Layers whose parts differ by less are one.
  private static let grain = 0.02
  private static let most = 256

  /// Joules that are known to be stored.
  var joules: Double { layers.reduce(0) { $0 + $1.joules } }

  /// Notes joules that were stored, of which a part, 0...1, was sun.
  mutating func store(_ joules: Double, sun: Double) {
    guard joules > 0 else { return }
    if let last = layers.last, abs(last.sun - sun) < Self.grain || layers.count >= Self.most {
      let sum = last.joules + joules
      layers[layers.count - 1] = Layer(
        joules: sum, sun: (last.sun * last.joules + sun * joules) / sum)
    } else {
      layers.append(Layer(joules: joules, sun: sun))
    }
  }

  /// Takes joules out and says how many of them were sun.
  mutating func take(_ joules: Double) -> Double {
    var (left, sun) = (joules, 0.0)
    while left > 0, let last = layers.last {
      let part = min(left, last.joules)
      sun += part * last.sun
      left -= part
      if part == last.joules {
        layers.removeLast()
      } else {
        layers[layers.count - 1].joules -= part
      }
    }
    return sun
  }

  /// Forgets everything: while nobody looked, anything may have gone in and out.
  mutating func forget() { layers = [] }
}
