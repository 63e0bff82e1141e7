import Formats
import Telemetry
import TestSupport
import Testing

@testable import hippowatt

/// Every field of every form, for an imported run of MLPerf and for three runs of which one failed.
///
/// The numbers that are expected here are counted from what was written down, beside each of them; a field
/// that is not named here is an error.
@Suite struct FormFieldTests {
  let folder: Folder
  static let three = ["crashed.hippo", "resumed.hippo", "done.hippo"]

  init() throws {
    folder = try Folder()
    // A GPU at 300 W for ten minutes, a thousand tokens a second by 124 475 904 parameters, 44 g/kWh.
    var run = FormRecording(ending: .crashed)
    try run.write("crashed.hippo", in: folder)
    run = FormRecording(offset: 700)
    try run.write("resumed.hippo", in: folder)
    run = FormRecording(offset: 1400, ending: .finished)
    try run.write("done.hippo", in: folder)
    try FormRecording(offset: 3000, isServing: true).write("serve.hippo", in: folder)
    // 26 seconds at the plug from 09:20:01 to 09:20:27: 57 kJ; 5 200 samples of 256 tokens.
    let logs = ["power/mlperf-power-log.txt", "logs/mlperf.log"].map(Fixtures.path)
    let result = try Program.run(
      ["import", "-o", "mlperf.hippo", "--machine", "node_0", "--country", "DE"] + logs, in: folder)
    try #require(result.status == 0, "\(result.errors)")
  }

