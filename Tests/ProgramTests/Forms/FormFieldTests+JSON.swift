import Formats
import Telemetry
import TestSupport
import Testing

@testable import hippowatt

/// The forms that are JSON.
extension FormFieldTests {
  // MARK: JSON

  /// The leaves of a JSON text by their places; sentences and names that follow from the content are left
  /// to other tests.
  private func leaves(_ text: String) throws -> [String] {
    var found: [String] = []
    func walk(_ value: JSONValue, _ path: String) {
      if case .object = value {
        for (name, each) in value.members { walk(each, "\(path)/\(name)") }
      } else if let elements = value.elements {
        for (index, each) in elements.enumerated() { walk(each, "\(path)/\(index)") }
      } else if let number = value.number {
        found.append("\(path) \(FormNumber.decimal(number, digits: 6))")
      } else {
        let words = value.text ?? value.boolean.map { "\($0)" } ?? "null"
        found.append("\(path) \(words.contains("urn:uuid:") ? "urn" : words)")
      }
    }
    walk(try JSONValue(Array(text.utf8)), "")
    return found
  }

  @Test func `boamps, field by field`() throws {
    let sentences = ["/task/taskDescription", "/measurementMethod", "/reportId", "/version"]
    func fields(_ arguments: [String]) throws -> [String] {
      try leaves(form("boamps", arguments)).filter { field in
        !sentences.contains { field.split(separator: " ")[0].hasSuffix($0) }
      }
    }
    let uri = "https://github.com/Boavizta/BoAmps/tree/main/model"
    #expect(
      try fields(Self.mlperf) == [
        "/environment/country Germany", "/environment/powerSourceCarbonIntensity 344.100",
        "/header/formatVersion 0.1", "/header/formatVersionSpecificationUri \(uri)",
        "/header/reportDatetime 2026-03-14 09:20:27", "/header/reportStatus draft",
        "/infrastructure/components/0/componentType machine",
        "/infrastructure/components/0/nbComponent 1.00000", "/infrastructure/infraType other",
        "/measures/0/measurementDateTime 2026-03-14 09:20:01",
        "/measures/0/measurementDuration 26.0000", "/measures/0/powerConsumption 0.0158333",
        // ± 7.5 % is within the 10 % of “high”.
        "/quality high", "/task/algorithms/0/algorithmName bert",
        "/task/algorithms/0/framework MLPerf", "/task/algorithms/0/parametersNumber 0.334000",
        "/task/dataset/0/dataQuantity 1331200", "/task/dataset/0/dataType token",
        "/task/dataset/0/dataUsage input", "/task/taskFamily unknown", "/task/taskStage training",
      ])
    let three = try fields(Self.three)
    let starts = ["14:13:20", "14:25:00", "14:36:40"]
    #expect(
      three.filter { $0.hasPrefix("/measures") }
        == starts.enumerated().flatMap { index, start in
          [
            "/measures/\(index)/gpuTrackingMode counters",
            "/measures/\(index)/measurementDateTime 2026-09-21 \(start)",
            "/measures/\(index)/measurementDuration 600.000",
            "/measures/\(index)/powerConsumption 0.0500000",
          ]
        })
    // A single inference's mean, and how many there were.
    let serving = try fields(["serve.hippo"]).filter { $0.hasPrefix("/task/") }
    #expect(
      serving == [
        "/task/algorithms/0/algorithmName train.py", "/task/algorithms/0/framework vLLM",
        "/task/algorithms/0/parametersNumber 0.124476", "/task/dataset/0/dataQuantity 120.000",
        "/task/dataset/0/dataType token", "/task/dataset/0/dataUsage input",
        "/task/dataset/1/dataQuantity 80.0000", "/task/dataset/1/dataType token",
        "/task/dataset/1/dataUsage output", "/task/nbRequest 300.000", "/task/taskFamily unknown",
        "/task/taskStage inference",
      ])
  }

  @Test func `cyclonedx, field by field`() throws {
    let place =
      "/components/0/modelCard/considerations/environmentalConsiderations/energyConsumptions/"
    func fields(_ arguments: [String]) throws -> [String] {
      try leaves(form("cyclonedx", arguments)).filter { !$0.contains("/properties/") }
    }
    func energy(_ index: Int, _ activity: String, _ kWh: String, _ tonnes: String) -> [String] {
      [
        "\(index)/activity \(activity)", "\(index)/activityEnergyCost/unit kWh",
        "\(index)/activityEnergyCost/value \(kWh)", "\(index)/co2CostEquivalent/unit tCO2eq",
        "\(index)/co2CostEquivalent/value \(tonnes)",
        "\(index)/energyProviders/0/description who supplied it, and from what source, was not "
          + "recorded", "\(index)/energyProviders/0/energyProvided/unit kWh",
        "\(index)/energyProviders/0/energyProvided/value \(kWh)",
        "\(index)/energyProviders/0/energySource unknown",
        "\(index)/energyProviders/0/organization/name unknown",
      ].map { place + $0 }
    }
    func frame(_ name: String, _ time: String, _ energies: [String]) -> [String] {
      [
        "/$schema http://cyclonedx.org/schema/bom-1.6.schema.json", "/bomFormat CycloneDX",
        "/components/0/bom-ref model",
      ] + energies + [
        "/components/0/name \(name)", "/components/0/type machine-learning-model",
        "/metadata/timestamp \(time)", "/metadata/tools/components/0/name hippowatt",
        "/metadata/tools/components/0/type application",
        "/metadata/tools/components/0/version \(Version.string)", "/serialNumber urn",
        "/specVersion 1.6", "/version 1.00000",
      ]
    }
    #expect(
      try fields(Self.mlperf)
        == frame(
          "bert", "2026-03-14T09:20:27Z", energy(0, "training", "0.0158333", "0.00000544825")))
    #expect(
      try fields(Self.three + ["serve.hippo"])
        == frame(
          "train.py", "2026-09-21T15:13:20Z",
          energy(0, "training", "0.150000", "0.00000660000")
            + energy(1, "inference", "0.0500000", "0.00000220000")))
  }

  @Test func `spdx, field by field`() throws {
    func fields(_ arguments: [String]) throws -> [String] {
      try leaves(form("spdx", arguments)).filter { field in
        field.hasPrefix("/@graph/3/") && !field.contains("/comment ")
          && !field.contains("/ai_informationAboutTraining ")
      }.map { String($0.dropFirst(10)) }
    }
    func energy(_ stage: String, _ quantity: String) -> [String] {
      [
        "ai_energyConsumption/ai_\(stage)EnergyConsumption/0/ai_energyQuantity \(quantity)",
        "ai_energyConsumption/ai_\(stage)EnergyConsumption/0/ai_energyUnit kilowattHour",
        "ai_energyConsumption/ai_\(stage)EnergyConsumption/0/type ai_EnergyConsumptionDescription",
      ]
    }
    func frame(_ name: String, _ energies: [String]) -> [String] {
      energies + [
        "ai_energyConsumption/type ai_EnergyConsumption", "creationInfo _:creationinfo",
        "name \(name)", "software_primaryPurpose model", "spdxId urn", "type ai_AIPackage",
      ]
    }
    #expect(try fields(Self.mlperf) == frame("bert", energy("training", "0.0158333333")))
    #expect(
      try fields(Self.three + ["serve.hippo"])
        == frame(
          "train.py", energy("inference", "0.0500000000") + energy("training", "0.150000000")))
    #expect(
      try fields(Self.three + ["--training-type", "fine-tuning"])
        == frame("train.py", energy("finetuning", "0.150000000")))
  }

  /// The members are those that the score's own summary writes, and some more.
  @Test func `energy-score, field by field`() throws {
    let queries = try form("energy-score", ["serve.hippo"]).split(separator: "\n")
    #expect(queries.prefix(2) == ["GPU_ENERGY_WH.txt:", "166.67"])
    let fields = try leaves(String(queries[3])).filter { !$0.contains("method") }
    #expect(
      fields == [
        "/decode_wh 125.000", "/format hippowatt", "/prefill_wh 41.6667", "/preprocess_wh null",
        "/queries 1000.00", "/recordings/0 serve.hippo", "/simulated false", "/stars null",
        "/stars_unknown_because they are given for runs of the score's own protocol only",
        "/total 166.667", "/units Wh",
      ])
    let training = try form("energy-score", Self.mlperf)
    #expect(training.hasPrefix("GPU_ENERGY_WH.txt:\nunknown\n"))
    #expect(training.contains("\"total\":null") && training.contains("it is a score of serving"))
  }
}
