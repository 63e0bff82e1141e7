import Accounting
import Canvas
import Quantities
import Telemetry

/// The energy account of the accelerators: how it was measured, what it was for, what it cost.
enum GPUAccount {
  /// The rows the whole account takes.
  static let height = 5

  /// The most important parts in one line.
  ///
  /// The worst outlier is named in it, unless the cards above it name theirs.
  static func drawLine(
    _ canvas: inout Canvas, _ gpus: [Device], in rect: Rect, namesOutliers: Bool, _ c: FrameContext
  ) {
    let balance = c.ledger.balance(of: gpus, over: c.account)
    var phrases: [[Run]] = []
    if let disagreement = disagreement(balance, c) { phrases.append(disagreement) }
    if namesOutliers, let worst = c.outliers.first {
      phrases.append([Run(GPUGrid.sentence(worst, c), c.style(.warning))])
    }
    if let warning = c.ledger.metersPassedOver(in: c.account).first {
      phrases.append([Run("▲ " + WarningWords.text(warning, in: c.language), c.style(.warning))])
    }
    var method = c.say(
      balance.counted != nil ? GPUAccountWords.byCounter : .byIntegrating)
    if let doubt = doubt(balance, c) { method += " " + doubt }
    phrases.append([Run(method, c.muted)])
    if let floor = c.ledger.idleFloor(of: gpus, at: c.time) {
      phrases.append([Run(c.say(GPUAccountWords.idleFloorIs, c.string(floor, "W")), c.muted)])
    }
    let split = c.ledger.split(over: c.window)
    if let split, split.share(.waiting) > 0.005 {
      let waiting = split.share(.waiting) * (split.total.meanPower ?? 0)
      phrases.append([
        Run(
          "≈ "
            + c.say(
              GPUAccountWords.waitingIn, c.string(waiting, "W"), c.duration(c.window.seconds)),
          c.muted)
      ])
    }
    canvas.phrases(phrases, x: rect.x, y: rect.y, maxWidth: rect.width)
  }

  /// The whole account, a line for each question.
  static func draw(_ canvas: inout Canvas, _ gpus: [Device], in rect: Rect, _ c: FrameContext) {
    let lines: [(GPUAccountWords, [[Run]])] =
      [
        (.energy, energy(gpus, c)), (.wentTo, uses(gpus, c)), (.floor, floor(gpus, c)),
        (.limits, limits(gpus, c)), (.watching, watching(c)),
      ] + (wall(c).map { [(.wall, $0)] } ?? [])
    for (index, line) in lines.enumerated() where index < rect.height {
      let y = rect.y + index
      canvas.text(c.say(line.0), x: rect.x, y: y, maxWidth: rect.width, c.muted)
      canvas.phrases(line.1, x: rect.x + 10, y: y, maxWidth: rect.width - 10)
    }
  }

  /// `± 5 %`, where the uncertainty is known.
  static func doubt(_ balance: EnergyBalance, _ c: FrameContext) -> String? {
    guard let doubt = balance.uncertainty,
      let joules = (balance.counted ?? balance.integrated)?.amount, joules > 0, doubt < joules
    else { return nil }
    return "± \(c.fixed(max(1, doubt / joules * 100), 0)) %"
  }

  private static func disagreement(_ balance: EnergyBalance, _ c: FrameContext) -> [Run]? {
    guard let ratio = balance.ratio, let verdict = balance.verdict, verdict != .agrees else {
      return nil
    }
    let text = c.say(GPUAccountWords.disagreement, c.fixed(ratio, 2))
    return [Run("▲ " + text, c.style(verdict == .contradicts ? .critical : .warning))]
  }

  private static func energy(_ gpus: [Device], _ c: FrameContext) -> [[Run]] {
    let balance = c.ledger.balance(of: gpus, over: c.account)
    var phrases: [[Run]] = []
    func add(_ total: Total?, _ words: GPUAccountWords) {
      guard let total, total.covered > 0 else { return }
      phrases.append([
        Run(c.string(SI.energy(total.amount)), c.text.bold), Run(" " + c.say(words), c.muted),
      ])
    }
    add(balance.counted, .byCounter)
    add(balance.integrated, .byIntegral)
    if let ratio = balance.ratio, let verdict = balance.verdict {
      switch verdict {
      case .agrees:
        phrases.append([Run(c.say(GPUAccountWords.ratio, c.fixed(ratio, 3)), c.style(.good))])
      case .differs:
        phrases.append([
          Run(c.say(GPUAccountWords.differs, c.fixed(ratio, 3)), c.style(.warning))
        ])
      case .contradicts:
        phrases.append([
          Run("▲ " + c.say(GPUAccountWords.contradicts, c.fixed(ratio, 2)), c.style(.critical))
        ])
      }
    }
    if let doubt = doubt(balance, c) { phrases.append([Run(doubt, c.muted)]) }
    if let total = balance.counted ?? balance.integrated {
      phrases.append([
        Run(
          c.say(GPUWords.covered, c.percent(total.coverage)),
          total.coverage < 0.995 ? c.style(.warning) : c.muted)
      ])
    }
    return phrases.isEmpty ? [[Run(c.say(GPUAccountWords.notKnownYet), c.muted)]] : phrases
  }

