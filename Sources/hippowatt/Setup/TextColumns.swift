import Canvas
import Quantities

/// Rows as columns of text, for a terminal or as Markdown.
enum TextColumns {
  /// Columns as wide as what stands in them, under a line of titles.
  static func plain(_ head: [String], _ rows: [[String]]) -> String {
    let widths = head.indices.map { index in
      ([head] + rows).map { displayWidth($0[index]) }.max() ?? 0
    }
    return ([head] + rows).map { row in
      var line = ""
      for (index, cell) in row.enumerated() {
        line += cell
        if index < row.count - 1 {
          line += String(repeating: " ", count: widths[index] - displayWidth(cell) + 2)
        }
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// A Markdown table.
  static func markdown(_ head: [String], _ rows: [[String]]) -> String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map(escaped).joined(separator: " | ") + " |"
    }
    return ([line(head), "|" + String(repeating: "---|", count: head.count)] + rows.map(line))
      .joined(separator: "\n")
  }

  /// Text that cannot end its cell or begin markup.
  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, letter in
      if "|\\`*_<>[]#".contains(letter) { result.append("\\") }
      result.append(letter)
    }
  }
}

/// A value to be written as JSON.
enum JSONText {
  case text(String)
  case number(Double)
  case flag(Bool)
  case list([JSONText])
  case members([(String, JSONText)])

  /// What is not known.
  static let null = JSONText.number(.nan)

  /// An object of those members that are known.
  static func object(_ members: [(String, JSONText?)]) -> JSONText {
    .members(members.compactMap { member in member.1.map { (member.0, $0) } })
  }

  /// A number to fifteen digits: a count of steps times the step ends in digits that nobody measured.
  private static func shortest(_ number: Double) -> String {
    guard number != 0, number.magnitude < 1e9 else { return number.description }
    // The exponent of two times log10(2), downwards.
    let places = 14 - (Int(number.magnitude.exponent) * 30103).flooredQuotient(by: 100_000)
    guard 1...22 ~= places else { return number.description }
    let power = (0..<places).reduce(1.0) { power, _ in power * 10 }
    return ((number * power).rounded() / power).description
  }

  /// The value in JSON, on one line; a number that is not finite becomes `null`.
  var written: String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .number(let number):
      Int64(exactly: number).map(String.init) ?? (number.isFinite ? Self.shortest(number) : "null")
    case .flag(let flag): flag ? "true" : "false"
    case .list(let values): "[" + values.map(\.written).joined(separator: ",") + "]"
    case .members(let members):
      "{" + members.map { "\(Self.quoted($0.0)):\($0.1.written)" }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = Array("0123456789abcdef")
        result += "\\u00\(digits[Int(scalar.value >> 4)])\(digits[Int(scalar.value & 15)])"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
