/// A JSON text as a tree, for answers whose shape is not known before they are read.
///
/// `NaN` and `Infinity` count as numbers, since Python writes them. Bounded: 65536 values, texts of 1024
/// bytes, 32 levels; of two members of one name the last one counts.
package indirect enum JSONValue: Sendable, Hashable {
  /// The members of an object by their names.
  case object([String: JSONValue])
  /// The elements of a list.
  case list([JSONValue])
  /// A number, a text, or true or false.
  case scalar(JSONFlat.Scalar)
  /// `null`.
  case null

  /// Reads a whole JSON text.
  ///
  /// - Parameter cap: the longest text in bytes; what is longer is cut off.
  /// - Throws: `JSONFault` where it is none, is nested too deeply or holds too much.
  package init(_ bytes: [UInt8], cap: Int = 1024) throws(JSONFault) {
    var fault: JSONFault?
    var value = JSONValue.null
    bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer)
      var count = 0
      do throws(JSONFault) {
        value = try Self.read(&scanner, 0, &count, cap)
        try scanner.end()
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
    self = value
  }

  private static func read(
    _ scanner: inout JSONScanner, _ depth: Int, _ count: inout Int, _ cap: Int
  ) throws(JSONFault) -> JSONValue {
    guard depth < 32 else { throw JSONFault("nested too deeply") }
    count += 1
    guard count <= 65_536 else { throw JSONFault("more than 65536 values") }
    switch scanner.peek() {
    case UInt8(ascii: "{"):
      try scanner.beginObject()
      var members: [String: JSONValue] = [:]
      var isFirst = true
      while let key = try scanner.nextKey(&isFirst) {
        let name = try scanner.text(key, cap: cap)
        members[name] = try read(&scanner, depth + 1, &count, cap)
      }
      return .object(members)
    case UInt8(ascii: "["):
      scanner.at += 1
      if scanner.take(UInt8(ascii: "]")) { return .list([]) }
      var elements: [JSONValue] = []
      repeat {
        elements.append(try read(&scanner, depth + 1, &count, cap))
      } while scanner.take(UInt8(ascii: ","))
      try scanner.expect(UInt8(ascii: "]"), "“,” or “]”")
      return .list(elements)
    case UInt8(ascii: "\""): return .scalar(.text(try scanner.string(cap: cap)))
    default: return try scanner.scalar().map { .scalar($0) } ?? .null
    }
  }

  /// The member of that name; `nil` where there is none.
  package subscript(name: String) -> JSONValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  /// The members of an object in the order of their names; none of anything else.
  package var members: [(name: String, value: JSONValue)] {
    guard case .object(let members) = self else { return [] }
    return members.map { ($0.key, $0.value) }.sorted { $0.name < $1.name }
  }

  /// The elements of a list; `nil` for anything else.
  package var elements: [JSONValue]? {
    if case .list(let elements) = self { elements } else { nil }
  }

  /// The text; `nil` for anything else.
  package var text: String? {
    if case .scalar(.text(let text)) = self { text } else { nil }
  }

  /// True or false; `nil` for anything else.
  package var boolean: Bool? {
    if case .scalar(.boolean(let value)) = self { value } else { nil }
  }

  /// The number; `nil` for anything else, also for a number that is written as a text.
  package var number: Double? {
    switch self {
    case .scalar(.number(let number)): number.double
    case .scalar(.special(let value)): value
    default: nil
    }
  }
}

/// A place in a JSON text after RFC 6901: `/meters/0/power`.
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  private let names: [String]
  /// The pointer as it is written.
  package let description: String

  /// Reads a pointer; `nil` for a text that is none: one that does not begin with `/` and is not
  /// empty, or has a `~` before anything but 0 and 1.
  package init?(_ text: String) {
    guard text.isEmpty || text.hasPrefix("/"), text.utf8.count <= 1024 else { return nil }
    var names: [String] = []
    for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      var name = String.UnicodeScalarView()
      var scalars = part.unicodeScalars.makeIterator()
      while let scalar = scalars.next() {
        guard scalar == "~" else {
          name.append(scalar)
          continue
        }
        switch scalars.next() {
        case "0": name.append("~")
        case "1": name.append("/")
        default: return nil
        }
      }
      names.append(String(name))
    }
    self.names = names
    description = text
  }

  /// The value there; `nil` where nothing is.
  package func value(in root: JSONValue) -> JSONValue? {
    var value = root
    for name in names {
      switch value {
      case .object(let members):
        guard let next = members[name] else { return nil }
        value = next
      case .list(let elements):
        // Digits without a zero before them: RFC 6901, section 4.
        guard !name.isEmpty, name.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
          name == "0" || !name.hasPrefix("0"), let index = Int(name), index < elements.count
        else { return nil }
        value = elements[index]
      case .scalar, .null: return nil
      }
    }
    return value
  }
}
