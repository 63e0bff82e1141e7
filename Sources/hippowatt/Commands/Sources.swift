import ArgumentParser
import Canvas
import Telemetry

/// Lists what can be read here, and what to do about the rest.
struct Sources: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the sources: found or not, what they give, what to do.")

  @OptionGroup var sourceOptions: SourceOptions

  func run() throws {
    let host = HostEnvironment.current()
    let settings = try sourceOptions.settings(host)
    let context = sourceOptions.context(settings, host)
    for entry in SourceCatalogue.all.entries {
      let wanted = settings.sources.first { $0.kind == entry.name }
      let isOn = settings.sources.isEmpty ? entry.isDefault : wanted != nil
      print("\(pad(entry.usage, 20)) \(entry.gives)")
      if entry.isDefault || wanted != nil {
        do {
          var source = try SourceCatalogue.all.make(
            wanted ?? SourceRequest(kind: entry.name), in: context)
          let probe = source.probe()
          line(probe.health.rawValue, probe.message)
          if !probe.remedy.isEmpty { line("", "→ " + probe.remedy) }
        } catch {
          line("failed", "\(error)")
        }
      } else {
        line("off", "used when asked for: --source \(entry.usage)")
      }
      if !isOn, entry.isDefault { line("off", "not among the sources that the settings name") }
    }
  }

  private func line(_ state: String, _ text: String) {
    print("  \(pad(state, 8)) \(sanitized(Secrets.masked(text)))")
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
