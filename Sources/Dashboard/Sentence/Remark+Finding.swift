import Accounting
import Canvas
import Quantities
import Telemetry

/// What there is to say at the time of a frame.
extension Remark {
  /// What asks for attention, the most urgent first; looked for one after the other.
  static func alarms(_ c: FrameContext) -> [Remark] {
    finders.lazy.flatMap { $0(c) }.filter(\.kind.isAlarm)
  }

  /// The most urgent of what asks for attention; what comes after it is not looked for.
  static func alarm(_ c: FrameContext) -> Remark? {
    for find in finders {
      if let found = find(c).first, found.kind.isAlarm { return found }
    }
    return nil
  }

  /// What is said where nothing asks for attention.
  static func calm(_ c: FrameContext) -> Remark {
    waiting(c).first { !$0.kind.isAlarm } ?? cost(c) ?? power(c)
  }

  /// Each finds one kind of remark, the most urgent kind first.
  private static let finders: [@Sendable (FrameContext) -> [Remark]] = [
    notRecorded, failing, lost, throttled, { waiting($0).filter { $0.kind == .starvedBadly } },
    outliers, { waiting($0).filter { $0.kind != .starvedBadly } },
  ]

  private static func notRecorded(_ c: FrameContext) -> [Remark] {
    let problem = c.input.session.recordingProblem
    guard !problem.isEmpty else { return [] }
    return [of(.notRecorded, .critical, .notRecorded(sanitized(problem)), c)]
  }

  private static func outliers(_ c: FrameContext) -> [Remark] {
    // One that only draws more than its peers does its work; the panel tells of it.
    let odd = c.outliers.filter { $0.kind != .drawsMore }
    return odd.prefix(1).map { outlier in
      of(
        .outlier, .warning, .outlier(outlier, more: odd.count - 1), c,
        subject: outlier.device.id.name)
    }
  }

  /// A remark in the words of the frame's language.
  static func of(
    _ kind: Kind, _ role: Theme.Role, _ words: RemarkWords, _ c: FrameContext, subject: String = ""
  ) -> Remark {
    Remark(kind: kind, subject: subject, role: role, texts: words.texts(in: c.language))
  }

  private static func failing(_ c: FrameContext) -> [Remark] {
    let state = c.timeline.states(at: c.time).first {
      $0.health == .stalled || $0.health == .failed
    }
    guard let state else { return [] }
    let name = sanitized(state.source)
    let words: RemarkWords =
      state.health == .stalled
      ? .noAnswer(name, c.age(c.time - state.time))
      : .sourceFails(name, sanitized(state.message))
    return [of(.sourceFails, .warning, words, c, subject: name)]
  }

  /// Accelerators that gave watts once and give none now.
  private static func lost(_ c: FrameContext) -> [Remark] {
    let silent = c.inventory.gpus.filter { gpu in
      c.power(of: gpu.id) == nil && c.timeline.availability(of: gpu.id, at: c.time) != nil
    }
    guard let first = silent.first, let reason = GPUCondition.silence(of: first, c) else {
      return []
    }
    let words = RemarkWords.gpuLost(sanitized(first.label), reason, more: silent.count - 1)
    return [of(.gpuLost, .critical, words, c, subject: first.id.name)]
  }

  /// Accelerators that heat or their boards hold back.
  private static func throttled(_ c: FrameContext) -> [Remark] {
    let held = c.inventory.gpus.filter {
      ClocksEventReasons(c.moment.value(.eventReasons, of: $0.id)).isThrottled
    }
    guard let first = held.first else { return [] }
    let reasons = ClocksEventReasons(c.moment.value(.eventReasons, of: first.id))
    let isHeat = !reasons.isDisjoint(with: .thermal) && !reasons.contains(.hwPowerBrakeSlowdown)
    let words = RemarkWords.throttled(
      sanitized(first.label), isHeat: isHeat,
      degrees: c.moment.value(.temperature, of: first.id), more: held.count - 1)
    return [of(.throttled, .critical, words, c, subject: first.id.name)]
  }

