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
          c.say(GridWords.notAsked, facts.provider, host)
      }
      if let host = device.attributes["host"] {
        return
          c.say(GridWords.asked, facts.provider, host, facts.zone)
      }
      return device.attributes["file"].map {
        c.say(GridWords.readFile, facts.provider, $0)
      }
    }
  }

  /// Who would be asked if the user said so.
  static func wouldBe(_ c: FrameContext) -> String {
    let attributes = c.ledger.gridCourse.held?.attributes ?? [:]
    guard let zone = attributes["would_ask_zone"] else {
      return c.say(GridWords.wouldAskSome)
    }
    guard let title = attributes["would_ask"] else {
      return c.say(GridWords.noService, zone)
    }
    guard let host = attributes["would_ask_host"], !host.isEmpty else {
      return c.say(GridWords.wouldRead, title)
    }
    return c.say(GridWords.wouldAsk, title, host, zone)
  }
}
