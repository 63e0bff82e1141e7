import Formats
import Telemetry
import TestSupport
import Testing

/// The JSON forms by the schemas that their makers publish.
@Suite struct FormSchemaTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// The schemas of the forms whose makers publish one, each read once.
  private static let schemas = [
    "cyclonedx": Result { try JSONSchema("bom-1.6.schema.json", in: "schemas/cyclonedx") },
    "spdx": Result { try JSONSchema("spdx-json-schema.json", in: "schemas/spdx") },
    "boamps": Result { try JSONSchema("report_schema.json", in: "schemas/boamps") },
  ]

  /// The schema of a form; `nil` where its makers publish none.
  static func schema(_ form: String) throws -> JSONSchema? { try schemas[form]?.get() }

  private func form(_ name: String, _ arguments: [String]) throws -> String {
    let result = try Program.run(["report"] + arguments + ["--format", name], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(name): \(result.errors)")
    return result.output
  }

  /// Recordings of every kind that a form is made of, by what is told of them.
  private func writeAll(for form: String) throws -> [[String]] {
    var run = FormRecording()
    run.ending = .crashed
    try run.write("a.hippo", in: folder)
    try FormRecording(offset: 700).write("b.hippo", in: folder)
    try FormRecording(offset: 1400, hasGrid: false, attributes: [:]).write("c.hippo", in: folder)
    try FormRecording(offset: 2100, tokensUntil: -1).write("steps.hippo", in: folder)
    try FormRecording(offset: 2800, isServing: true).write("serve.hippo", in: folder)
    try FormRecording(offset: 3500, powerUntil: 0).write("dark.hippo", in: folder)
    let logs = ["power/mlperf-power-log.txt", "logs/mlperf.log"].map(Fixtures.path)
    let made = try Program.run(["import", "-o", "mlperf.hippo"] + logs, in: folder)
    try #require(made.status == 0, "\(made.errors)")
    // BoAmps has one stage, and no place for an energy that is not known.
    let more = form == "boamps" ? [] : [["dark.hippo"], ["a.hippo", "serve.hippo", "dark.hippo"]]
    return more + [
      ["mlperf.hippo", "--model-name", "bert", "--params", "334M"],
      ["a.hippo"], ["a.hippo", "b.hippo", "c.hippo"],
      ["a.hippo", "b.hippo", "--training-type", "fine-tuning", "--model-name", "a | \"b\""],
      ["steps.hippo", "--params", "7B"], ["serve.hippo"],
      [Fixtures.folder + "/../../demos/tiny-gpt.hippo"],
      [Fixtures.folder + "/../../demos/eight-gpus.hippo", "--training-type", "pre-training"],
    ]
  }

  @Test(arguments: ["cyclonedx", "spdx", "boamps"])
  func `a form is valid by its published schema`(name: String) throws {
    let schema = try #require(try Self.schema(name))
    for arguments in try writeAll(for: name) {
      #expect(try schema.faults(form(name, arguments)) == [], "\(arguments)")
    }
  }

  /// The same check refuses a document with a single thing wrong.
  @Test(arguments: [
    ("cyclonedx", "\"kWh\"", "\"Wh\""), ("cyclonedx", "\"tCO2eq\"", "\"g\""),
    ("cyclonedx", "\"activityEnergyCost\"", "\"energyCost\""),
    ("cyclonedx", "\"training\"", "\"learning\""),
    ("cyclonedx", "\"type\":\"machine", "\"kind\":\""),
    ("cyclonedx", "\"specVersion\"", "\"version\""), ("cyclonedx", "urn:uuid:", "uuid:"),
    ("cyclonedx", "\"timestamp\":\"2026-", "\"timestamp\":\"26-"),
    ("cyclonedx", "\"energySource\":\"unknown\"", "\"energySource\":\"mix\""),
    ("spdx", "\"kilowattHour\"", "\"kWh\""), ("spdx", "\"0.05", "\"0,05"),
    ("spdx", "\"ai_energyUnit\":\"kilowattHour\"", "\"ai_energyUnit\":null"),
    ("spdx", "\"ai_trainingEnergyConsumption\"", "\"ai_energyOfTraining\""),
    ("spdx", "\"created\":\"2026-", "\"created\":\"26-"), ("spdx", "\"core\"", "\"energy\""),
    ("spdx", "spdx-context.jsonld", "context.jsonld"), ("spdx", "\"@graph\"", "\"graph\""),
    ("spdx", "\"ai_AIPackage\"", "\"ai_Model\""), ("spdx", "\"creationInfo\":", "\"info\":"),
    ("boamps", "\"taskFamily\"", "\"family\""), ("boamps", "\"draft\"", "\"sketch\""),
    ("boamps", "\"token\"", "\"tokens\""), ("boamps", "\"powerConsumption\":0", "\"power\":0"),
    ("boamps", "\"nbComponent\":1", "\"nbComponent\":1.5"), ("boamps", "\"infraType\"", "\"type\""),
    ("boamps", "\"country\"", "\"place\""),
    ("boamps", "\"quality\":\"high\"", "\"quality\":\"best\""),
  ])
  func `a document with one thing wrong is refused`(
    name: String, right: String, wrong: String
  ) throws {
    try FormRecording().write("a.hippo", in: folder)
    let text = try form(name, ["a.hippo"])
    let parts = text.split(separator: right, omittingEmptySubsequences: false)
    try #require(parts.count > 1, "\(name) has no \(right)")
    let schema = try #require(try Self.schema(name))
    #expect(try !schema.faults(parts.joined(separator: wrong)).isEmpty, "\(right) as \(wrong)")
  }

  @Test(arguments: [
    ("\"required\": [\"a\"]", "{\"a\": 1}", true), ("\"required\": [\"a\"]", "{}", false),
    ("\"oneOf\": [{\"type\": \"number\"}, {\"minimum\": 3}]", "4", false),
    ("\"anyOf\": [{\"type\": \"number\"}, {\"minimum\": 3}]", "4", true),
    ("\"not\": {\"type\": \"null\"}", "null", false),
    ("\"if\": {\"minimum\": 1}, \"then\": {\"maximum\": 2}", "3", false),
    ("\"if\": {\"minimum\": 1}, \"then\": {\"maximum\": 2}", "0", true),
    ("\"additionalProperties\": false, \"properties\": {\"a\": true}", "{\"b\": 1}", false),
    (
      "\"allOf\": [{\"properties\": {\"a\": true}}], \"unevaluatedProperties\": false",
      "{\"a\": 1}", true
    ),
    (
      "\"allOf\": [{\"properties\": {\"a\": true}}], \"unevaluatedProperties\": false",
      "{\"a\": 1, \"b\": 1}", false
    ),
    (
      "\"anyOf\": [{\"required\": [\"c\"], \"properties\": {\"b\": true}}, true], "
        + "\"unevaluatedProperties\": false", "{\"b\": 1}", false
    ),
    ("\"uniqueItems\": true", "[1, 2, 1]", false), ("\"type\": \"integer\"", "1.5", false),
    ("\"items\": {\"enum\": [1, 2]}", "[1, 3]", false), ("\"const\": \"x\"", "\"y\"", false),
    ("\"pattern\": \"^a+$\"", "\"aab\"", false), ("\"minLength\": 2", "\"é\"", false),
    ("\"$ref\": \"#/$defs/n\", \"$defs\": {\"n\": {\"minItems\": 1}}", "[]", false),
  ])
  func `a schema says what it says`(rules: String, document: String, isValid: Bool) throws {
    let schema = try JSONSchema("a.json", of: [("a.json", Self.bytes(rules))])
    #expect(try schema.faults(document).isEmpty == isValid)
  }

  private static func bytes(_ rules: String) -> [UInt8] {
    Array("{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \(rules)}".utf8)
  }

  @Test(arguments: [
    "\"properties\": {\"x\": {\"multipleOf\": 3}}", "\"format\": \"hostname\"",
    "\"type\": \"float\"", "\"pattern\": \"(\"",
  ])
  func `a schema with anything unknown is not taken`(rules: String) {
    #expect(throws: (any Error).self) {
      try JSONSchema("a.json", of: [("a.json", Self.bytes(rules))])
    }
  }

  @Test func `a reference that leads nowhere is an error`() throws {
    let schema = try JSONSchema(
      "a.json", of: [("a.json", Self.bytes("\"$ref\": \"https://example.org/b.json\""))])
    #expect(throws: JSONSchema.Fault.self) { try schema.faults("1") }
  }
}
