import Accounting
import Canvas
import Quantities

/// What reports and comparisons say of the site's own sun, in one place.
extension GridAccount {
  /// What the site's own sun met, and what of it is not known; `nil` where no site is measured.
  var siteWords: String? {
    guard siteJoules > 0 else { return nil }
    guard siteMatched > 0 else { return "unknown, because the site's meters told nothing" }
    let known = siteMatched / joules
    let of =
      known < 0.995
      ? "the \(SI.percent(known)) % of the energy that it is known of " : "the energy "
    var words =
      "\(SI.percent(ownSun / siteMatched)) % of \(of)"
      + "(\(SI.energy(ownSun).joined)), the machine's part of what the sun met of the site's load"
    if stored > 0 {
      words +=
        "; \(SI.percent(stored / siteMatched)) % out of the battery, "
        + "charged from elsewhere or before: counted as the grid's"
    }
    return words
  }

  /// The same for programs.
  var siteMembers: [(String, JSONText?)] {
    [
      ("own_sun_joules", siteMatched > 0 ? .number(ownSun) : nil),
      ("other_stored_joules", stored > 0 ? .number(stored) : nil),
      ("site_coverage", siteJoules > 0 ? .number(siteMatched / joules) : nil),
    ]
  }
}
