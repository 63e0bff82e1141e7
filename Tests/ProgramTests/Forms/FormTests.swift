import Formats
import Glibc
import Telemetry
import TestSupport
import Testing

@testable import hippowatt

/// Published forms that are filled in from recordings: each number is the recordings' own, each gap has
/// its reason.
@Suite struct FormTests {
  let folder: Folder
  static let three = ["crashed.hippo", "resumed.hippo", "done.hippo"]

  init() throws { folder = try Folder() }

  func writeThree() throws {
    var run = FormRecording()
    run.ending = .crashed
    try run.write("crashed.hippo", in: folder)
    run = FormRecording(offset: 700)
    try run.write("resumed.hippo", in: folder)
    run.offset = 1400
    run.ending = .finished
    try run.write("done.hippo", in: folder)
  }

  func form(_ name: String, _ files: [String], _ more: String...) throws -> String {
    let result = try Program.run(["report"] + files + ["--format", name] + more, in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(name): \(result.errors)")
    return result.output
  }

  /// A member of what `report --format json` says of a file.
  func own(_ member: String, _ file: String) throws -> Double {
    let json = try JSONValue(Array(try form("json", [file]).utf8))
    return try #require(json[member]?.number, "\(member) of \(file)")
  }

  func sum(_ member: String) throws -> Double {
    try Self.three.reduce(0) { $0 + (try own(member, $1)) }
  }

  /// The tokens of the jobs, as `report --format json` tells them.
  func tokens() throws -> Double {
    try Self.three.reduce(0) { sum, file in
      let json = try JSONValue(Array(try form("json", [file]).utf8))
      return sum + (try #require(json["jobs"]?.elements?.first?["tokens"]?.number))
    }
  }

  // MARK: Values

  /// Three runs of 300 W for ten minutes are 540 kJ, 1.797 million tokens between reports that tell something new, and 6 N operations for each.
  @Test func `gpai adds up all runs, the failed one too`() throws {
    try writeThree()
    #expect(try sum("joules") == 540_000 && tokens() == 3 * 599_000)
    let text = try form("gpai", Self.three)
    let rows = FormRows(text)
    #expect(rows["Amount of energy used for training (MWh)"].first == "0.000150")
    #expect(rows["Amount of computation used for training (FLOP)"].first == "1.34 × 10^15")
    #expect(
      rows["Amount of computation used for training (FLOP)"].last?.contains("6N, without attention")
        == true)
    #expect(rows["Total model size (parameters)"].first == "1.24 × 10^8")
    #expect(rows["Training time (wall clock days)"].first == "0.0208")
    #expect(rows["Training time (hardware days)"].first == "0.0208 NVIDIA H100 80GB HBM3 days")
    #expect(rows["Training time (range)"].first == "Less than 1 month")
    #expect(rows["hardware used"].first == "NVIDIA H100 80GB HBM3")
    #expect(rows["crashed.hippo"].contains("job ended by an error: OOM"), "\(text)")
    #expect(rows["resumed.hippo"].contains("end not recorded"))
    #expect(rows["done.hippo"].contains("training: train.py"))
    let method = rows["Amount of energy used for training (MWh)"].last ?? ""
    for part in [
      "Sum of 3 recordings, read from energy counters",
      "Boundary: 1 accelerator board, and nothing",
      "Known for 100 % of the time", "(PUE) is not in it: none is set",
    ] {
      #expect(method.contains(part), "\(part) in \(method)")
    }
    for unknown in ["type of training", "computation for one token of inference (FLOP)"] {
      #expect(rows[unknown].first == "unknown" && rows[unknown].last?.hasPrefix("because") == true)
    }
  }

  @Test func `sci is energy times intensity and making, per unit`() throws {
    try writeThree()
    folder.write("[site]\npue = 1.2\n", to: "config.toml")
    let rows = FormRows(
      try form(
        "sci", Self.three, "--config", "config.toml", "--embodied-kg", "1461", "--lifetime-years",
        "4", "--reserved-share", "0.5"))
    // 540 kJ are 0.15 kWh, 0.18 with the overhead, 7.92 g; 1461 kg over 1461 days are 1 kg a day.
    #expect(rows["E, energy (kWh)"].first == "0.180")
    #expect(rows["E, energy (kWh)"].last?.contains("Times the PUE of the settings, 1.2") == true)
    #expect(rows["I, intensity (g CO2e/kWh)"].first == "44.0")
    #expect(rows["I, intensity (g CO2e/kWh)"].last?.contains("not a scope 2 figure") == true)
    #expect(rows["M, making the hardware (g CO2e)"].first == "10.4")
    #expect(rows["C = (E × I) + M (g CO2e)"].first == "18.3")
    #expect(rows["R, count"].first == "1.80 × 10^6")
    #expect(rows["SCI"].first == "1.02 × 10^-5 g CO2e per training token")
    #expect(rows["scope 2 (g CO2)"].first == "unknown")
    let bare = FormRows(try form("sci", Self.three, "--per", "step"))
    #expect(bare["M, making the hardware (g CO2e)"].first == "unknown")
    #expect(bare["SCI"].first == "0.00367 g CO2e per step (operational part only)")
  }

  @Test func `sci-ai has a score of making the model and one of using it`() throws {
    try writeThree()
    try FormRecording(offset: 3000, isServing: true).write("serve.hippo", in: folder)
    let text = try form("sci-ai", Self.three + ["serve.hippo"])
    let rows = FormRows(text)
    let part = " (operational part only)"
    // 6.6 g over 1.342e15 FLOP, 1.797e6 tokens, 0.1245e9 parameters.
    #expect(rows["per FLOP (effective)"].first == "4.92 g CO2e per 10^15 FLOP" + part)
    #expect(rows["per training token (gross)"].first == "0.00367 g CO2e per 1 000 tokens" + part)
    #expect(rows["per parameter (gross)"].first == "53.0 g CO2e per 10^9 parameters" + part)
    // 2.2 g over 24 000 output tokens and 300 requests.
    #expect(rows["per output token"].first == "91.7 g CO2e per 1 000 000 output tokens" + part)
    #expect(rows["per request"].first == "7.33 g CO2e per 1 000 requests" + part)
    #expect(rows["per FLOP (effective)"].last?.contains("Effective") == true)
  }

  @Test func `gpai tells the operations of a benchmark of the server`() throws {
    try FormRecording(isServing: true).write("serve.hippo", in: folder)
    let rows = FormRows(try form("gpai", ["serve.hippo"]))
    #expect(rows["computation for one token of inference (FLOP)"].first == "2.49 × 10^8")
    // 60 000 tokens, prompt and output.
    #expect(
      rows["Benchmarked amount of computation used for inference (FLOP)"].first == "1.49 × 10^13")
    #expect(rows["Amount of energy used for training (MWh)"].first == "unknown")
  }