  private static func uses(_ gpus: [Device], _ c: FrameContext) -> [[Run]] {
    let uses = gpus.compactMap { c.ledger.use(of: $0.id, over: c.account) }
    guard let first = uses.first else { return [[Run(c.say(GPUAccountWords.unknown), c.muted)]] }
    let use = uses.dropFirst().reduce(first, +)
    guard use.total > 0 else { return [[Run(c.say(GPUAccountWords.nothingYet), c.muted)]] }
    func part(_ joules: Double, _ word: GPUAccountWords, _ style: Style) -> [Run]? {
      guard joules > 0.0005 * use.total else { return nil }
      return [Run("\(c.percent(joules / use.total)) %", style), Run(" " + c.say(word), c.muted)]
    }
    // Of all cards' time, as each counts its own.
    func share(_ seconds: Double) -> String {
      "\(c.percent(min(1, seconds / (c.account.seconds * Double(gpus.count))))) %"
    }
    var phrases = [
      part(use.active, .active, c.text.bold), part(use.throttled, .throttled, c.style(.critical)),
      part(use.idle, .idle, c.style(.warning)), part(use.unknown, .notTold, c.muted),
    ].compactMap { $0 }
    if let time = use.cappedTime, time >= 1 {
      phrases.append([Run(c.say(GPUAccountWords.capHeld, share(time)), c.muted)])
    }
    if let time = use.throttledTime, time >= 1 {
      phrases.append([Run(c.say(GPUAccountWords.slowedDown, share(time)), c.style(.warning))])
    }
    return phrases
  }

  /// What the meter at the wall sees beyond the parts, where its ups and downs tell that apart.
  private static func wall(_ c: FrameContext) -> [[Run]]? {
    guard let fit = c.wallFit else { return nil }
    return [
      [
        Run("≈ " + c.string(fit.base.value, "W"), c.text.bold),
        Run(" " + c.say(GPUAccountWords.baseLoad), c.muted),
      ],
      [
        Run("≈ \(c.percent(fit.lossShare.value)) %", c.text.bold),
        Run(" " + c.say(GPUAccountWords.lostPerWatt), c.muted),
      ],
      [Run(c.say(GPUAccountWords.explains, c.percent(fit.explained)), c.muted)],
    ]
  }

  private static func floor(_ gpus: [Device], _ c: FrameContext) -> [[Run]] {
    guard let watts = c.ledger.idleFloor(of: gpus, at: c.time) else {
      return [
        [Run(c.say(GPUAccountWords.floorNotFound), c.muted)]
      ]
    }
    var phrases = [
      [
        Run(c.string(watts, "W"), c.text.bold),
        Run(" " + c.say(GPUAccountWords.idleFloor), c.muted),
      ]
    ]
    let floors = gpus.compactMap { c.ledger.idleFloor(of: $0.id, at: c.time) }
    func mean(_ values: [Double]) -> Double? {
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    if let empty = mean(floors.compactMap(\.empty)) {
      phrases.append([Run(c.say(GPUAccountWords.emptyCard, c.string(empty, "W")), c.muted)])
    }
    if let loaded = mean(floors.compactMap(\.loaded)) {
      phrases.append([Run(c.say(GPUAccountWords.loadedCard, c.string(loaded, "W")), c.muted)])
    }
    if let energy = c.timeline.energy(of: gpus, over: c.account), energy.joules > 0 {
      let share = min(1, watts * energy.covered / energy.joules)
      phrases.append([Run(c.say(GPUAccountWords.anyway, c.percent(share)), c.muted)])
    }
    return phrases
  }

  private static func limits(_ gpus: [Device], _ c: FrameContext) -> [[Run]] {
    guard let watts = c.power(of: gpus) else { return [[Run("–", c.muted)]] }
    var phrases: [[Run]] = []
    func add(_ limits: [Double], _ words: GPUAccountWords) {
      guard limits.count == gpus.count, case let sum = limits.reduce(0, +), sum > 0 else { return }
      phrases.append([
        Run("\(c.percent(watts / sum)) %", c.text),
        Run(" " + c.say(words, c.string(sum, "W")), c.muted),
      ])
    }
    add(gpus.compactMap { c.moment.known(.powerLimit, of: $0.id)?.value }, .ofLimit)
    add(gpus.compactMap { c.ratedPower(of: $0) }, .ofRated)
    if let cost = c.cost(of: gpus, over: c.account) { phrases.append([Run(cost, c.text)]) }
    return phrases.isEmpty ? [[Run(c.say(GPUAccountWords.noLimit), c.muted)]] : phrases
  }

  /// The processor time and energy that this program itself takes.
  private static func watching(_ c: FrameContext) -> [[Run]] {
    guard let host = c.inventory.host,
      let share = c.moment.rate(.ownCPUTime, of: host.id, window: 30)
        ?? c.moment.rate(.ownCPUTime, of: host.id, window: 3)
    else { return [[Run(c.say(GPUAccountWords.notTold), c.muted)]] }
    var phrases = [
      [
        Run(c.say(GPUAccountWords.ofCore, c.fixed(share * 100, 2)), c.text),
        Run(" " + c.say(GPUAccountWords.byUs), c.muted),
      ]
    ]
    if let watts = c.wattsPerBusyCore {
      phrases.append([
        Run("≈ \(c.string(share * watts, "W"))", c.text),
        Run(" " + c.say(GPUAccountWords.perBusyCore, c.string(watts, "W")), c.muted),
      ])
    }
    return phrases
  }
}
