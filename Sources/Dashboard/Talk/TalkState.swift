/// Where a talk is: the scene, the place in its recording, and what the speaker chose.
///
/// A pure state machine. Time enters as elapsed seconds and keys by their names; what has to be done
/// outside comes back as actions.
package struct TalkState: Sendable, Hashable {
  /// How a scene runs.
  package struct Plan: Sendable, Hashable {
    /// Seconds it lasts when the talk runs by itself.
    package var seconds: Double
    /// Seconds of the recording in one of the audience's.
    package var speed: Double
    /// Whether it waits for a key even then.
    package var waits: Bool
    /// How its recording runs; of length 0 for one moment.
    package var pace: TalkPace

    /// The plan of a scene; without a speed its stretch lasts as long as the scene.
    package init(seconds: Double, speed: Double?, waits: Bool, pace: TalkPace) {
      self.seconds = seconds
      self.waits = waits
      self.pace = pace
      self.speed = speed ?? (seconds > 0 ? max(0.1, pace.shortenedLength / seconds) : 1)
    }
  }

  /// What has to be done outside.
  package enum Action: Sendable, Hashable {
    /// Another scene is shown from now on.
    case changedScene
    /// The talk is over.
    case quit
    /// The screen is to be drawn anew.
    case repaint
  }

  /// How the scenes run, in their order.
  package let plans: [Plan]
  /// Whether the talk begins again after its end.
  package let loops: Bool
  /// The scene that is shown; as many as there are scenes for the last card.
  package private(set) var chapter = 0
  /// Seconds of the recording since the scene's stretch began.
  package private(set) var position = 0.0
  /// Seconds the scene has been shown, without those it stood still.
  package private(set) var shown = 0.0
  /// Seconds since the talk began, however they were spent.
  package private(set) var used = 0.0
  /// Whether the audience sees black.
  package private(set) var isBlack = false
  /// Whether the recording stands still.
  package private(set) var isPaused = false
  /// Whether scenes follow each other by themselves.
  package private(set) var isAuto = true
  /// How many times faster than planned the scene runs.
  package private(set) var haste = 1.0
  /// The chosen line of the list of chapters, while it is open.
  package private(set) var listed: Int?
  /// The number of a chapter that is being typed; `nil` while none is.
  package private(set) var typed: String?
  /// Seconds until the scene is fully there.
  package private(set) var fade = 0.0

  /// Seconds from one scene to the next.
  package static let fadeSeconds = 0.2
  /// Seconds the last card is shown in a talk that begins again.
  package static let cardSeconds = 8.0

  /// A talk at its beginning.
  package init(_ plans: [Plan], loops: Bool = false) {
    self.plans = plans
    self.loops = loops
  }

  /// Whether the last card is shown.
  package var isOver: Bool { chapter >= plans.count }

  /// How the scene runs; `nil` on the last card.
  package var plan: Plan? { plans.indices.contains(chapter) ? plans[chapter] : nil }

  /// Seconds of the recording in one of the audience's, at this moment.
  package var speed: Double {
    guard let plan else { return 0 }
    return plan.speed * haste * plan.pace.rate(at: position)
  }

  /// How many times faster than the rest of the scene it runs, where nothing happens.
  package var idleRate: Double { plan?.pace.rate(at: position) ?? 1 }

  /// Whether the stretch has come to its end, or there is but one moment.
  package var isAtEnd: Bool { plan.map { position >= $0.pace.length } ?? true }

  /// Whether the scene stays until somebody presses a key.
  package var waitsForKey: Bool {
    guard let plan else { return !loops }
    return !isAuto || plan.waits && !loops
  }

  /// Lets seconds of the audience's time pass.
  package mutating func advance(by seconds: Double) -> [Action] {
    guard seconds > 0, seconds.isFinite else { return [] }
    used += seconds
    fade = max(0, fade - seconds)
    guard !isBlack, !isPaused else { return [] }
    shown += seconds
    guard let plan else {
      return loops && shown >= Self.cardSeconds ? go(to: 0) : []
    }
    position = plan.pace.position(from: position, after: seconds * plan.speed * haste)
    // Somebody who is choosing is not taken elsewhere.
    guard !waitsForKey, listed == nil, typed == nil, shown >= plan.seconds else { return [] }
    return go(to: chapter + 1)
  }

  /// Carries out a key, by its name.
  package mutating func press(_ key: String) -> [Action] {
    if listed != nil, let actions = pressInList(key) { return actions }
    if typed != nil, let actions = pressInNumber(key) { return actions }
    switch key {
    case "page-down", "right", "space": return go(to: chapter + 1)
    case "page-up", "left", "backspace": return go(to: chapter - 1)
    case "home": return go(to: 0)
    case "end": return go(to: plans.count - 1)
    case "b", ".", ",": isBlack.toggle()
    case "a": isAuto.toggle()
    case "p": isPaused.toggle()
    case "r": restart()
    case "+", "=", "]": haste = min(64, haste * 2)
    case "-", "_", "[": haste = max(1 / 64, haste / 2)
    case "l": listed = min(chapter, plans.count - 1)
    case "g": typed = ""
    case "ctrl-l": return [.repaint]
    case "q", "ctrl-c": return [.quit]
    default: if isDigit(key) { typed = key }
    }
    return []
  }

  private mutating func pressInList(_ key: String) -> [Action]? {
    guard let line = listed else { return nil }
    switch key {
    case "up", "k": listed = max(0, line - 1)
    case "down", "j": listed = min(plans.count - 1, line + 1)
    case "home": listed = 0
    case "end": listed = plans.count - 1
    case "enter":
      listed = nil
      return go(to: line)
    case "l", "escape": listed = nil
    default: return nil
    }
    return []
  }

  private mutating func pressInNumber(_ key: String) -> [Action]? {
    guard let text = typed else { return nil }
    switch key {
    case "enter", "g":
      typed = nil
      guard let number = Int(text), plans.indices.contains(number - 1) else { return [] }
      return go(to: number - 1)
    case "backspace": typed = String(text.dropLast())
    case "escape": typed = nil
    default:
      guard isDigit(key) else {
        typed = nil
        return nil
      }
      typed = String((text + key).suffix(3))
    }
    return []
  }

  private func isDigit(_ key: String) -> Bool {
    key.utf8.count == 1 && key.utf8.allSatisfy { 0x30...0x39 ~= $0 }
  }

  private mutating func restart() {
    position = 0
    shown = 0
  }

  /// Shows another scene from its beginning; beyond the last one is the last card.
  private mutating func go(to wanted: Int) -> [Action] {
    let wanted = min(max(0, wanted), plans.count)
    isBlack = false
    isPaused = false
    listed = nil
    typed = nil
    guard wanted != chapter else {
      if wanted < plans.count, wanted == 0 { restart() }
      return []
    }
    chapter = wanted
    haste = 1
    restart()
    fade = Self.fadeSeconds
    return [.changedScene]
  }
}