  @Test func `the energy score is GPU watt-hours for a thousand queries, without stars`() throws {
    try FormRecording(isServing: true).write("serve.hippo", in: folder)
    // 180 kJ for 300 requests are 600 J each, 166.67 Wh for a thousand.
    let text = try form("energy-score", ["serve.hippo"])
    #expect(text.hasPrefix("GPU_ENERGY_WH.txt:\n166.67\n\nGPU_ENERGY_SUMMARY.json:\n{"), "\(text)")
    #expect(try form("energy-score", ["serve.hippo"], "--output", ".").isEmpty)
    #expect(folder.text("GPU_ENERGY_WH.txt") == "166.67\n")
    let json = try JSONValue(Array(try #require(folder.text("GPU_ENERGY_SUMMARY.json")).utf8))
    let total = try #require(json["total"]?.number)
    #expect(abs(total - 600.0 * 1000 / 3600) < 1e-9)
    #expect(json["units"]?.text == "Wh" && json["stars"]?.number == nil)
    #expect(abs((json["prefill_wh"]?.number ?? 0) - total / 4) < 1e-9)
    #expect(abs((json["decode_wh"]?.number ?? 0) - total * 3 / 4) < 1e-9)
    #expect(json["preprocess_wh"]?.number == nil)
  }

  /// The first run begins at 14:13:20, the third at 14:36:40 and ends in the hour after at 14:46:40; a
  /// fourth one draws 300 W from 14:53:20 to 15:03:20.
  @Test func `contracts count hour by hour and in no other figure`() throws {
    try writeThree()
    try FormRecording(offset: 2400).write("late.hippo", in: folder)
    let files = Self.three + ["late.hippo"]
    let head = "time,kWh\n2026-09-21T14:00:00Z,"
    // 660 kJ are drawn in the first hour and 60 kJ in the second.
    folder.write(head + "9\n2026-09-21T15:00:00Z,0\n", to: "a.csv")
    folder.write(head + "0.0916666666667\r\n2026-09-21T17:00:00+02:00,9\r\n", to: "b.csv")
    folder.write(head + "9\n", to: "c.csv")
    let plain = try form("sci", files)
    for (file, score) in [("a.csv", "92"), ("b.csv", "54"), ("c.csv", "unknown")] {
      let text = try form("sci", files, "--contract", file)
      let row = FormRows(text)["24/7 carbon-free energy score (%)"]
      #expect(row.first == score, "\(file): \(row)")
      #expect(text.hasPrefix(plain))
    }
    let gap = FormRows(try form("gpai", files, "--contract", "c.csv"))
    #expect(
      gap["24/7 carbon-free energy score (%)"].last
        == "because c.csv has no line for the hour 2026-09-21T15:00:00Z")
    for (text, words) in [
      ("time,J\n", "line 1"), (head + "x\n", "line 2: “x” is no energy"),
      ("time,kWh\n2026-09-21T14:00,1\n", "line 2: write a time with its zone"),
      (head + "1\n2026-09-21T14:30:00Z,1\n", "line 3: 2026-09-21T14:30:00Z is not the beginning"),
      (head + "1\n2026-09-21T14:00:00Z,1\n", "line 3: the hour"), (head + "-1\n", "line 2"),
    ] {
      folder.write(text, to: "wrong.csv")
      let result = try Program.run(
        ["report"] + files + ["--format", "sci", "--contract", "wrong.csv"], in: folder)
      #expect(result.status == 1 && result.errorLines.count == 1 && result.output.isEmpty)
      #expect(result.errors.contains("wrong.csv: \(words)"), "\(result.errors)")
    }
  }

  // MARK: JSON documents

  /// Names, types and words by bom-1.6.schema.json.
  @Test func `cyclonedx has the fields of its model card`() throws {
    try writeThree()
    let bom = try JSONValue(
      Array(try form("cyclonedx", Self.three, "--training-type", "fine-tuning").utf8))
    #expect(bom["bomFormat"]?.text == "CycloneDX" && bom["specVersion"]?.text == "1.6")
    let serial = try #require(bom["serialNumber"]?.text)
    #expect(serial.hasPrefix("urn:uuid:") && serial.utf8.count == 45)
    #expect(bom["metadata"]?["timestamp"]?.text == "2026-09-21T14:46:40Z")
    let model = try #require(bom["components"]?.elements?.first)
    #expect(model["type"]?.text == "machine-learning-model" && model["name"]?.text == "train.py")
    let environment = model["modelCard"]?["considerations"]?["environmentalConsiderations"]
    let energy = try #require(environment?["energyConsumptions"]?.elements)
    #expect(energy.count == 1 && energy[0]["activity"]?.text == "fine-tuning")
    #expect(energy[0]["activityEnergyCost"]?["value"]?.number == (try sum("joules")) / 3.6e6)
    #expect(energy[0]["activityEnergyCost"]?["unit"]?.text == "kWh")
    #expect(
      energy[0]["co2CostEquivalent"]?["value"]?.number == (try sum("grams_co2e")) / 1e6)
    #expect(energy[0]["co2CostEquivalent"]?["unit"]?.text == "tCO2eq")
    let provider = try #require(energy[0]["energyProviders"]?.elements?.first)
    #expect(provider["energySource"]?.text == "unknown")
    #expect(provider["organization"]?["name"]?.text == "unknown")
    #expect(provider["energyProvided"]?["unit"]?.text == "kWh")
    let allowed = [
      "activity", "activityEnergyCost", "co2CostEquivalent", "energyProviders", "properties",
    ]
    #expect(energy[0].members.map(\.name) == allowed)
  }

