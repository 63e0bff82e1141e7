import Glibc

extension RecordSession {
  /// Looks at the alerts and says what they have to say.
  func judge(all: Bool = false) {
    keep(feed.judgeAlerts(all: all))
    guard let alerts = feed.alerts else { return }
    let lines = alerts.takeLines()
    if !lines.isEmpty, showsStatus { File.writeAll(Array("\r\u{1b}[K".utf8), to: 2) }
    for line in lines { printError("hippowatt: " + line) }
    if alerts.takeBell(), isatty(2) != 0 { File.writeAll([7], to: 2) }
  }
}
