import Canvas

extension DoctorReport {
  /// The same as data, on one line.
  var json: String {
    func text(_ value: String?) -> JSONText { value.map { .text(sanitized($0)) } ?? .null }
    func list(_ values: [String]) -> JSONText { .list(values.map { .text(sanitized($0)) }) }
    let terminal = facts.terminal
    return JSONText.members([
      ("program", text(facts.program)), ("summary", text(summary)),
      (
        "sources",
        .list(
          findings.map { finding in
            .members([
              ("source", text(finding.name)), ("standing", text(finding.standing.rawValue)),
              ("devices", .number(Double(finding.devices))), ("message", text(finding.message)),
              ("remedy", text(finding.remedy)), ("notes", list(finding.notes)),
            ])
          })
      ),
      (
        "machine",
        .members([
          ("distribution", text(facts.distribution)), ("kernel", text(facts.kernel)),
          ("architecture", text(facts.architecture)), ("libc", text(facts.libc)),
          ("processor", text(facts.processor)), ("layers", list(facts.layers)),
          ("gpus", list(facts.cards)), ("drivers", list(facts.drivers)),
          (
            "libraries",
            .members(facts.libraries.map { (sanitized($0.name), text($0.version)) })
          ),
          ("root", .flag(facts.isRoot)), ("capabilities", list(facts.capabilities)),
          ("proc_hides", text(facts.hiding)),
        ])
      ),
      (
        "terminal",
        .members([
          ("term", text(terminal.term)), ("colorterm", text(terminal.colorTerm)),
          ("columns", terminal.columns.map { .number(Double($0)) } ?? .null),
          ("rows", terminal.rows.map { .number(Double($0)) } ?? .null),
          ("locale", text(terminal.locale)), ("layers", list(terminal.layers)),
        ])
      ),
      (
        "settings",
        .members([
          ("file", text(settings.path)), ("problem", text(settings.problem)),
          ("changed", list(settings.lines)),
        ])
      ),
    ]).written
  }
}
