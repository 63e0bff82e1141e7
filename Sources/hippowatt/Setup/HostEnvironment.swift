import Glibc
import Telemetry

/// The machine and the user the program runs for: environment variables, host name, time zone.
///
/// It is read once, at the start.
struct HostEnvironment: Sendable {
  var environment: [String: String]
  var machine: String
  var timeZone: String?
  /// The user id whose processes may be read; `nil` for everybody's, as root may.
  var user: UInt32? = geteuid() == 0 ? nil : geteuid()

  static func current() -> HostEnvironment {
    tzset()
    return HostEnvironment(
      environment: environmentVariables(), machine: hostName(), timeZone: zoneName())
  }

  private static func environmentVariables() -> [String: String] {
    var result: [String: String] = [:]
    var entry = environ
    while let variable = entry.pointee {
      let text = String(cString: variable)
      if let equals = text.firstIndex(of: "=") {
        result[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      entry += 1
    }
    return result
  }

  private static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, 255) == 0 else { return "localhost" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The IANA name of the time zone: from `TZ`, else from `/etc/localtime`, else from
  /// `/etc/timezone`.
  private static func zoneName() -> String? {
    if let zone = getenv("TZ").map({ String(cString: $0) }), zone.contains("/") {
      return zone.hasPrefix(":") ? String(zone.dropFirst()) : zone
    }
    var buffer = [CChar](repeating: 0, count: 1024)
    let length = readlink("/etc/localtime", &buffer, 1023)
    if length > 0 {
      let bytes = buffer.prefix(length).map(UInt8.init(bitPattern:))
      let parts = String(decoding: bytes, as: UTF8.self).split(separator: "/")
      if let index = parts.lastIndex(of: "zoneinfo"), index + 1 < parts.count {
        return parts[(index + 1)...].joined(separator: "/")
      }
    }
    return File.read("/etc/timezone", limit: 256)?.split(whereSeparator: \.isWhitespace).first
      .map(String.init)
  }

  /// Seconds east of UTC at a time, by the machine's own rules.
  static let utcOffset: @Sendable (Timestamp) -> Int = { time in
    var seconds = time_t(time.nanoseconds / 1_000_000_000)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return parts.tm_gmtoff
  }

  /// The name of the user, as the environment says it.
  var userName: String? { environment["USER"] ?? environment["LOGNAME"] }

  /// The folder of the user's settings.
  var configFolder: String? {
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
      return folder + "/hippowatt"
    }
    return environment["HOME"].map { $0 + "/.config/hippowatt" }
  }

  /// Whether the terminal's background is light, as some terminals say in `COLORFGBG`: the numbers of
  /// two of the sixteen colours, the background's last; nil where it is not said.
  var hasLightBackground: Bool? {
    guard let last = environment["COLORFGBG"]?.split(separator: ";").last, let number = Int(last),
      0..<16 ~= number
    else { return nil }
    return number == 7 || number > 8
  }
}