  /// Names and types by the JSON schema of SPDX 3.0.1.
  @Test func `spdx has the energy of its AI package`() throws {
    try writeThree()
    let text = try form("spdx", Self.three, "--training-type", "pre-training")
    let document = try JSONValue(Array(text.utf8))
    #expect(document["@context"]?.text == "https://spdx.org/rdf/3.0.1/spdx-context.jsonld")
    let graph = try #require(document["@graph"]?.elements)
    #expect(
      graph.map { $0["type"]?.text }
        == ["CreationInfo", "SoftwareAgent", "SpdxDocument", "ai_AIPackage"])
    #expect(graph[0]["specVersion"]?.text == "3.0.1")
    let package = graph[3]
    let energy = try #require(
      package["ai_energyConsumption"]?["ai_trainingEnergyConsumption"]?.elements?.first)
    #expect(energy["type"]?.text == "ai_EnergyConsumptionDescription")
    #expect(energy["ai_energyQuantity"]?.text.flatMap(Double.init) == 0.15)
    #expect(energy["ai_energyUnit"]?.text == "kilowattHour")
    let ids = graph.compactMap { $0["spdxId"]?.text }
    #expect(Set(ids).count == 3 && ids.allSatisfy { $0.hasPrefix("urn:uuid:") })
    #expect(graph[2]["rootElement"]?.elements?.first?.text == package["spdxId"]?.text)
    // It does not claim the profile whose fields it cannot fill.
    #expect(graph[2]["profileConformance"]?.elements?.compactMap(\.text) == ["core", "software"])
  }

  /// Names and types by report_schema.json and its four companions.
  @Test func `boamps has a measure of each recording`() throws {
    try writeThree()
    let report = try JSONValue(Array(try form("boamps", Self.three).utf8))
    #expect(report["task"]?["taskStage"]?.text == "training")
    let algorithm = report["task"]?["algorithms"]?.elements?.first
    #expect(algorithm?["parametersNumber"]?.number == 0.124475904)
    let data = report["task"]?["dataset"]?.elements?.first
    #expect(data?["dataUsage"]?.text == "input" && data?["dataType"]?.text == "token")
    #expect(data?["dataQuantity"]?.number == (try tokens()))
    let measures = try #require(report["measures"]?.elements)
    #expect(measures.count == 3)
    for (measure, file) in zip(measures, Self.three) {
      #expect(measure["powerConsumption"]?.number == (try own("joules", file)) / 3.6e6)
      #expect(measure["measurementDuration"]?.number == (try own("seconds", file)))
      #expect(measure["gpuTrackingMode"]?.text == "counters")
    }
    #expect(measures[0]["measurementDateTime"]?.text == "2026-09-21 14:13:20")
    let part = report["infrastructure"]?["components"]?.elements?.first
    #expect(part?["componentType"]?.text == "gpu" && part?["nbComponent"]?.number == 1)
    #expect(
      report["environment"]?["powerSourceCarbonIntensity"]?.number.map { abs($0 - 44) < 1e-9 }
        == true)
    #expect(report["quality"]?.text == "high")
  }

  @Test func `a model card says what kind of training it was, or that nobody told`() throws {
    try FormRecording().write("run.hippo", in: folder)
    let stated = try form("markdown", ["run.hippo"], "--training-type", "pre-training")
    #expect(stated.contains("  training_type: pre-training\n"))
    #expect(
      try form("markdown", ["run.hippo"]).contains(
        "  training_type: unknown  # because the recording"))
    try FormRecording(isServing: true).write("serve.hippo", in: folder)
    #expect(try form("markdown", ["serve.hippo"]).contains("  # no training_type: "))
  }
}
