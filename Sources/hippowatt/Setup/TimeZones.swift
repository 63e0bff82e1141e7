import ArgumentParser
import Formats
import Glibc

/// Time zones by the names people give them, from the system's time zone database.
enum TimeZones {
  /// The zone a user names: `Europe/Berlin`, `+02:00`, `UTC`.
  /// - Throws: `Failure` when there is none of that name, or no database to look it up in.
  static func named(_ text: String) throws(Failure) -> TimeZoneRule {
    if let fixed = TimeZoneRule(offset: text) { return fixed }
    if let zone = fromDatabase(text) { return zone }
    if let rule = TimeZoneRule(posix: text) { return rule }
    let hint =
      fromDatabase("Europe/Berlin") == nil
      ? "there is no time zone database here; install tzdata, or write the hours from UTC, such as +02:00"
      : "write a name such as Europe/Berlin, or the hours from UTC, such as +02:00"
    throw Failure("--timezone \(text): is no time zone; \(hint)")
  }

  /// The machine's own zone: by `TZ`, else by `/etc/localtime`, else UTC.
  static func local(_ host: HostEnvironment) -> TimeZoneRule {
    if let name = host.environment["TZ"] {
      let name = name.hasPrefix(":") ? String(name.dropFirst()) : name
      // Glibc, too, takes what it does not know for UTC.
      return (name.hasPrefix("/") ? file(name, name: name) : fromDatabase(name))
        ?? TimeZoneRule(posix: name) ?? .utc
    }
    return file("/etc/localtime", name: host.timeZone ?? "/etc/localtime") ?? .utc
  }

  private static func fromDatabase(_ name: String) -> TimeZoneRule? {
    // A path that leads out of the database names no zone.
    guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
      return nil
    }
    let folder = getenv("TZDIR").map { String(cString: $0) } ?? "/usr/share/zoneinfo"
    return file("\(folder)/\(name)", name: name)
  }

  private static func file(_ path: String, name: String) -> TimeZoneRule? {
    guard File.isPlain(path), let bytes = File.readBytes(path, limit: 1 << 20) else { return nil }
    return TimeZoneRule(name: name, file: bytes)
  }
}

/// The zone of times that are written without one.
struct TimeZoneOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The zone of times without one: Europe/Berlin, +02:00. Default: this machine's.",
      valueName: "zone"))
  var timezone: String?

  /// The zone that is to be taken, and whether the user named it.
  /// - Throws: `Failure` when there is none of the name.
  func zone(_ host: HostEnvironment) throws(Failure) -> (rule: TimeZoneRule, isNamed: Bool) {
    guard let timezone else { return (TimeZones.local(host), false) }
    return (try TimeZones.named(timezone), true)
  }
}
