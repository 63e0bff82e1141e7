import Telemetry
import Testing

/// A meter in the network is named by its host, which an anonymous session leaves out.
@Suite struct MeterNamesTests {
  @Test func `host and entity of a meter are replaced wherever they stand`() {
    let id = DeviceID(machine: "box", kind: .meter, name: "wall:abc")
    let host = "home.alice.lan"
    let entity = "sensor.alices_rack"
    let device = Device(
      id: id, label: host, role: .machine,
      attributes: ["host": host, "entity": entity, "path": "http://\(host):8123/api/\(entity)"])
    let observations: [Observation] = [
      .device(device),
      .series(
        SeriesDescriptor(
          device: id, metric: .power,
          provenance: Provenance(
            source: "wall:\(host):8123", method: .instant, note: "at \(host):8123"))),
      .state(
        SourceState(
          source: "wall:\(host):8123", kind: "wall", time: Timestamp(seconds: 1), health: .failed,
          message: "Home Assistant says that \(entity) is unavailable")),
    ]
    var plain = PrivacyFilter()
    #expect("\(plain.filtered(observations))".contains(host))
    var filter = PrivacyFilter(NeutralNames(machine: "box", user: nil))
    let text = "\(filter.filtered(observations))"
    #expect(!text.contains("alice"), "\(text)")
    #expect(text.contains("wall:host:8123"))
  }
}
