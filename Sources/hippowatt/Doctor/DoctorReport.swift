import Canvas

/// All that the doctor has to say, as data; `lines` and `json` write it.
struct DoctorReport: Sendable {
  var facts: DoctorFacts
  var settings: SettingsDigest
  /// One for each source of the catalogue, in its order.
  var findings: [SourceFinding]

  init(
    facts: DoctorFacts, settings: SettingsDigest, findings: [SourceFinding], privacy: DoctorPrivacy
  ) {
    self.facts = facts
    self.settings = settings
    self.findings = findings.map { $0.shown(by: privacy) }
    self.settings.problem = settings.problem.map(privacy.clean)
  }

  func those(_ standing: SourceFinding.Standing) -> [SourceFinding] {
    findings.filter { $0.standing == standing }
  }

  /// Whether at least one source gives readings.
  var readsAnything: Bool { !those(.read).isEmpty }

  /// The first line: what is read and how much is kept from it.
  var summary: String {
    let wanted = findings.count { $0.standing != .off }
    var parts = ["\(those(.read).count) of \(wanted) sources give readings"]
    for (standing, word) in [
      (SourceFinding.Standing.refused, "refused"), (.failed, "failed"), (.silent, "silent"),
    ] {
      let count = those(standing).count
      if count > 0 { parts.append("\(count) \(word)") }
    }
    return parts.joined(separator: ", ")
  }
}
