/// One thing that a headline rests on, as the provenance view shows it.
struct CertificateLine {
  /// What it says, without a mark.
  var text: String
  /// Whether it is a reason to believe the headline less.
  var isWarning = false

  init(_ text: String) { self.text = text }

  static func warning(_ text: String) -> CertificateLine {
    var line = CertificateLine(text)
    line.isWarning = true
    return line
  }
}

extension [CertificateLine] {
  mutating func append(_ text: String) { append(CertificateLine(text)) }
}
