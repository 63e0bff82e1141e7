import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// Processor power worked out from processor time.
@Suite struct LinearPowerSourceTests {
  private func source(_ argument: String, _ tree: FileTree) throws -> any DataSource {
    try SourceCatalogue.sensors.make(
      SourceRequest(kind: "model", argument: argument), in: tree.context)
  }

  /// The processor line of `/proc/stat` with so many ticks busy and idle.
  private func write(_ tree: FileTree, busy: Int, idle: Int) {
    tree.write("/proc/stat", "cpu  \(busy) 0 0 \(idle) 0 0 0 0 0 0\ncpu0 1 1 1 1\n")
  }

  @Test(arguments: [
    (0, 100, 10_000), (100, 0, 65_000), (50, 50, 37_500), (25, 75, 23_750), (1, 999, 10_055),
  ])
  func `Power lies on the straight line between idle and busy`(
    busy: Int, idle: Int, milliwatts: Int64
  ) throws {
    let tree = HostSourceTests.tree()
    var source = try source("10-65", tree)
    write(tree, busy: 1000, idle: 1000)
    #expect(try source.said(at: 0).readings.isEmpty, "the busy share needs two looks")
    write(tree, busy: 1000 + busy, idle: 1000 + idle)
    let said = try source.said(at: 1)
    #expect(said.steps(.power, of: "package-model") == milliwatts)
  }

  @Test func `It says that it is a model, and what of`() throws {
    let tree = HostSourceTests.tree()
    var source = try source("10.5-65", tree)
    write(tree, busy: 0, idle: 0)
    _ = try source.said(at: 0)
    write(tree, busy: 10, idle: 10)
    let said = try source.said(at: 1)
    let provenance = said.provenance(.power, of: "package-model")
    #expect(provenance?.method == .modelled)
    #expect(provenance?.note == "straight line from 10.5 W idle to 65 W busy, by processor time")
    #expect(said.devices.map(\.role) == [.processor])
    write(tree, busy: 20, idle: 20)
    let later = try source.said(at: 2)
    #expect(later.devices.isEmpty && later.series.isEmpty && later.readings.count == 1)
    #expect(source.probe().message.contains("modelled"))
  }

  @Test(arguments: [
    "", "10", "65-10", "10-10", "-10-65", "10--65", "10-65-", "a-b", "10-6000", "nan-65",
    "10-inf", "1-2-3", "10 - 65",
  ])
  func `What is no pair of powers is refused with an example`(argument: String) {
    let tree = HostSourceTests.tree()
    let error = #expect(throws: SourceRequestError.self) { try source(argument, tree) }
    #expect(error?.description.contains("model:10-65") == true)
  }
}
