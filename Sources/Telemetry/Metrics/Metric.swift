import Quantities

/// One property of a device that is measured: declared once, with all that follows from it.
///
/// Values travel and are stored as whole numbers of `scale`, so that what was seen live and what
/// is read back from a recording are the same to the last bit. Two metrics of one name are one
/// metric, whatever else is said of them.
public struct Metric: Sendable {
  /// All that is said of a metric; shared by every copy of it.
  final class Declaration: Sendable {
    let handle: Int
    let stem: String
    let name: String
    let unit: Unit
    let scale: Double
    let isCounter: Bool
    let label: String
    let title: String
    let style: NumberStyle
    let range: ClosedRange<Double>
    let aliases: [String]
    let meaning: String

    init(
      handle: Int, stem: String, name: String, unit: Unit, scale: Double, isCounter: Bool,
      label: String, title: String, style: NumberStyle, range: ClosedRange<Double>,
      aliases: [String] = [], meaning: String
    ) {
      self.handle = handle
      self.stem = stem
      self.name = name
      self.unit = unit
      self.scale = scale
      self.isCounter = isCounter
      self.label = label
      self.title = title
      self.style = style
      self.range = range
      self.aliases = aliases
      self.meaning = meaning
    }
  }

  let declaration: Declaration

  /// The name without the suffix that tells the scale: `power`.
  public var stem: String { declaration.stem }
  /// The column in a recording and the member in a JSON line: `power_mw`, stem and spelling of the
  /// stored step in lower-case letters, digits and underscores.
  public var name: String { declaration.name }
  /// The unit of `value`, of `range` and of every total.
  public var unit: Unit { declaration.unit }
  /// How many of `unit` one stored step is worth: 0.001 for a power in milliwatts.
  public var scale: Double { declaration.scale }
  /// Whether it only grows and is read by difference.
  public var isCounter: Bool { declaration.isCounter }
  /// A word or two for the head of a column.
  public var label: String { declaration.label }
  /// What it is called in a sentence or a list.
  public var title: String { declaration.title }
  /// How its values are written for people.
  public var style: NumberStyle { declaration.style }
  /// The values that can be true, in `unit`; whoever reads others refuses them.
  public var range: ClosedRange<Double> { declaration.range }
  /// What it means, and by which source's definition: one line, empty for a custom metric.
  public var meaning: String { declaration.meaning }
  /// Other names of its value in `unit` that people write.
  public var aliases: [String] { declaration.aliases }
  /// A small whole number that stands for the name as long as the program runs.
  public var handle: Int { declaration.handle }

  /// Declares a metric.
  ///
  /// - Parameters:
  ///   - stored: the spelling of the step its values are kept in, one of `unit.spellings`.
  ///   - label: for the head of a column; the title where nothing is said.
  ///   - style: how values are written; what fits the unit where nothing is said.
  ///   - range: what can be true, in `unit`; from zero on where nothing is said.
  ///   - aliases: other names of its value in `unit` that people write.
  init(
    _ stem: String, _ unit: Unit, stored: String = "", counter: Bool = false,
    _ title: String, label: String? = nil, style: NumberStyle? = nil,
    in range: ClosedRange<Double> = 0...1e18, aliases: [String] = [], _ meaning: String
  ) {
    let spelling = unit.spellings.first { $0.suffix == stored } ?? unit.plainSpelling
    let name = spelling.name(of: stem)
    declaration = Declaration(
      handle: NameTable.metrics.handle(name), stem: stem, name: name, unit: unit,
      scale: spelling.factor, isCounter: counter, label: label ?? title, title: title,
      style: style ?? NumberStyle(unit), range: range, aliases: aliases, meaning: meaning)
  }

  /// A metric that is declared nowhere here: one of a sensor, or of another program's file.
  ///
  /// What it is called follows from its name, less the spelling of its step if it ends with that.
  public init(custom name: String, _ unit: Unit, scale: Double = 1, counter: Bool = false) {
    let stem = unit.spelling(worth: scale).flatMap { $0.stem(of: name) } ?? name
    let words = stem.split(separator: "_").joined(separator: " ")
    declaration = Declaration(
      handle: NameTable.metrics.handle(name), stem: stem, name: name, unit: unit, scale: scale,
      isCounter: counter, label: words, title: words, style: NumberStyle(unit),
      range: -.infinity ... .infinity, meaning: "")
  }

  /// What one step may be worth: enough for every prefix there is, and no sum of such values is
  /// infinite.
  public static let scales = 1e-18...1e18

  /// The same metric with values kept in another step, as a file that exists already may have it.
  public func stored(in scale: Double) -> Metric {
    scale == self.scale ? self : Metric(self, unit: unit, scale: scale, counter: isCounter)
  }

  /// The same metric with the unit, scale and kind that another program's file or stream states.
  public func stated(_ unit: Unit, scale: Double, counter: Bool) -> Metric {
    guard unit != self.unit || scale != self.scale || counter != isCounter else { return self }
    return Metric(self, unit: unit, scale: scale, counter: counter)
  }

  private init(_ other: Metric, unit: Unit, scale: Double, counter: Bool) {
    let known = other.declaration
    declaration = Declaration(
      handle: known.handle, stem: known.stem, name: known.name, unit: unit, scale: scale,
      isCounter: counter, label: known.label, title: known.title, style: known.style,
      range: known.range, meaning: known.meaning)
  }

  /// The whole number of steps nearest to `value`, which is in `unit`; `nil` when it fits no
  /// 64-bit number.
  public func steps(_ value: Double) -> Int64? {
    let steps = (value / scale).rounded()
    return abs(steps) < 9.2e18 ? Int64(saturating: steps) : nil
  }

  /// The name of the value in its unit, where watts are asked for and not milliwatts: `power_w`.
  ///
  /// A sensor's own name stays as it is unless it ends with the spelling of its step.
  public var plainName: String { stem == name ? name : unit.plainSpelling.name(of: stem) }

  /// Writes a value, which is in `unit`, for people.
  public func text(_ value: Double) -> String { style.text(value) }
}

extension Metric: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    left.declaration.handle == right.declaration.handle
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(declaration.handle) }
}
