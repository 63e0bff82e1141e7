/// Guesses the country from the time zone: where a machine's clock is set to, it mostly stands.
enum TimeZoneCountry {
  /// The country of an IANA zone as ISO 3166-1 alpha-2; `nil` for zones of no country, such as
  /// `Etc/UTC`, and unknown ones.
  static func code(of zone: String) -> String? { countries[zone] }

  private static let countries: [String: String] = {
    var countries: [String: String] = [:]
    var (area, country) = ("", "")
    for word in table.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      if word.last == ":" {
        area = word == "-:" ? "" : word.dropLast() + "/"
      } else if word.utf8.count == 2, word.utf8.allSatisfy({ 0x41...0x5A ~= $0 }) {
        country = String(word)
      } else {
        countries[area + word.drop { $0 == "~" }] = country
      }
    }
    return countries
  }()
}
