import Canvas

/// The name of a view that opens over the panels; also what `snapshot --overlay` takes.
public struct OverlayName: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The name as users write it.
  public let name: String
  /// A name; whether there is such a view is not checked.
  public init(_ name: String) { self.name = name }
  /// A name written as a literal: `"help"`.
  public init(stringLiteral name: String) { self.name = name }

  /// The keys and what they do.
  public static let help: OverlayName = "help"
  /// The processes on the accelerators; takes keys of its own while it is open.
  public static let processes: OverlayName = "processes"
  /// Marks, gaps, alerts and events; takes keys of its own while it is open.
  public static let events: OverlayName = "events"
  /// The series of the chosen panel with their sources and methods.
  public static let provenance: OverlayName = "provenance"
  /// Published measurements of techniques that save energy.
  public static let diet: OverlayName = "diet"
  /// This run and a recorded one side by side; takes keys of its own while it is open.
  public static let race: OverlayName = "race"
  /// Where the electricity comes from and goes to, as one picture.
  public static let flow: OverlayName = "flow"
  /// What the workload would take on other chips.
  public static let chips: OverlayName = "chips"
  /// The session's energy as familiar things.
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
  var text: Texts { get }
  /// The short word in the hints at the bottom; empty to stay out of them.
  var hint: Texts? { get }
  /// Whether it takes the place of all panels, between the title and the scrubber.
  var isWhole: Bool { get }
  /// Draws it over the panels.
  func draw(_ canvas: inout Canvas, _ context: FrameContext)
}

extension Overlay {
  var section: KeyTable.Section { .panels }
  var isWhole: Bool { false }
}

/// Every view that opens over the panels, in the order of the manual.
public enum OverlayCatalogue {
  static let all: [any Overlay] = [
    FlowOverlay(),
    ProvenanceOverlay(),
    ProcessOverlay(),
    EventsOverlay(),
    DietOverlay(),
    RaceOverlay(),
    ChipsOverlay(),
    EquivalentsOverlay(),
    HelpOverlay(),
  ]

  /// The names, in the order of the manual.
  public static let names: [OverlayName] = all.map(\.name)

  static func overlay(_ name: OverlayName) -> (any Overlay)? { all.first { $0.name == name } }
}
