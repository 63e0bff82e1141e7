import JobLogs
import Telemetry

extension Import {
  /// Reads what a training tool wrote: a file of its own format, or else a log of text.
  /// - Throws: `Failure` when it cannot be read or is of no known format.
  func readTraining(
    _ path: String, machine: String, _ clock: SystemClock
  ) throws -> [Observation] {
    let (rule, isNamed) = try zoneOptions.zone(HostEnvironment.current())
    do throws(SourceFailure) {
      let local = LocalTime(rule)
      if let found = try JobFileImport.read(path, machine: machine, local: local, clock) {
        tellTiming(of: found, path)
        tellLosses(of: found)
        return found
      }
    } catch {
      throw failure(error, path)
    }
    let log: LogImport
    do throws(SourceFailure) {
      log = try LogImport(
        path: path, machine: machine, label: Self.name(path),
        zone: LogImport.Zone(LocalTime(rule), isNamed: isNamed), now: clock.now)
    } catch {
      throw failure(error, path)
    }
    guard !log.observations.isEmpty else {
      throw Failure(
        "\(path): neither a power log nor a training log that is known\(guessed(path))")
    }
    for remark in log.remarks { printError("\(path): \(remark)") }
    return log.observations
  }

  /// Reads the event files of one run.
  /// - Throws: `Failure` when none can be read.
  func readRun(_ paths: [String], machine: String, _ clock: SystemClock) throws -> [Observation] {
    do throws(SourceFailure) {
      let found = try JobFileImport.readRun(paths, machine: machine, clock)
      tellLosses(of: found)
      return found
    } catch {
      throw failure(error, paths[0])
    }
  }

  /// A source's failure in one line, with the file once and what to do.
  private func failure(_ error: SourceFailure, _ path: String) -> Failure {
    let words = error.message.hasPrefix(path) ? error.message : "\(path): \(error.message)"
    return Failure(error.remedy.isEmpty ? words : "\(words); \(error.remedy)")
  }

  /// Says on the terminal what of a file was passed over or assumed.
  private func tellLosses(of observations: [Observation]) {
    for case .event(let event) in observations
    where event.cause == .refused || event.cause == .assumed {
      printError(event.text)
    }
  }

  /// Says on the terminal when a file has no times of its own.
  private func tellTiming(of observations: [Observation], _ path: String) {
    for case .device(let device) in observations where device.id.kind == .job {
      switch JobFacts(device.attributes).timing {
      case .stamped, .anchored: continue
      case .durations:
        printError("\(path): the file has no times: its rows are laid out over what the whole took")
      case .none:
        printError(
          "\(path): the file has no times: its rows are kept in order, without time, and no energy "
            + "can be told for them")
      }
      return
    }
  }
}
