import Accounting
import Quantities
import TOMLKit

/// Alerts in the settings.
///
///     [[alert]]
///     name = "hot"
///     quantity = "temperature"
///     above = 85
///     for = "1min"
///     command = "notify-send \"$HIPPOWATT_TEXT\""
extension SettingsReader {
  private static let common: Set<String> = [
    "quantity", "name", "above", "below", "for", "margin", "every", "bell", "command", "timeout",
  ]

  /// The alerts of a list; money is meant in the currency of the tariff.
  func alerts(_ list: TOMLArray, currency: String?) throws(Settings.Problem) -> [AlertRule] {
    var rules: [AlertRule] = []
    for index in 0..<list.count {
      let reader = within("alert", index)
      guard let table = list[index].table else {
        throw reader.problem("alert", "must be tables: [[alert]]")
      }
      let rule = try reader.alert(table, currency: currency)
      guard !rules.contains(where: { $0.name == rule.name }) else {
        throw reader.problem(
          "name", "there is another alert “\(rule.name)”; give this one a “name” of its own")
      }
      rules.append(rule)
    }
    return rules
  }

  private func alert(
    _ table: TOMLTable, currency: String?
  ) throws(Settings.Problem) -> AlertRule {
    let names = AlertQuantity.all.map(\.name).joined(separator: ", ")
    guard table["quantity"] != nil else {
      throw problem("alert", "an [[alert]] needs a “quantity”: \(names)")
    }
    let name = try string(table, "quantity")
    guard let quantity = AlertQuantity.all.first(where: { $0.name == name }) else {
      throw problem("quantity", "there is no quantity “\(name)”; there are \(names)")
    }
    for key in table.keys where !Self.common.contains(key) {
      guard let option = AlertQuantity.Option(rawValue: key) else {
        throw problem(key, "[[alert]] has no setting “\(key)”")
      }
      guard quantity.options.contains(option) else {
        throw problem(key, "an alert on \(name) has no setting “\(key)”")
      }
    }
    let (side, limit) = try limit(table, quantity, currency)
    let title = table["name"] == nil ? nil : try string(table, "name")
    if let title, title.isEmpty || title.count > 40 {
      throw problem("name", "“name” must be a text of 1 to 40 characters")
    }
    var rule = AlertRule(quantity, side, limit, name: title)
    if table["for"] != nil { rule.hold = try seconds(table, "for", atLeast: 0) }
    if table["every"] != nil { rule.every = try seconds(table, "every", atLeast: 1) }
    if table["margin"] != nil { rule.margin = try margin(table, rule, currency) }
    if table["bell"] != nil { rule.bell = try flag(table, "bell") }
    if table["command"] != nil {
      let command = try string(table, "command")
      guard command.contains(where: { !$0.isWhitespace }), !command.contains("\0") else {
        throw problem("command", "“command” must be a command for the shell")
      }
      rule.command = command
    }
    if table["timeout"] != nil {
      guard rule.command != nil else {
        throw problem("timeout", "“timeout” is of a “command”, and there is none")
      }
      rule.timeout = try seconds(table, "timeout", atLeast: 0.1)
    }
    try add(table, to: &rule)
    if !rule.isNamed { rule.name = rule.plainName }
    return rule
  }

  private func limit(
    _ table: TOMLTable, _ quantity: AlertQuantity, _ currency: String?
  ) throws(Settings.Problem) -> (AlertRule.Side, AlertLimit) {
    let sides = [AlertRule.Side.above, .below].filter { table[$0.rawValue] != nil }
    guard !quantity.isYesOrNo else {
      for key in sides.map(\.rawValue) + ["margin"] where table[key] != nil {
        throw problem(key, "an alert on \(quantity.name) has no “\(key)”; “for” says how long")
      }
      return (.above, AlertLimit(0.5, .second))
    }
    guard sides.count == 1, let side = sides.first else {
      throw problem(
        sides.last?.rawValue ?? "quantity",
        sides.isEmpty
          ? "an alert on \(quantity.name) needs “above”\(quantity.takesBelow ? " or “below”" : "")"
          : "an alert has “above” or “below”, not both")
    }
    let key = side.rawValue
    guard side == .above || quantity.takesBelow else {
      throw problem(key, "an alert on \(quantity.name) has no “below”")
    }
    let text = try scalar(table, key)
    guard let limit = quantity.limit(text, currency: currency) else {
      let hint =
        quantity.name == "budget" && currency == nil ? "; for money, set [price] first" : ""
      throw problem(key, "“\(key)” must be \(quantity.example), not “\(text)”\(hint)")
    }
    return (side, limit)
  }

  private func margin(
    _ table: TOMLTable, _ rule: AlertRule, _ currency: String?
  ) throws(Settings.Problem) -> Double {
    let text = try scalar(table, "margin")
    let relative = rule.limit.isRelative && !text.hasPrefix("+") ? "+" + text : text
    guard let margin = rule.quantity.limit(relative, currency: currency),
      margin.unit == rule.limit.unit, margin.isRelative == rule.limit.isRelative, margin.value >= 0
    else {
      throw problem("margin", "“margin” must be written like its limit and be no less than 0")
    }
    return margin.value
  }

  /// What only some quantities are told.
  private func add(_ table: TOMLTable, to rule: inout AlertRule) throws(Settings.Problem) {
    if table["device"] != nil { rule.device = try scalar(table, "device") }
    if table["baseline"] != nil {
      let text = try scalar(table, "baseline")
      guard rule.limit.isRelative else {
        throw problem("baseline", "“baseline” is of a limit such as \"+20%\"")
      }
      guard let value = rule.quantity.limit(text, currency: nil), !value.isRelative, value.value > 0
      else { throw problem("baseline", "“baseline” must be a number of joules, such as 0.05") }
      rule.baseline = value.value
    }
    if table["of"] != nil {
      let text = try string(table, "of")
      guard text == "job" || text == "machine" else {
        throw problem("of", "“of” must be \"job\" or \"machine\", not “\(text)”")
      }
      rule.isOfMachine = text == "machine"
    }
    if table["projected"] != nil {
      rule.isProjected = try flag(table, "projected")
      guard !rule.isProjected || !rule.isOfMachine else {
        throw problem("projected", "only a job has an end to project to: leave “of” out")
      }
    }
  }
}
