import Linux
import Quantities
import Sensors
import Telemetry

/// The live services, asked by commands that run without a session.
enum LiveGrid {
  /// The live source of a zone; `nil` where nobody is to be asked.
  ///
  /// - Parameter isWanted: whether the command line asks for it; else the settings decide.
  static func forecasts(
    zone: String?, isWanted: Bool, settings: Settings, host: HostEnvironment
  ) throws -> LiveForecast? {
    var choice = settings.liveGrid
    if isWanted { choice.isOn = true }
    if let zone { choice.zone = zone }
    guard let request = try choice.request(country: settings.country, timeZone: host.timeZone)
    else { return nil }
    var context = SourceContext(
      machine: host.machine, timeZone: host.timeZone, country: settings.country,
      environment: host.environment)
    context.isOneQuestion = true
    do throws(SourceRequestError) {
      return LiveForecast(try SourceCatalogue.all.make(request, in: context))
    } catch {
      throw WrongUsage("\(error)")
    }
  }

  /// Who is asked for what is wanted, and who is not.
  static func choice(_ request: SourceRequest, _ host: HostEnvironment) -> GridChoice {
    GridChoice(
      zone: request.options["zone"] ?? request.argument, options: request.options,
      environment: host.environment)
  }

  /// What is said where a forecast is asked for and nobody may be asked.
  static let absence =
    "no forecast: nobody is asked; pass --live-grid, or name a file with one, as in --file forecast.csv"
}

/// A clock that runs on from a time that is given.
private struct RunningClock: SessionClock {
  private let start: Timestamp
  private let wall = SystemClock.wall

  init(_ start: Timestamp) { self.start = start }

  var now: Timestamp { start + max(0, SystemClock.wall - wall) }
}

/// What a live service says, each time it is asked.
final class LiveForecast: GridForecastSource {
  let isLive = true
  private var source: any DataSource
  /// All that was said so far.
  private(set) var timeline = Timeline()

  init(_ source: any DataSource) { self.source = source }

  /// What came of the questions.
  func account(_ now: Timestamp) -> GridAnswers? { GridAnswers(source, now: now) }

  /// Asks what is due and keeps it.
  /// - Throws: `Failure` where nothing at all is known.
  func ask(_ now: Timestamp) throws {
    do throws(SourceFailure) {
      timeline.apply(try source.sample(RunningClock(now)))
    } catch {
      throw Failure("unknown: \(error.message); \(error.remedy)")
    }
    guard timeline.gridBook.isEmpty else { return }
    let state = timeline.states(at: now + 3600).last
    let words = state.map { [$0.message, $0.remedy].filter { !$0.isEmpty } } ?? ["no answer"]
    throw Failure("unknown: " + words.joined(separator: "; "))
  }

  func forecast(_ now: Timestamp) throws -> GridForecast {
    try ask(now)
    guard let device = timeline.devices.first(where: { $0.id.kind == .grid }) else {
      return GridForecast(statements: [], source: "", said: nil)
    }
    let statements = timeline.gridBook.statements(
      of: device.id, in: TimeSpan(now, now + GridStatement.longest),
      prefersForecasts: true)
    let words = GridFacts(device.attributes).map { "\($0.words), \($0.zone)" } ?? device.label
    var forecast = GridForecast(
      statements: statements, source: words, said: statements.map(\.said).max())
    forecast.remark = account(now)?.forecastRemark ?? ""
    forecast.state = timeline.states(at: now + 3600).last
    return forecast
  }
}