  /// What the accelerators wait for, over the last minute, and what that costs.
  private static func waiting(_ c: FrameContext) -> [Remark] {
    guard !c.inventory.gpus.isEmpty else { return [] }
    let span = TimeSpan(last: FrameContext.pathSeconds, endingAt: c.time)
    let told =
      c.pathJob.map { c.ledger.waiting(of: $0, over: span) } ?? c.ledger.waiting(over: span)
    guard let account = told, account.isEnough, let kind = account.kind,
      account.judged.seconds >= 20 * Double(max(1, account.accelerators))
    else { return [] }
    let watts = account.joules.map {
      $0 / max(1, account.judged.seconds) * Double(account.accelerators)
    }
    let loss = watts.map { RemarkWords.Loss(watts: $0, price: c.price) }
    let isGrave = account.share >= 0.15
    switch kind {
    case .data:
      return [
        of(
          isGrave ? .starvedBadly : .starved, isGrave ? .critical : .warning, .waits(account, loss),
          c)
      ]
    case .host, .peer: return [of(.waits, isGrave ? .critical : .warning, .waits(account, loss), c)]
    case .gap: return isGrave ? [of(.waits, .warning, .waits(account, loss), c)] : []
    case .idle:
      guard account.share(.idle) > 0.9, !account.isServing else { return [] }
      return [of(.idle, .text, .idle(c.inventory.gpus.count, loss), c)]
    }
  }

  /// What a token, a sample or a step costs, and how green that is.
  private static func cost(_ c: FrameContext) -> Remark? {
    guard let job = c.job, !c.timeline.facts(of: job.id).isHistory,
      c.ledger.earlierRun(of: job.id, at: c.time) == nil
    else { return nil }
    let green = green(c)
    func remark(_ joules: Double?, _ thing: ThingWords, _ energy: EnergyAmount?, _ span: TimeSpan)
      -> Remark?
    {
      guard let joules, joules > 0 else { return nil }
      let price = c.price.map { RemarkWords.Money(joules: joules, thing: thing, price: $0) }
      let isModelled = energy?.isModelled ?? false
      return of(
        .cost, .text,
        .costs(
          joules, thing, of: c.charged(job, over: span), isModelled: isModelled, price,
          renewable: green), c)
    }
    if c.ledger.isServer(job.id) {
      guard let cost = c.ledger.servingCost(of: job.id, at: c.time) else { return nil }
      return remark(cost.joulesPerOutputToken, .outputToken, cost.energy, cost.span)
        ?? remark(cost.joulesPerInputToken, .inputToken, cost.energy, cost.span)
        ?? remark(cost.joulesPerRequest, .request, cost.energy, cost.span)
    }
    guard let cost = c.ledger.cost(of: job.id, at: c.time) else { return nil }
    return remark(cost.joulesPerToken, .token, cost.energy, cost.span)
      ?? remark(cost.joulesPerSample, .sample, cost.energy, cost.span)
      ?? remark(cost.joulesPerStep, .step, cost.energy, cost.span)
      ?? remark(cost.joulesPerEpoch, .epoch, cost.energy, cost.span)
      ?? remark(cost.joulesPerRequest, .request, cost.energy, cost.span)
  }

  /// The renewable share, which may be that of a grid that is only supposed.
  private static func green(_ c: FrameContext) -> RemarkWords.Green? {
    c.grid.renewable.map {
      RemarkWords.Green(share: $0, isSupposed: c.input.session.supposed != nil)
    }
  }

  /// The watts and how green they are, where no job tells what they buy; or that nothing is known.
  private static func power(_ c: FrameContext) -> Remark {
    guard let watts = c.ledger.power(at: c.time) else {
      let silence: RemarkWords.Silence =
        c.inventory.knowsPower ? .now : c.isRecording ? .recorded : .never
      return of(.nothing, .text, .nothing(silence, renewable: green(c)), c)
    }
    let isWhole = c.ledger.wholeRole(at: c.time) != nil
    let drawer: RemarkWords.Drawer =
      !isWhole ? .parts : c.inventory.machines.count > 1 ? .machines : .machine
    return of(
      .power, .text,
      .draws(
        watts, drawer, isModelled: c.split?.total.isModelled ?? false, renewable: green(c),
        hasJob: c.job != nil), c)
  }
}
