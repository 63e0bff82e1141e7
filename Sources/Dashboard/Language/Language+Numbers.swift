import Quantities

extension Language {
  /// A number that was just written with a decimal point, as this language writes it.
  func number(_ text: String) -> String {
    switch self {
    case .en: text
    case .fr: String(text.map { $0 == "." ? "," : $0 })
    }
  }

  /// A number with its unit, as this language writes it.
  func string(_ text: SI.Text) -> String {
    text.unit.isEmpty ? number(text.number) : number(text.number) + " " + text.unit
  }

  /// A length of time, given in seconds, with its two largest parts.
  func duration(_ seconds: Double) -> String { number(SI.duration(seconds, day: day)) }

  /// How old something is, given in seconds.
  func age(_ seconds: Double) -> String { SI.age(seconds, day: day) }

  /// A length of time, given in seconds, as a clock shows it.
  func clock(_ seconds: Double) -> String { SI.clock(seconds, day: day) }

  private var day: String {
    switch self {
    case .en: "d"
    case .fr: "j"
    }
  }
}
