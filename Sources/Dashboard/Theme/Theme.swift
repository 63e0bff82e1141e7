import Accounting
import Canvas

/// The colours of the dashboard, each by the role it plays.
public struct Theme: Hashable, Sendable {
  /// The name that is shown when the theme is chosen.
  public var name: String
  /// Single colours by role.
  public var colors: [Role: Color]
  /// Ramps by role, from little to much.
  public var gradients: [Ramp: Gradient]

  /// What a single colour is for; the raw value is its key in a theme file.
  public enum Role: String, Sendable, Hashable, CaseIterable {
    /// The screen itself.
    case background
    /// Numbers and names.
    case text
    /// What explains them.
    case muted
    /// Frames and rules, which carry no meaning.
    case border
    /// The ground of the title bar.
    case strip
    /// The empty part of a bar.
    case track
    /// States, from what is as it should be to what needs attention.
    case good, warning, critical
    /// The cursor, and keys in hints.
    case accent
    /// Sources of electricity.
    case solar, wind, hydro, bioenergy, nuclear, gas, coal, oil
    /// What energy was drawn for, as in `EnergySplit.Use`.
    case compute, waiting, idle, host, other
  }

  /// What a ramp is for; `_start`, `_mid` and `_end` follow its name in a theme file.
  public enum Ramp: String, Sendable, Hashable, CaseIterable {
    /// Watts of the machine and its parts.
    case power
    /// Progress and loss of a job.
    case algorithm
    /// Bytes read and received.
    case dataIn = "data_in"
    /// Bytes written and sent.
    case dataOut = "data_out"
    /// The renewable share.
    case renewable
  }

  /// Roles that are read as text and so need a contrast of 4.5 to the background.
  public static let textRoles: [Role] = [.text, .muted, .good, .warning, .critical, .accent]
  /// Roles that are seen as marks and so need a contrast of 3.
  public static let markRoles: [Role] = [
    .solar, .wind, .hydro, .bioenergy, .nuclear, .gas, .coal, .oil, .compute, .waiting, .idle,
    .host, .other,
  ]

  /// The colour of a role; the terminal's own where the theme has none.
  public subscript(role: Role) -> Color { colors[role] ?? .terminalDefault }
  /// The ramp of a role; the colour of text throughout where the theme has none.
  public subscript(ramp: Ramp) -> Gradient { gradients[ramp] ?? Gradient(self[.text]) }

  /// A role on the screen's background.
  public func style(_ role: Role) -> Style { Style(self[role], on: self[.background]) }
  /// The strongest colour of a ramp on the screen's background.
  public func style(_ ramp: Ramp) -> Style { Style(self[ramp].end, on: self[.background]) }

  /// A theme, whose colours are taken as they are.
  public init(name: String, colors: [Role: Color], gradients: [Ramp: Gradient]) {
    self.name = name
    self.colors = colors
    self.gradients = gradients
  }
}

extension Theme {
  /// The theme used when no file can be read: the same as `themes/dusk.theme`.
  public static let dusk = Theme(
    name: "dusk",
    colors: [
      .background: Color(0x0F1015), .text: Color(0xE6E8EE), .muted: Color(0x8A90A0),
      .border: Color(0x3A3F4C), .strip: Color(0x171A22), .track: Color(0x22252F),
      .good: Color(0x4FD67B), .warning: Color(0xFFD23F), .critical: Color(0xFF6B6B),
      .accent: Color(0xFFA62B), .solar: Color(0xFFD23F), .wind: Color(0x63D9A0),
      .hydro: Color(0x4DB5FF), .bioenergy: Color(0xA3BE4A), .nuclear: Color(0xB07CFF),
      .gas: Color(0xA08880), .coal: Color(0x7B7B80), .oil: Color(0x8F7355),
      .compute: Color(0xFFA62B), .waiting: Color(0xFF5A5A), .idle: Color(0xA0674A),
      .host: Color(0xC99250), .other: Color(0x6E97AC),
    ],
    gradients: [
      .power: Gradient(Color(0x9A5B17), Color(0xDB8A22), Color(0xFFB443)),
      .algorithm: Gradient(Color(0xA84E86), Color(0xE065B4), Color(0xFF7CC8)),
      .dataIn: Gradient(Color(0x3568C8), Color(0x4482E0), Color(0x62A5FF)),
      .dataOut: Gradient(Color(0x24867C), Color(0x2FAA9C), Color(0x46D1C0)),
      .renewable: Gradient(Color(0x23834C), Color(0x37B366), Color(0x4FD67B)),
    ])
}
