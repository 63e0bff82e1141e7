import Quantities

/// Words and numbers in the language of the frame.
extension FrameContext {
  /// Some words, with their places filled in their order.
  func say(_ words: some ScreenWords, _ values: String...) -> String {
    words.texts.text(in: language, values)
  }

  /// A text that is there in every language.
  func say(_ texts: Texts, _ values: String...) -> String { texts.text(in: language, values) }

  /// A number that was just written with a decimal point.
  func number(_ text: String) -> String { language.number(text) }

  /// A number with its unit.
  func string(_ text: SI.Text) -> String { language.string(text) }

  /// A value with its unit, under a fitting prefix.
  func string(_ value: Double, _ unit: String, smallest: Int = -12) -> String {
    language.string(SI.text(value, unit, smallest: smallest))
  }

  /// A share in per cent, without the sign.
  func percent(_ share: Double) -> String { language.number(SI.percent(share)) }

  /// A value with so many decimals.
  func fixed(_ value: Double, _ decimals: Int) -> String {
    language.number(SI.fixed(value, decimals))
  }

  /// A value with so many significant digits.
  func significant(_ value: Double, digits: Int = 3) -> String {
    language.number(SI.significant(value, digits: digits))
  }

  /// A length of time, with its two largest units.
  func duration(_ seconds: Double) -> String { language.duration(seconds) }

  /// How long ago something was.
  func age(_ seconds: Double) -> String { language.age(seconds) }
}
