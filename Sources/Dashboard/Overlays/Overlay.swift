import Canvas

/// The name of a view that opens over the panels; also what `snapshot --overlay` takes.
public struct OverlayName: Hashable, Sendable, ExpressibleByStringLiteral {
  public let name: String
  public init(_ name: String) { self.name = name }
  public init(stringLiteral name: String) { self.name = name }

  public static let help: OverlayName = "help"
  /// Takes keys of its own while it is open.
  public static let processes: OverlayName = "processes"
  public static let provenance: OverlayName = "provenance"
  public static let diet: OverlayName = "diet"
  public static let chips: OverlayName = "chips"
  public static let equivalents: OverlayName = "equivalents"
}

/// A view over the panels, with the key that opens and closes it.
protocol Overlay: Sendable {
  var name: OverlayName { get }
  /// Names of keys as `Key.name` gives them; the first one is shown.
  var keys: [String] { get }
  /// Where its key stands in help and manual.
  var section: KeyTable.Section { get }
  /// What it shows, for help and manual.
  var text: String { get }
  /// The short word in the hints at the bottom; empty to stay out of them.
  var hint: String { get }
  /// Draws it over the panels.
  func draw(_ canvas: inout Canvas, _ context: FrameContext)
}

extension Overlay {
  var section: KeyTable.Section { .panels }
}

/// Every view that opens over the panels, in the order of the manual; adding one means adding a line.
public enum OverlayCatalogue {
  static let all: [any Overlay] = [
    ProvenanceOverlay(),
    ProcessOverlay(),
    DietOverlay(),
    ChipsOverlay(),
    EquivalentsOverlay(),
    HelpOverlay(),
  ]

  /// The names, in the order of the manual.
  public static let names: [OverlayName] = all.map(\.name)

  static func overlay(_ name: OverlayName) -> (any Overlay)? { all.first { $0.name == name } }
}
