import ArgumentParser
import Quantities
import Telemetry

/// By how much the clock of a file was off, as the user says.
struct ShiftOptions: ParsableArguments {
  @Option(
    name: .customLong("shift"),
    help: ArgumentHelp(
      "Move the times of a file, such as train.log=+2h or a.csv=-30min.", valueName: "file=time"))
  var shifts: [String] = []

  /// A file and the seconds to be added to its times; `nil` when the text says something else.
  static func parse(_ text: String) -> (file: String, seconds: Double)? {
    guard let equals = text.lastIndex(of: "=") else { return nil }
    let file = String(text[..<equals])
    let amount = text[text.index(after: equals)...]
    guard !file.isEmpty, let sign = amount.first, sign == "+" || sign == "-",
      let size = Duration(text: String(amount.dropFirst()))?.inSeconds, size > 0,
      size <= 400 * 86_400
    else { return nil }
    return (file, sign == "-" ? -size : size)
  }

  /// - Throws: `ValidationError` for what is no shift, or one of a file that is not imported.
  func check(_ files: [String]) throws {
    for shift in shifts {
      guard let parsed = Self.parse(shift) else {
        throw ValidationError("--shift \(shift): write a file and a time, such as train.log=+2h")
      }
      guard files.contains(parsed.file) else {
        throw ValidationError("--shift \(shift): \(parsed.file) is not one of the files")
      }
    }
  }

  /// The seconds to be added to the times of a file.
  func seconds(of path: String) -> Double {
    shifts.compactMap(Self.parse).filter { $0.file == path }.map(\.seconds).reduce(0, +)
  }

  /// Observations of a file at the times its clock should have shown.
  func shifted(_ observations: [Observation], of path: String) -> [Observation] {
    let seconds = seconds(of: path)
    return seconds == 0 ? observations : observations.map { $0.moved(by: seconds) }
  }
}

extension Observation {
  /// The same, so many seconds later.
  func moved(by seconds: Double) -> Observation {
    switch self {
    case .device, .series, .grid: return self
    case .reading(var reading):
      reading.time = reading.time + seconds
      reading.arrival = reading.arrival + seconds
      return .reading(reading)
    case .event(var event):
      event.time = event.time + seconds
      return .event(event)
    case .state(var state):
      state.time = state.time + seconds
      return .state(state)
    }
  }
}

/// Whether the clocks of files that are imported together agree.
struct ImportClocks {
  /// When each job reported, and how its times are known.
  private var jobs: [DeviceID: (facts: JobFacts, span: TimeSpan?)] = [:]
  /// From the first to the last reading of power or energy.
  private var power: TimeSpan?

  /// How much of a job has to lie in the time of the power logs.
  private static let enough = 0.9
  private static let hardly = 0.1

  /// - Parameter power: from the first to the last reading of power or energy that stands elsewhere.
  init(_ observations: [Observation], power: TimeSpan? = nil) {
    self.power = power
    for observation in observations {
      switch observation {
      case .device(let device) where device.id.kind == .job:
        jobs[device.id, default: (JobFacts(), nil)].facts = JobFacts(device.attributes)
      case .reading(let reading):
        if let job = jobs[reading.device] {
          jobs[reading.device]?.span = Self.union(job.span, reading.time)
        } else if reading.values.contains(where: { Self.tellsPower($0.metric) }) {
          self.power = Self.union(self.power, reading.time)
        }
      default: continue
      }
    }
  }

  private static func tellsPower(_ metric: Metric) -> Bool {
    metric.unit == .watt || metric.unit == .joule
  }

  private static func union(_ span: TimeSpan?, _ time: Timestamp) -> TimeSpan {
    span.map { TimeSpan(min($0.start, time), max($0.end, time)) } ?? TimeSpan(time, time)
  }

  /// The rows of jobs without times at the end of what has some, so that they stretch nothing.
  func placed(_ observations: [Observation]) -> [Observation] {
    let others =
      jobs.values.filter { $0.facts.timing != .none }.compactMap(\.span)
      + [power].compactMap(\.self)
    guard let end = others.map(\.end).max() else { return observations }
    let moves = jobs.compactMapValues { job in
      job.facts.timing == .none ? job.span.map { end - $0.end } : nil
    }
    guard !moves.isEmpty else { return observations }
    return observations.map { observation in
      let device: DeviceID? =
        switch observation {
        case .reading(let reading): reading.device
        case .event(let event): event.device
        default: nil
        }
      return device.flatMap { moves[$0] }.map { observation.moved(by: $0) } ?? observation
    }
  }

  /// A sentence for each job in whose time no power was recorded, with a way to mend it.
  var remarks: [String] {
    guard let power else { return [] }
    return jobs.sorted { $0.key.name < $1.key.name }.compactMap { id, job in
      guard job.facts.timing != .none, let span = job.span,
        Self.overlap(span, power) < Self.hardly
      else { return nil }
      let start = "\(id.name): hardly any power was recorded in its time"
      guard let hours = Self.hours(from: span, to: power) else {
        return start + ": the clocks of the files, or the files, do not belong together"
      }
      return start + "; \(Self.words(hours)) \(hours < 0 ? "earlier" : "later") there was: "
        + "if that is how its clock was off, add --shift \(id.name)=\(Self.option(hours))"
    }
  }

  /// How much of the shorter of two spans they share.
  private static func overlap(_ span: TimeSpan, _ other: TimeSpan) -> Double {
    let shared = min(span.end, other.end) - max(span.start, other.start)
    let whole = min(span.seconds, other.seconds)
    guard whole > 0 else { return shared >= 0 ? 1 : 0 }
    return max(0, shared) / whole
  }

  /// The least number of hours or half hours that brings a span over another, at most 14.
  private static func hours(from span: TimeSpan, to other: TimeSpan) -> Double? {
    for half in 1...28 {
      for hours in [Double(half) / 2, -Double(half) / 2] {
        let moved = TimeSpan(span.start + hours * 3600, span.end + hours * 3600)
        if overlap(moved, other) >= enough { return hours }
      }
    }
    return nil
  }

  private static func words(_ hours: Double) -> String {
    let minutes = Int(abs(hours) * 60)
    return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
  }

  private static func option(_ hours: Double) -> String {
    let minutes = Int(abs(hours) * 60)
    return (hours < 0 ? "-" : "+") + (minutes % 60 == 0 ? "\(minutes / 60)h" : "\(minutes)min")
  }
}
