import Formats
import TestSupport

/// One walk through a document by a schema.
struct SchemaCheck {
  struct Place {
    var file: String
    var path: String

    func at(_ name: String) -> Place { Place(file: file, path: "\(path)/\(name)") }
    func fault(_ words: String) -> String { "\(path.isEmpty ? "/" : path): \(words)" }
  }

  /// What is wrong, and which members of an object a schema had a word for.
  struct Outcome {
    var faults: [String] = []
    var seen: Set<String> = []

    mutating func add(_ other: Outcome) {
      faults += other.faults
      seen.formUnion(other.seen)
    }
  }

  let schema: JSONSchema
  private var patterns: [String: Regex<AnyRegexOutput>] = [:]
  /// Whether the first fault ends the matter: while it is sought which alternative fits.
  private var isBrief = false

  init(schema: JSONSchema) { self.schema = schema }

  mutating func outcome(
    _ value: JSONValue, _ rules: JSONValue, _ place: Place
  ) throws -> Outcome {
    if let isAllowed = rules.boolean {
      return Outcome(faults: isAllowed ? [] : [place.fault("must not be there")])
    }
    var result = Outcome()
    if let reference = rules["$ref"]?.text {
      let (found, file) = try schema.resolve(reference, from: place.file)
      result.add(try outcome(value, found, Place(file: file, path: place.path)))
      if schema.refersAlone(place.file) || isSettled(result) { return result }
    }
    result.faults += try own(value, rules, place)
    if isSettled(result) { return result }
    try combine(value, rules, place, &result)
    if isSettled(result) { return result }
    if let items = value.elements { try list(items, rules, place, &result) }
    if case .object(let members) = value { try object(members, rules, place, &result) }
    return result
  }

  private func isSettled(_ result: Outcome) -> Bool { isBrief && !result.faults.isEmpty }

  // MARK: A value by itself

  private mutating func own(
    _ value: JSONValue, _ rules: JSONValue, _ place: Place
  ) throws -> [String] {
    var faults: [String] = []
    func demand(_ holds: Bool?, _ words: @autoclosure () -> String) {
      if holds == false { faults.append(place.fault(words())) }
    }
    if let types = rules["type"].map({ $0.elements ?? [$0] }) {
      demand(types.contains { isOf(value, $0.text ?? "") }, "is not of type \(types)")
    }
    demand(rules["enum"]?.elements?.contains(value), "is none of the words allowed: \(value)")
    demand(rules["const"].map { $0 == value }, "is not \(rules["const"] ?? .null)")
    if let text = value.text {
      let count = Double(text.unicodeScalars.count)
      demand(rules["minLength"]?.number.map { count >= $0 }, "is too short")
      demand(rules["maxLength"]?.number.map { count <= $0 }, "is too long")
      if let pattern = rules["pattern"]?.text {
        demand(try matches(text, pattern), "“\(text)” does not match \(pattern)")
      }
      if rules["format"]?.text == "date-time" {
        demand(RFC3339.nanoseconds(Array(text.utf8)) != nil, "“\(text)” is no time")
      }
    }
    if let number = value.number {
      demand(rules["minimum"]?.number.map { number >= $0 }, "is too small")
      demand(rules["maximum"]?.number.map { number <= $0 }, "is too large")
    }
    return faults
  }

  private func isOf(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "object": if case .object = value { true } else { false }
    case "array": value.elements != nil
    case "string": value.text != nil
    case "number": value.number?.isFinite == true
    case "integer": value.number.map { $0.rounded() == $0 } ?? false
    case "boolean": value.boolean != nil
    default: value == .null
    }
  }

  private mutating func matches(_ text: String, _ pattern: String) throws -> Bool {
    let regex = try patterns[pattern] ?? Regex(pattern)
    patterns[pattern] = regex
    return text.firstMatch(of: regex) != nil
  }

  // MARK: Schemas of schemas

  private mutating func combine(
    _ value: JSONValue, _ rules: JSONValue, _ place: Place, _ result: inout Outcome
  ) throws {
    for each in rules["allOf"]?.elements ?? [] {
      result.add(try outcome(value, each, place))
      if isSettled(result) { return }
    }
    for word in ["anyOf", "oneOf"] {
      guard let choices = rules[word]?.elements else { continue }
      let wasBrief = isBrief
      isBrief = true
      let fitting = try choices.map { try outcome(value, $0, place) }.filter(\.faults.isEmpty)
      isBrief = wasBrief
      for fit in fitting { result.seen.formUnion(fit.seen) }
      if fitting.isEmpty, isBrief {
        result.faults.append(place.fault("fits none of \(word)"))
        return
      } else if fitting.isEmpty {
        // The alternative that is nearest tells most.
        let nearest = try choices.map { try outcome(value, $0, place).faults }
          .min { $0.count < $1.count }
        result.faults.append(
          place.fault("fits none of \(word); nearest: \(nearest?.joined(separator: "; ") ?? "")"))
      } else if word == "oneOf", fitting.count > 1 {
        result.faults.append(place.fault("fits \(fitting.count) of oneOf"))
      }
    }
    if let never = rules["not"], try outcome(value, never, place).faults.isEmpty {
      result.faults.append(place.fault("is what it must not be"))
    }
    if let condition = rules["if"] {
      let test = try outcome(value, condition, place)
      if test.faults.isEmpty {
        result.seen.formUnion(test.seen)
        if let then = rules["then"] { result.add(try outcome(value, then, place)) }
      }
    }
  }

  // MARK: What is inside

  private mutating func list(
    _ items: [JSONValue], _ rules: JSONValue, _ place: Place, _ result: inout Outcome
  ) throws {
    let count = Double(items.count)
    if let least = rules["minItems"]?.number, count < least {
      result.faults.append(place.fault("has too few elements"))
    }
    if let most = rules["maxItems"]?.number, count > most {
      result.faults.append(place.fault("has too many elements"))
    }
    if rules["uniqueItems"]?.boolean == true, Set(items).count < items.count {
      result.faults.append(place.fault("has an element twice"))
    }
    let firsts = rules["items"]?.elements
    for (index, item) in items.enumerated() {
      let rule =
        if let firsts {
          index < firsts.count ? firsts[index] : rules["additionalItems"]
        } else {
          rules["items"]
        }
      guard let rule else { continue }
      result.faults += try outcome(item, rule, place.at(String(index))).faults
      if isSettled(result) { return }
    }
  }

  private mutating func object(
    _ members: [String: JSONValue], _ rules: JSONValue, _ place: Place, _ result: inout Outcome
  ) throws {
    for name in (rules["required"]?.elements ?? []).compactMap(\.text) where members[name] == nil {
      result.faults.append(place.fault("has no “\(name)”"))
    }
    var own: Set<String> = []
    for (name, rule) in rules["properties"]?.members ?? [] {
      guard let value = members[name] else { continue }
      own.insert(name)
      result.faults += try outcome(value, rule, place.at(name)).faults
      if isSettled(result) { return }
    }
    if let rule = rules["additionalProperties"] {
      for (name, value) in members where !own.contains(name) {
        own.insert(name)
        result.faults += try outcome(value, rule, place.at(name)).faults
      }
    }
    result.seen.formUnion(own)
    guard let rule = rules["unevaluatedProperties"] else { return }
    for (name, value) in members where !result.seen.contains(name) {
      result.seen.insert(name)
      result.faults += try outcome(value, rule, place.at(name)).faults
    }
  }
}