  func form(_ name: String, _ arguments: [String]) throws -> String {
    let result = try Program.run(["report"] + arguments + ["--format", name], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(name): \(result.errors)")
    return result.output
  }

  /// The fields of a form in Markdown: those of all its tables but the recordings', with their answers.
  func answers(_ name: String, _ arguments: [String]) throws -> [String] {
    let rows = try form(name, arguments).split(separator: "\n").filter { $0.hasPrefix("| ") }
    let cells = rows.map { row in
      row.dropFirst(2).dropLast(2).split(separator: " | ", omittingEmptySubsequences: false)
        .map { String($0.filter { $0 != "\\" }) }
    }
    // Each answer rests on something, and what is unknown has its reason.
    for row in cells where row.count == 3 {
      #expect(!row[2].isEmpty, "\(row)")
      #expect((row[1] == "unknown") == row[2].hasPrefix("because "), "\(row)")
    }
    return cells.filter { $0.count == 3 && $0[0] != "field" }.map { "\($0[0]): \($0[1])" }
  }

  static let mlperf = [
    "mlperf.hippo", "--params", "334M", "--training-type", "pre-training", "--model-name", "bert",
  ]

  // MARK: Markdown

  @Test func `gpai, field by field`() throws {
    #expect(
      try answers("gpai", Self.mlperf) == [
        "Model name: bert", "Total model size (parameters): 3.34 × 10^8",
        "Total model size (range): 1-500M", "type of training: pre-training",
        "Training time (range): Less than 1 month",
        // 26 s over 86 400.
        "Training time (wall clock days): 0.000301", "Training time (hardware days): unknown",
        "hardware used: unknown",
        // 6 × 334e6 × 1 331 200.
        "Amount of computation used for training (FLOP): 2.67 × 10^15",
        // 57 kJ over 3.6e9.
        "Amount of energy used for training (MWh): 0.0000158",
        "computation for one token of inference (FLOP): unknown",
        "Benchmarked amount of computation used for inference (FLOP): unknown",
      ])
    #expect(
      try answers("gpai", Self.three) == [
        "Model name: train.py", "Total model size (parameters): 1.24 × 10^8",
        "Total model size (range): 1-500M", "type of training: unknown",
        "Training time (range): Less than 1 month", "Training time (wall clock days): 0.0208",
        "Training time (hardware days): 0.0208 NVIDIA H100 80GB HBM3 days",
        "hardware used: NVIDIA H100 80GB HBM3",
        "Amount of computation used for training (FLOP): 1.34 × 10^15",
        "Amount of energy used for training (MWh): 0.000150",
        "computation for one token of inference (FLOP): unknown",
        "Benchmarked amount of computation used for inference (FLOP): unknown",
      ])
  }

  @Test func `sci, field by field`() throws {
    let part = "(operational part only)"
    #expect(
      try answers("sci", Self.mlperf) == [
        // 344.1 g/kWh is the year's mean of Germany; 0.0158 kWh of it over 1 331 200 tokens.
        "software: bert", "E, energy (kWh): 0.0158", "I, intensity (g CO2e/kWh): 344",
        "M, making the hardware (g CO2e): unknown",
        "C = E × I, operational part only (g CO2e): 5.45", "R, functional unit: training token",
        "R, count: 1.33 × 10^6", "SCI: 4.09 × 10^-6 g CO2e per training token \(part)",
        "scope 2 (g CO2): unknown",
      ])
    #expect(
      try answers("sci", Self.three + ["--per", "flop"]) == [
        "software: train.py", "E, energy (kWh): 0.150", "I, intensity (g CO2e/kWh): 44.0",
        "M, making the hardware (g CO2e): unknown",
        "C = E × I, operational part only (g CO2e): 6.60", "R, functional unit: FLOP",
        "R, count: 1.34 × 10^15", "SCI: 4.92 × 10^-15 g CO2e per FLOP \(part)",
        "scope 2 (g CO2): unknown",
      ])
  }

  @Test func `sci-ai, field by field`() throws {
    let part = "(operational part only)"
    let own = "what is in it: these recordings"
    #expect(
      try answers("sci-ai", Self.mlperf) == [
        "E, energy (kWh): 0.0158", "I, intensity (g CO2e/kWh): 344",
        "M, making the hardware (g CO2e): unknown",
        "C = E × I, operational part only (g CO2e): 5.45", "functional unit: training token",
        "per FLOP (effective): 2.04 g CO2e per 10^15 FLOP \(part)",
        "per training token (gross): 0.00409 g CO2e per 1 000 tokens \(part)",
        "per parameter (gross): 16.3 g CO2e per 10^9 parameters \(part)", own,
      ])
    let both = try answers("sci-ai", Self.three + ["serve.hippo"])
    #expect(
      both == [
        "E, energy (kWh): 0.150", "I, intensity (g CO2e/kWh): 44.0",
        "M, making the hardware (g CO2e): unknown",
        "C = E × I, operational part only (g CO2e): 6.60", "functional unit: training token",
        "per FLOP (effective): 4.92 g CO2e per 10^15 FLOP \(part)",
        "per training token (gross): 0.00367 g CO2e per 1 000 tokens \(part)",
        "per parameter (gross): 53.0 g CO2e per 10^9 parameters \(part)", own,
        // The consumer's score: 2.2 g over 24 000 output tokens and 300 requests.
        "E, energy (kWh): 0.0500", "I, intensity (g CO2e/kWh): 44.0",
        "M, making the hardware (g CO2e): unknown",
        "C = E × I, operational part only (g CO2e): 2.20", "functional unit: output token",
        "per output token: 91.7 g CO2e per 1 000 000 output tokens \(part)",
        "per request: 7.33 g CO2e per 1 000 requests \(part)", own,
      ])
  }

  // MARK: One number everywhere

  /// What `report` says of each recording as JSON is what every form says of all of them.
  @Test(arguments: [["mlperf.hippo"], three, ["serve.hippo"]])
  func `the numbers of all forms are those of report`(files: [String]) throws {
    var (joules, grams, seconds) = (0.0, 0.0, 0.0)
    for file in files {
      let own = try JSONValue(Array(form("json", [file]).utf8))
      joules += try #require(own["joules"]?.number)
      grams += try #require(own["grams_co2e"]?.number)
      seconds += try #require(own["seconds"]?.number)
      #expect(try form("text", [file]).contains(file == "mlperf.hippo" ? " 57.0 kJ" : " 50.0 Wh"))
    }
    let kWh = joules / 3.6e6
    func near(_ text: String, _ value: Double) -> Bool { text == FormNumber.decimal(value) }
    let sci = FormRows(try form("sci", files))
    #expect(near(sci["E, energy (kWh)"][0], kWh))
    #expect(near(sci["C = E × I, operational part only (g CO2e)"][0], grams))
    #expect(near(FormRows(try form("sci-ai", files))["E, energy (kWh)"][0], kWh))
    if files != ["serve.hippo"] {
      let gpai = FormRows(try form("gpai", files))
      #expect(near(gpai["Amount of energy used for training (MWh)"][0], kWh / 1000))
      #expect(near(gpai["Training time (wall clock days)"][0], seconds / 86_400))
    }
    // Fifteen digits are written.
    func alike(_ told: Double?, _ right: Double) -> Bool {
      told.map { abs($0 - right) <= 1e-14 * abs(right) } ?? false
    }
    let card = try JSONValue(Array(form("cyclonedx", files).utf8))["components"]?.elements?[0]
    let spent = card?["modelCard"]?["considerations"]?["environmentalConsiderations"]?[
      "energyConsumptions"]?.elements?[0]
    #expect(alike(spent?["activityEnergyCost"]?["value"]?.number, kWh))
    #expect(alike(spent?["co2CostEquivalent"]?["value"]?.number, grams / 1e6))
    let measures = try JSONValue(Array(form("boamps", files).utf8))["measures"]?.elements ?? []
    let sum = measures.reduce(0) { $0 + ($1["powerConsumption"]?.number ?? .nan) }
    #expect(abs(sum / kWh - 1) < 1e-12)
    let spdx = try form("spdx", files)
    #expect(spdx.contains("\"ai_energyQuantity\":\"\(FormNumber.decimal(kWh, digits: 9))\""))
  }
}
