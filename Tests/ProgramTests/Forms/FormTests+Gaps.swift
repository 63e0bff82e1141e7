import Formats
import Glibc
import Telemetry
import TestSupport
import Testing

/// What a form says of what is not known.
extension FormTests {
  private struct Gap {
    var change: (inout FormRecording) -> Void
    var field: String
    var reason: String
  }

  @Test func `what is not known has its reason and is no number`() throws {
    let gaps = [
      Gap(
        change: { $0.powerUntil = 300 }, field: "Amount of energy used for training (MWh)",
        reason:
          "because gap.hippo knows its power for only 50 % of its time (what was recorded adds "
          + "up to 0.0250 kWh)"),
      Gap(
        change: { $0.powerUntil = 0 }, field: "Amount of energy used for training (MWh)",
        reason: "because gap.hippo tells no power"),
      Gap(
        change: { $0.attributes = [:] }, field: "Amount of computation used for training (FLOP)",
        reason: "because the parameters of train.py in gap.hippo are not known (state them with "
          + "--params)"),
      Gap(
        change: { $0.attributes["world_size"] = "4" },
        field: "Amount of energy used for training (MWh)",
        reason: "because train.py in gap.hippo runs on 4 devices, and only 1 of them were recorded "
          + "(what was recorded adds up to 0.0500 kWh)"),
      Gap(
        change: { $0.attributes["world_size"] = "4" },
        field: "Training time (hardware days)",
        reason: "because train.py in gap.hippo runs on 4 devices, and only 1 of them were recorded"),
    ]
    for gap in gaps {
      var recording = FormRecording()
      gap.change(&recording)
      try recording.write("gap.hippo", in: folder)
      let row = FormRows(try form("gpai", ["gap.hippo"]))[gap.field]
      #expect(row == ["unknown", gap.reason])
      #expect(try Program.run(["report", "gap.hippo"], in: folder).status == 0)
      unlink(folder.file("gap.hippo"))
    }
  }

  @Test func `tokens that are scaled by the steps are called so`() throws {
    try FormRecording(tokensUntil: 200).write("run.hippo", in: folder)
    let row = FormRows(try form("gpai", ["run.hippo"]))[
      "Amount of computation used for training (FLOP)"]
    #expect(row.last?.contains("In part scaled by the steps") == true, "\(row)")
  }

  @Test func `without a grid there are no grams`() throws {
    try FormRecording(hasGrid: false).write("run.hippo", in: folder)
    let rows = FormRows(try form("sci", ["run.hippo"]))
    for field in ["I, intensity (g CO2e/kWh)", "SCI"] {
      #expect(
        rows[field] == ["unknown", "because run.hippo tells no carbon intensity of a grid"])
    }
    #expect(rows["E, energy (kWh)"].first == "0.0500")
    let bom = try form("cyclonedx", ["run.hippo"])
    #expect(!bom.contains("co2CostEquivalent") && bom.contains("tells no carbon intensity"))
  }

  @Test func `nodes of one job add their joules and not its tokens`() throws {
    for machine in ["a", "b"] {
      let attributes = ["parameters": "124475904", "world_size": "2"]
      try FormRecording(machine: machine, attributes: attributes)
        .write("\(machine).hippo", in: folder)
    }
    let rows = FormRows(try form("gpai", ["a.hippo", "b.hippo"]))
    #expect(rows["Amount of energy used for training (MWh)"].first == "0.000100")
    #expect(rows["Training time (wall clock days)"].first == "0.00694")
    #expect(rows["Training time (hardware days)"].first == "0.0139 NVIDIA H100 80GB HBM3 days")
    #expect(rows["Amount of computation used for training (FLOP)"].first == "unknown")
    #expect(
      rows["Amount of computation used for training (FLOP)"].last?.contains("counted twice") == true
    )
  }

  @Test func `modelled joules carry their sign everywhere`() throws {
    try FormRecording(method: .modelled).write("run.hippo", in: folder)
    let rows = FormRows(try form("gpai", ["run.hippo"]))
    #expect(rows["Amount of energy used for training (MWh)"].first == "≈ 0.0000500")
    #expect(
      rows["Amount of energy used for training (MWh)"].last?.contains("modelled, at least in part")
        == true)
    #expect(FormRows(try form("sci", ["run.hippo"]))["SCI"].first?.hasPrefix("≈ ") == true)
    #expect(try form("cyclonedx", ["run.hippo"]).contains("modelled, at least in part"))
    #expect(!(try form("boamps", ["run.hippo"]).contains("\"quality\"")))
  }
}
