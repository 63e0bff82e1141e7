import Accounting
import ArgumentParser
import Dashboard
import Recordings
import Telemetry

/// What a run is compared with: other runs, a price, a target loss.
struct AccountOptions: ParsableArguments {
  @Option(
    name: .customLong("baseline"),
    help: ArgumentHelp(
      "A recording to lay beside this run; may be given again.", valueName: "file.hippo"))
  var baselines: [String] = []

  @Option(
    help: ArgumentHelp(
      "What a race lays the two beside each other by: \(Self.names(RaceAlignment.self)).",
      valueName: "what"))
  var align: RaceAlignment = .start

  @Option(
    help: ArgumentHelp(
      "What the curves of a race are drawn over: \(Self.names(RaceAxis.self)).", valueName: "what"))
  var over: RaceAxis = .joules

  @OptionGroup var model: ModelOptions

  @Option(help: ArgumentHelp("What a kilowatt-hour costs, such as 0.25EUR.", valueName: "price"))
  var price: String?

  @Option(
    name: .customLong("target-loss"),
    help: ArgumentHelp("A loss; when it is reached, and with what energy.", valueName: "loss"))
  var targetLoss: Double?

  func validate() throws {
    if let price, Price(text: price) == nil {
      throw ValidationError("--price \(price): write the price of a kWh, such as 0.25 or 0.25EUR")
    }
    if let targetLoss, !targetLoss.isFinite {
      throw ValidationError("--target-loss \(targetLoss): write a number")
    }
  }

  /// How a race is laid out.
  var race: RaceState {
    var state = RaceState()
    state.alignment = align
    state.axis = over
    return state
  }

  /// Reads the baselines, and the recording that is raced against them, if there is one.
  /// - Throws: `Failure` for a file that is no recording or holds no job.
  func load(beside recording: String? = nil, isAnonymous: Bool = false) throws -> Accounts {
    let titles = Accounts.titles(of: baselines + (recording.map { [$0] } ?? []))
    let runs = try zip(baselines, titles).map {
      try Accounts.run($0, title: $1, withCourse: true)
    }
    var accounts = Accounts(
      baselines: runs.map(\.profile), facts: model.facts,
      price: price.flatMap(Price.init(text:)), targetLoss: targetLoss)
    // A recording without a job is shown all the same; there is only nothing to race.
    guard !runs.isEmpty, let recording,
      var own = try? Accounts.run(
        recording, title: titles.last, withCourse: true, facts: model.facts)
    else { return accounts }
    if isAnonymous { own.profile.name = "this run" }
    for run in runs {
      var race = Race(own.profile, against: run.profile)
      if own.electricity.grams(beside: run.electricity).values != nil,
        let mine = own.electricity.account, let theirs = run.electricity.account
      {
        race.intensities = Race.Intensities(
          run: mine.grams / mine.gramsMatched, baseline: theirs.grams / theirs.gramsMatched)
      }
      accounts.races.append(race)
      accounts.raceNotes.append(
        isAnonymous
          ? []
          : [
            own.electricity.sentence(beside: run.electricity), run.electricity.line,
            own.electricity.line,
          ])
    }
    return accounts
  }

  private static func names<Choice: CaseIterable & RawRepresentable>(
    _ choice: Choice.Type
  ) -> String where Choice.RawValue == String {
    choice.allCases.map(\.rawValue).joined(separator: ", ")
  }
}

extension RaceAlignment: ExpressibleByArgument {}
extension RaceAxis: ExpressibleByArgument {}
