/// One character cell: a glyph and its style in 16 plain bytes.
///
/// Plain words keep a frame comparable as memory: a 200x60 screen is compared in microseconds.
public struct Cell: Equatable, Sendable {
  /// The glyph as a Unicode scalar value; 0 marks the trailing half of a wide glyph.
  public var scalar: UInt32
  /// The colour of the glyph.
  public var foreground: Color
  /// The colour behind the glyph.
  public var background: Color
  private var attributeBits: UInt32

  /// Makes a cell; the canvas it goes into keeps wide glyphs whole.
  public init(_ scalar: Unicode.Scalar = " ", _ style: Style = Style()) {
    self.init(bits: scalar.value, style)
  }

  init(bits: UInt32, _ style: Style) {
    scalar = bits
    foreground = style.foreground
    background = style.background
    attributeBits = UInt32(style.attributes.rawValue)
  }

  /// A space in the terminal's own colours.
  public static let blank = Cell()

  /// How the glyph is drawn besides its colours.
  public var attributes: Attributes {
    get { Attributes(rawValue: UInt8(truncatingIfNeeded: attributeBits)) }
    set { attributeBits = UInt32(newValue.rawValue) }
  }

  /// The cell without its glyph.
  public var style: Style {
    get { Style(foreground, on: background, attributes) }
    set {
      foreground = newValue.foreground
      background = newValue.background
      attributes = newValue.attributes
    }
  }

  /// True for the second column of a wide glyph.
  public var isTrailing: Bool { scalar == 0 }

  /// The glyph, with a space for a trailing half.
  public var glyph: Unicode.Scalar {
    scalar == 0 ? " " : Unicode.Scalar(scalar) ?? " "
  }
}
