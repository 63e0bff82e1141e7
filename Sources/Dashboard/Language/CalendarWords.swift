/// The names of months and days, as a date that is short has them.
enum CalendarWords {
  /// The months from January on.
  static let months = [
    Texts("Jan", "janv"), Texts("Feb", "févr"), Texts("Mar", "mars"), Texts("Apr", "avr"),
    Texts("May", "mai"), Texts("Jun", "juin"), Texts("Jul", "juil"), Texts("Aug", "août"),
    Texts("Sep", "sept"), Texts("Oct", "oct"), Texts("Nov", "nov"), Texts("Dec", "déc"),
  ]

  /// The days from Sunday on.
  static let days = [
    Texts("Sun", "dim"), Texts("Mon", "lun"), Texts("Tue", "mar"), Texts("Wed", "mer"),
    Texts("Thu", "jeu"), Texts("Fri", "ven"), Texts("Sat", "sam"),
  ]

  /// How many columns a date with its day takes at most, such as `Mon 23 Nov`.
  static func dateWidth(in language: Language) -> Int {
    let month = months.map { $0.text(in: language).count }.max() ?? 0
    let day = days.map { $0.text(in: language).count }.max() ?? 0
    return day + 4 + month
  }
}

extension CivilTime {
  /// Like `23 Nov`.
  func shortDate(in language: Language) -> String {
    "\(day) \(CalendarWords.months[month - 1].text(in: language))"
  }

  /// Like `Mon 23 Nov`.
  func date(in language: Language) -> String {
    "\(CalendarWords.days[weekday].text(in: language)) \(shortDate(in: language))"
  }
}
