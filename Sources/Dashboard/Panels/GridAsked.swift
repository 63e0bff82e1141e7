import Accounting
import Telemetry

/// Who is asked for the electricity of the hours and so learns of this machine, or would be.
enum GridAsked {
  /// Who is asked and what they learn, a sentence for each live source of a session.
  static func lines(_ c: FrameContext) -> [String] {
    c.timeline.devices.compactMap { device in
      guard device.id.kind == .grid, let facts = GridFacts(device.attributes) else { return nil }
      if let host = device.attributes["host"], device.attributes["unasked"] != nil {
        return
          "not asked in this session: \(facts.provider) at \(host); what it said before is kept"
      }
      if let host = device.attributes["host"] {
        return
          "asked: \(facts.provider) at \(host), which learns your address and zone \(facts.zone)"
      }
      return device.attributes["file"].map {
        "read: \(facts.provider), the file \($0) of the machine; nobody is asked"
      }
    }
  }

  /// Who would be asked if the user said so.
  static func wouldBe(_ c: FrameContext) -> String {
    let attributes = c.ledger.gridCourse.held?.attributes ?? [:]
    guard let zone = attributes["would_ask_zone"] else {
      return "--live-grid asks a public service, which learns your address and the zone."
    }
    guard let title = attributes["would_ask"] else {
      return "--live-grid: no service covers \(zone) without a key; name one with its key."
    }
    guard let host = attributes["would_ask_host"], !host.isEmpty else {
      return "--live-grid would read \(title), a file of this machine; nobody is asked."
    }
    return "--live-grid would ask \(title): \(host) learns your address and zone \(zone)."
  }
}
