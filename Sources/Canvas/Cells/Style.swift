/// How a glyph is drawn besides its colours.
public struct Attributes: OptionSet, Hashable, Sendable {
  /// One bit for each attribute; the bits are this program's own.
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Heavier strokes.
  public static let bold = Attributes(rawValue: 1)
  /// Fainter ink.
  public static let dim = Attributes(rawValue: 2)
  /// Slanted letters.
  public static let italic = Attributes(rawValue: 4)
  /// A line under the glyph.
  public static let underline = Attributes(rawValue: 8)
  /// Foreground and background swapped.
  public static let reverse = Attributes(rawValue: 16)
}

/// Ink, paper and attributes of a piece of text.
public struct Style: Hashable, Sendable {
  /// The colour of the glyphs.
  public var foreground: Color
  /// The colour behind them.
  public var background: Color
  /// How they are drawn besides their colours.
  public var attributes: Attributes

  /// Makes a style; whatever is left out is the terminal's own.
  public init(
    _ foreground: Color = .terminalDefault, on background: Color = .terminalDefault,
    _ attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// The same style in bold.
  public var bold: Style { with(.bold) }
  /// The same style, dimmed.
  public var dim: Style { with(.dim) }
  /// The same style, underlined.
  public var underline: Style { with(.underline) }
  /// The same style with ink and paper swapped.
  public var reverse: Style { with(.reverse) }

  /// The same style with more attributes.
  public func with(_ more: Attributes) -> Style {
    Style(foreground, on: background, attributes.union(more))
  }

  /// The same style on another background.
  public func on(_ background: Color) -> Style {
    Style(foreground, on: background, attributes)
  }

  /// The same style in another ink.
  public func foreground(_ foreground: Color) -> Style {
    Style(foreground, on: background, attributes)
  }
}
