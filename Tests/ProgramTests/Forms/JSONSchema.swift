import Formats
import TestSupport

/// A published JSON schema, by which documents are checked without a network.
///
/// It knows the keywords of drafts 4, 7 and 2020-12 that its schemas use, and takes no schema with any
/// other: what it cannot check it does not pass. Formats are asserted for `date-time` only, as the drafts
/// allow. A reference leads to another file of the same folder, or fails.
struct JSONSchema: Sendable {
  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  /// One file of a schema.
  struct Document: Sendable {
    var root: JSONValue
    /// Before 2019 a reference stood alone: what was written beside it did not count.
    var refersAlone: Bool
  }

  let documents: [String: Document]
  let main: String

  /// Reads a schema and its companions from a folder of the fixtures.
  /// - Throws: `Fault` for a keyword, a type or a format that is not known here.
  init(_ file: String, in folder: String) throws {
    let names = Fixtures.names(in: folder).filter { $0.hasSuffix(".json") }
    try self.init(
      file, of: names.map { ($0, Fixtures.readFile(Fixtures.path("\(folder)/\($0)"))) })
  }

  /// Takes the schema of that name among some files.
  /// - Throws: `Fault` for a keyword, a type or a format that is not known here.
  init(_ file: String, of files: [(name: String, bytes: [UInt8])]) throws {
    var documents: [String: Document] = [:]
    for (name, bytes) in files {
      let root = try JSONValue(bytes)
      let dialect = root["$schema"]?.text ?? ""
      let known = ["draft-04/schema#", "draft-07/schema#", "draft/2020-12/schema"]
      guard known.contains(where: dialect.hasSuffix) else {
        throw Fault(description: "\(name): unknown dialect “\(dialect)”")
      }
      try Self.vet(root, name)
      documents[name] = Document(root: root, refersAlone: !dialect.hasSuffix(known[2]))
    }
    guard documents[file] != nil else { throw Fault(description: "\(file) is not there") }
    (self.documents, main) = (documents, file)
  }

  /// What is wrong with a document, place by place; empty where nothing is.
  /// - Throws: `JSONFault` where it is no JSON, `Fault` where a reference leads nowhere.
  func faults(_ text: String) throws -> [String] {
    guard let document = documents[main] else { return ["no schema"] }
    var check = SchemaCheck(schema: self)
    return try check.outcome(
      try JSONValue(Array(text.utf8)), document.root, SchemaCheck.Place(file: main, path: "")
    ).faults
  }

  // MARK: Keywords

  static let notes: Set = [
    "$schema", "$id", "id", "$comment", "title", "description", "examples", "default", "deprecated",
    "meta:enum",
  ]
  static let simple: Set = [
    "type", "required", "enum", "const", "pattern", "format", "minimum", "maximum", "minLength",
    "maxLength", "minItems", "maxItems", "uniqueItems", "$ref",
  ]
  static let single: Set = [
    "additionalProperties", "additionalItems", "unevaluatedProperties", "not", "if", "then",
    "items",
  ]
  static let lists: Set = ["allOf", "anyOf", "oneOf"]
  static let named: Set = ["properties", "definitions", "$defs"]
  static let formats: Set = ["date-time", "uri", "iri-reference", "idn-email"]
  static let types: Set = [
    "object", "array", "string", "number", "integer", "boolean", "null",
  ]

  /// Goes through a whole schema, also where no document leads.
  static func vet(_ schema: JSONValue, _ file: String) throws {
    if schema.boolean != nil { return }
    guard case .object(let members) = schema else {
      throw Fault(description: "\(file): a schema that is no object")
    }
    for (word, value) in members {
      if notes.contains(word) { continue }
      if simple.contains(word) {
        if word == "format", !formats.contains(value.text ?? "") {
          throw Fault(description: "\(file): unknown format \(value)")
        }
        if word == "type",
          !(value.elements ?? [value]).allSatisfy({ types.contains($0.text ?? "") })
        {
          throw Fault(description: "\(file): unknown type \(value)")
        }
        if word == "pattern" { _ = try Regex(value.text ?? "(") }
      } else if single.contains(word) {
        for each in value.elements ?? [value] { try vet(each, file) }
      } else if lists.contains(word) {
        for each in value.elements ?? [] { try vet(each, file) }
      } else if named.contains(word) {
        for (_, each) in value.members { try vet(each, file) }
      } else {
        throw Fault(description: "\(file): unknown keyword “\(word)”")
      }
    }
  }

  /// The schema that a reference names, and where it lies.
  func resolve(_ reference: String, from file: String) throws -> (JSONValue, String) {
    let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts[0].split(separator: "/").last.map(String.init) ?? file
    guard let pointer = JSONPointer(parts.count > 1 ? String(parts[1]) : ""),
      let found = documents[name].flatMap({ pointer.value(in: $0.root) })
    else { throw Fault(description: "\(reference) in \(file) leads nowhere") }
    return (found, name)
  }

  func refersAlone(_ file: String) -> Bool { documents[file]?.refersAlone ?? false }
}
