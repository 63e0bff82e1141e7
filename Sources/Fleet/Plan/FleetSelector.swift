/// Which series are asked for: label matchers of PromQL that the user gives, beside each name of ours.
///
///     {cluster="a", rack=~"r1.*"}
package struct FleetSelector: Sendable, Hashable {
  /// The matchers as they are written into each query, without braces; empty for all series.
  package let matchers: String

  /// All series.
  package init() { matchers = "" }

  /// Why matchers cannot be asked with, in words.
  package struct Fault: Error, Hashable {
    /// What is wrong, as a clause.
    package var words: String
  }

  /// Reads `{label="value", …}`; the braces may be left out.
  package init(_ text: String) throws(Fault) {
    var rest = Array(text.utf8)[...]
    func skipSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 } }
    skipSpace()
    while let last = rest.last, last == 0x20 { rest.removeLast() }
    if rest.first == UInt8(ascii: "{") {
      guard rest.last == UInt8(ascii: "}") else { throw Fault(words: "has an open brace") }
      rest = rest.dropFirst().dropLast()
    }
    var parts: [String] = []
    while true {
      skipSpace()
      if rest.isEmpty { break }
      let name = rest.prefix { Self.isName($0) }
      guard let first = name.first, !(0x30...0x39 ~= first) else {
        throw Fault(words: "names no label at “\(Self.glimpse(rest))”")
      }
      rest = rest.dropFirst(name.count)
      skipSpace()
      guard let sign = ["=~", "!~", "!=", "="].first(where: { rest.starts(with: $0.utf8) }) else {
        throw Fault(words: "has no =, !=, =~ or !~ at “\(Self.glimpse(rest))”")
      }
      rest = rest.dropFirst(sign.utf8.count)
      skipSpace()
      let value = try Self.quoted(&rest)
      parts.append(String(decoding: name, as: UTF8.self) + sign + value)
      skipSpace()
      if rest.isEmpty { break }
      guard rest.first == UInt8(ascii: ",") else {
        throw Fault(words: "has no comma at “\(Self.glimpse(rest))”")
      }
      rest = rest.dropFirst()
    }
    matchers = parts.joined(separator: ",")
  }

  private static func isName(_ byte: UInt8) -> Bool {
    0x41...0x5A ~= byte || 0x61...0x7A ~= byte || 0x30...0x39 ~= byte || byte == UInt8(ascii: "_")
  }

  private static func glimpse(_ rest: ArraySlice<UInt8>) -> String {
    String(decoding: rest.prefix(12), as: UTF8.self)
  }

  /// A value in double quotes, with them.
  private static func quoted(_ rest: inout ArraySlice<UInt8>) throws(Fault) -> String {
    guard rest.first == UInt8(ascii: "\"") else {
      throw Fault(words: "has no value in quotes at “\(glimpse(rest))”")
    }
    var place = rest.startIndex + 1
    while place < rest.endIndex, rest[place] != UInt8(ascii: "\"") {
      place += rest[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard place < rest.endIndex else { throw Fault(words: "has a value without an end") }
    let text = String(decoding: rest[rest.startIndex...place], as: UTF8.self)
    rest = rest[(place + 1)...]
    return text
  }

  private init(matchers: String) { self.matchers = matchers }

  /// A text as a string of PromQL.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\"", "\\": result += "\\\(character)"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(character)
      }
    }
    return result + "\""
  }

  /// Only the series of some targets of a cluster; an empty one is that of series without such a label.
  func only(_ instances: [String], of cluster: String) -> FleetSelector {
    let pattern = instances.map(FleetQueries.escaped).joined(separator: "|")
    let matcher = "instance=~\"\(pattern)\",cluster=\(Self.quoted(cluster))"
    return FleetSelector(matchers: matchers.isEmpty ? matcher : matchers + "," + matcher)
  }

  /// The series of some names, as PromQL selects them.
  package func series(_ names: [String], and more: String = "") -> String {
    let extra = [more, matchers].filter { !$0.isEmpty }
    if names.count == 1 {
      return names[0] + (extra.isEmpty ? "" : "{" + extra.joined(separator: ",") + "}")
    }
    let pattern = "__name__=~\"" + names.joined(separator: "|") + "\""
    return "{" + ([pattern] + extra).joined(separator: ",") + "}"
  }
}
