import Telemetry

extension FleetReader {
  /// What a clock may be off by before anything is done about it, in seconds: answers tell whole ones.
  private static let tolerance = 5.0

  /// Asks for nothing but what the store's clock says; `now` is ours.
  package mutating func compareClocks(_ now: Timestamp) throws(StoreFault) {
    _ = noteClock(
      try ask(FleetQuery(purpose: .life, text: "vector(1)", times: .at(now))), now)
  }

  /// Takes what the store's clock said in an answer to a question that was asked at `now`; whether it has to be
  /// asked again, since its times are others than was thought.
  mutating func noteClock(_ answer: PromAnswer, _ now: Timestamp) -> Bool {
    guard let date = answer.date else { return false }
    // It was said some time between question and answer, and leaves out the parts of a second.
    let (least, most) = (date - now - answer.seconds, date - now + 1)
    let nearest = least > 0 ? least : most < 0 ? most : 0
    let ahead = abs(nearest) < Self.tolerance ? 0 : Int64(nearest.rounded())
    guard abs(Double(ahead - store.ahead)) >= Self.tolerance else { return false }
    store.ahead = ahead
    forget()
    return true
  }

  /// What is to be said of the store's clock, in words; `nil` where it goes right.
  package var clockWords: String? {
    guard store.ahead != 0 else { return nil }
    let way = store.ahead > 0 ? "ahead" : "behind"
    return "its clock is \(abs(store.ahead)) s \(way) of this machine's, and its times are shifted"
  }
}

extension PromAnswer {
  /// The same with values, which are times in seconds, of a clock that is so much behind.
  func earlier(by seconds: Int64) -> PromAnswer {
    guard seconds != 0 else { return self }
    var answer = self
    for place in points.indices where points[place].value > 0 {
      answer.points[place].value -= Double(seconds)
    }
    return answer
  }
}
