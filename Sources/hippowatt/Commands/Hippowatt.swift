import ArgumentParser
import CSystem
import Glibc
import Recordings

/// The root of the command line.
struct Hippowatt: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hippowatt",
    abstract: "Shows where an AI machine's electricity comes from, where it goes and what it buys.",
    discussion: """
      Without a subcommand it watches this machine. Press ? for the keys, q to quit. What is missing on the
      screen, and why, says: hippowatt doctor
      """,
    version: Version.string,
    subcommands: [
      Watch.self, Replay.self, Record.self, Demo.self, Talk.self, Jobs.self, Sources.self,
      Doctor.self, Exporter.self, Rules.self, Grafana.self,
      Snapshot.self,
      Report.self, Compare.self, RaceCommand.self, Import.self, Export.self, Cut.self,
      When.self, Grid.self, FleetCommand.self, Themes.self,
    ],
    defaultSubcommand: Watch.self)
}

@main
struct Main {
  /// Runs the command; exit status 2 for wrong usage, 1 when something went wrong.
  static func main() {
    setlocale(LC_CTYPE, "")
    // A write to a closed pipe shall fail, and not kill the program.
    signal(SIGPIPE, SIG_IGN)
    // By default each thread gets a malloc arena of its own; the program needs only one.
    cs_single_arena()
    do {
      var command = try Hippowatt.parseAsRoot()
      try command.run()
    } catch let failure as Failure {
      printError("hippowatt: \(failure)")
      leave(1)
    } catch let usage as WrongUsage {
      printError("hippowatt: \(usage)")
      leave(2)
    } catch let problem as Settings.Problem {
      printError("hippowatt: \(problem)")
      leave(1)
    } catch let problem as RecordingError {
      printError("hippowatt: \(problem)")
      leave(1)
    } catch let status as ExitStatus {
      leave(status.code)
    } catch let end as EndedBySignal {
      // Whoever sent it learns that it did its work.
      signal(end.number, SIG_DFL)
      raise(end.number)
      leave(128 + end.number)
    } catch {
      let code = Hippowatt.exitCode(for: error)
      let message = Hippowatt.fullMessage(for: error)
      if code == .success {
        print(message)
        leave(0)
      }
      printError(message)
      leave(code == .validationFailure ? 2 : 1)
    }
    leave(0)
  }

  /// Ends the program at once, with all that was printed.
  ///
  /// `exit` takes the libraries apart first, under threads that may still be in them: nobody joins a thread
  /// whose store or driver hangs.
  private static func leave(_ status: Int32) -> Never {
    let isKept = fflush(nil) == 0 || errno == EPIPE
    if status == 0, !isKept {
      printError("hippowatt: standard output: \(String(cString: strerror(errno)))")
      _exit(1)
    }
    _exit(status)
  }
}

/// Something on the command line that cannot be followed, in one line; exit status 2.
struct WrongUsage: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// Ends the program by the signal that asked for it, after everything was closed.
struct EndedBySignal: Error {
  var number: Int32
}

/// Ends the program with the status of a command it ran.
struct ExitStatus: Error {
  var code: Int32
}
