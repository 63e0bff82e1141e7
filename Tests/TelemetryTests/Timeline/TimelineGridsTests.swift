import Telemetry
import Testing

/// A session without what was said of its grid.
@Suite struct TimelineGridsTests {
  @Test
  func `Without its grids a session is the same, and another grid of the same name begins anew`() {
    let time = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
    let grid = DeviceID(machine: "", kind: .grid, name: "FR")
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "0")
    var timeline = Timeline()
    for (device, metric, value) in [
      (grid, Metric.renewableShare, 0.25), (gpu, .power, 300.0),
    ] {
      timeline.apply(.device(Device(id: device, label: device.name)))
      var reading = Reading(device: device, time: time)
      reading.set(metric, value)
      timeline.apply(.reading(reading))
    }
    var statement = GridStatement(
      device: grid, span: TimeSpan(time, time + 900), said: time, quality: .measured)
    statement.set(.renewableShare, 0.3)
    timeline.apply(.grid(statement))
    var other = timeline.withoutGrids()
    #expect(other.devices.map(\.id) == [gpu] && other.gridBook.isEmpty)
    #expect(other.id(.renewableShare, of: grid) == nil && other.device(grid) == nil)
    #expect(other.moment(at: time).known(.power, of: gpu)?.value == 300)
    var reading = Reading(device: grid, time: time + 1)
    reading.set(.renewableShare, 0.75)
    other.apply(.device(Device(id: grid, label: "other")))
    other.apply(.reading(reading))
    #expect(other.moment(at: time).known(.renewableShare, of: grid) == nil)
    #expect(other.moment(at: time + 1).known(.renewableShare, of: grid)?.value == 0.75)
    #expect(timeline.moment(at: time + 1).known(.renewableShare, of: grid)?.value == 0.25)
  }
}
