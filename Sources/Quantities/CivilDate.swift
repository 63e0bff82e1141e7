/// A day of the proleptic Gregorian calendar, and how many days it is from 1970-01-01.
///
/// After H. Hinnant, “chrono-Compatible Low-Level Date Algorithms”: years are counted from March, so
/// that a leap day comes last. Valid for all years an `Int` can hold days for.
public struct CivilDate: Hashable, Sendable {
  /// The astronomical year: 0 is 1 BC, negative numbers are before it.
  public var year: Int
  /// From 1 to 12.
  public var month: Int
  /// From 1 to 31.
  public var day: Int

  /// Makes a date from its parts, which are taken as they are, without a check.
  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date so many days after 1970-01-01; negative numbers are days before it.
  public init(daysSince1970 days: Int) {
    let shifted = days + 719_468
    let era = shifted.flooredQuotient(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days from 1970-01-01 to this date.
  ///
  /// A day that its month does not have counts on into the next month.
  public var daysSince1970: Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted.flooredQuotient(by: 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day of the week, Sunday 0.
  public var weekday: Int { (daysSince1970 + 4).flooredRemainder(by: 7) }
}

extension BinaryInteger {
  /// The quotient rounded towards less; the divisor is above zero.
  public func flooredQuotient(by divisor: Self) -> Self {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// What is left of the quotient rounded towards less: from 0 up to, but without, the divisor.
  public func flooredRemainder(by divisor: Self) -> Self {
    // Not by way of the quotient, whose multiple may lie below all numbers of the type.
    let rest = self % divisor
    return rest == 0 || (rest < 0) == (divisor < 0) ? rest : rest + divisor
  }
}
