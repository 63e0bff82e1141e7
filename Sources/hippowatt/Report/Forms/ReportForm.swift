/// A published form that one or several recordings are written into.
struct ReportForm: Sendable {
  /// A file of a form.
  struct Page: Sendable {
    /// The name it has in a folder.
    var name: String
    var text: String
  }

  /// What `--format` calls it.
  let name: String
  /// What it is, in a few words.
  let title: String
  /// Whether it has room for what contracts deliver.
  var tellsContracts = false
  /// Fills it in.
  /// - Throws: `Failure` where it has no place to say that something is not known.
  let pages: @Sendable (RunSet, FormFacts) throws -> [Page]
}

/// The forms there are.
enum ReportForms {
  static let all: [ReportForm] = [
    GPAIForm.form, SCIForm.form, SCIForAIForm.form, SPDXForm.form, CycloneDXForm.form,
    BoAmpsForm.form, EnergyScoreForm.form,
  ]

  /// The reports that tell of a single recording.
  static let single = ["text", "markdown", "json"]

  /// All that `--format` takes.
  static var names: [String] { single + all.map(\.name) }

  static func form(_ name: String) -> ReportForm? { all.first { $0.name == name } }
}
