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
}
