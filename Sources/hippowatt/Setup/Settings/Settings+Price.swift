import Accounting
import TOMLKit

/// The price of electricity in the settings.
///
///     [price]
///     currency = "EUR"
///     per_kwh = 0.31
///
///     [[price.period]]
///     from = "22:00"
///     to = "06:00"
///     days = "mon-fri"
///     per_kwh = 0.19
extension SettingsReader {
  func tariff(_ table: TOMLTable) throws(Settings.Problem) -> Tariff {
    var tariff = Tariff(currency: "", perKilowattHour: 0)
    guard table["per_kwh"] != nil else { throw problem("price", "[price] needs “per_kwh”") }
    for key in table.keys {
      switch key {
      case "currency": tariff.currency = try string(table, key)
      case "per_kwh": tariff.perKilowattHour = try price(table)
      case "period":
        guard let list = table[key]?.array else {
          throw problem(key, "must be a list of tables: [[price.period]]")
        }
        for index in 0..<list.count {
          guard let entry = list[index].table else { throw problem(key, "must be tables") }
          tariff.periods.append(try within("price.period", index).period(entry))
        }
      default: throw problem(key, "[price] has no setting “\(key)”")
      }
    }
    return tariff
  }

  private func period(_ table: TOMLTable) throws(Settings.Problem) -> Tariff.Period {
    for key in ["from", "to", "per_kwh"] where table[key] == nil {
      throw problem("period", "a [[price.period]] needs “\(key)”")
    }
    var period = Tariff.Period(
      from: try clock(table, "from"), to: try clock(table, "to"),
      perKilowattHour: try price(table))
    for key in table.keys {
      switch key {
      case "from", "to", "per_kwh": break
      case "days": period.days = try days(try string(table, key))
      default: throw problem(key, "[[price.period]] has no setting “\(key)”")
      }
    }
    return period
  }

  private func price(_ table: TOMLTable) throws(Settings.Problem) -> Double {
    let value = table["per_kwh"]?.double ?? table["per_kwh"]?.int.map(Double.init)
    guard let value, value.isFinite, value >= 0 else {
      throw problem("per_kwh", "“per_kwh” must be a number from 0 on, such as 0.31")
    }
    return value
  }

  /// Seconds after midnight of `HH:MM`.
  private func clock(_ table: TOMLTable, _ key: String) throws(Settings.Problem) -> Int {
    let text = try string(table, key)
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      .map { Int($0) ?? -1 }
    guard parts.count == 2, 0...24 ~= parts[0], 0...59 ~= parts[1], parts[0] < 24 || parts[1] == 0
    else { throw problem(key, "“\(key)” must be a time such as \"22:00\", not “\(text)”") }
    return parts[0] * 3600 + parts[1] * 60
  }

  /// Days of the week, Sunday 0, from `mon-fri` or `sat, sun`.
  private func days(_ text: String) throws(Settings.Problem) -> Set<Int> {
    let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    var days: Set<Int> = []
    for part in text.lowercased().split(whereSeparator: { $0 == "," || $0 == " " }) {
      let ends = part.split(separator: "-").map { names.firstIndex(of: String($0)) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2 else {
        throw problem("days", "“days” must be such as \"mon-fri\" or \"sat, sun\", not “\(text)”")
      }
      var day = first
      days.insert(day)
      while day != last {
        day = (day + 1) % 7
        days.insert(day)
      }
    }
    return days
  }
}
