import TOMLKit
import Telemetry

/// The settings that differ from the defaults, as others may see them.
///
/// Of most settings only that they are set is told: a value stands there where it can only be a number, a
/// word of a list, a unit or a place that says nothing of whose it is.
struct SettingsDigest: Sendable, Hashable {
  /// The file, with `~` for the home; `nil` where there is none.
  var path: String?
  /// Why it cannot be used.
  var problem: String?
  /// `grid.country = "FR"`, in the order of the file's tables.
  var lines: [String] = []

  /// Values that may be shown, by the name of the setting in whatever table.
  private static let harmless: Set<String> = [
    "interval", "window", "theme", "marks", "defaults", "country", "live", "zone", "provider",
    "share_unit", "intensity_unit", "max_age", "every", "basis", "signal", "probe", "pue",
    "currency", "per_kwh", "from", "to", "days", "kind", "quantity", "above", "below", "for",
    "margin", "bell", "projected", "of", "baseline", "timeout", "template", "power_unit",
    "energy_unit", "scale", "role", "contains", "insecure",
  ]
  /// What holds where a setting is not named.
  private static let defaults = [
    "interval": "\"1s\"", "window": "\"5min\"", "marks": "\"auto\"", "theme": "\"dusk\"",
    "defaults": "false", "grid.live": "false", "serving.probe": "false",
  ]
  private static let most = 40

  init() {}

  /// What stands in a settings file.
  /// - Parameter home: the user's folder, for which `~` is shown.
  init(text: String, path: String, home: String?, problem: String? = nil) {
    self.path = Self.short(path, home: home)
    self.problem = problem
    guard let table = try? TOMLTable(string: text) else { return }
    add(table, "")
    if lines.count > Self.most {
      lines = Array(lines.prefix(Self.most)) + ["… and \(lines.count - Self.most) more"]
    }
  }

  /// The path with `~` for the home; elsewhere its last part alone, since folders have users' names.
  static func short(_ path: String, home: String?) -> String {
    if let home, home.count > 1, path.hasPrefix(home + "/") {
      let rest = path.dropFirst(home.count)
      return rest == "/.config/hippowatt/config.toml" ? "~" + rest : "~/…/" + last(path)
    }
    return path.hasPrefix("/etc/") ? path : "…/" + last(path)
  }

  private static func last(_ path: String) -> Substring {
    path.split(separator: "/").last ?? ""
  }

  private mutating func add(_ table: TOMLTable, _ prefix: String) {
    // Single values first, so that a table's lines stand together.
    let keys = table.keys
    for key in keys where table[key]?.table == nil && table[key]?.array == nil {
      add(value: table[key], key, prefix)
    }
    for key in keys {
      if let inner = table[key]?.table {
        add(inner, prefix + key + ".")
      } else if let list = table[key]?.array {
        for index in 0..<list.count {
          if let inner = list[index].table {
            add(inner, "\(prefix)\(key)[\(index + 1)].")
          } else {
            lines.append("\(prefix)\(key)[\(index + 1)] is set")
          }
        }
      }
    }
  }

  private mutating func add(value: (any TOMLValueConvertible)?, _ key: String, _ prefix: String) {
    let name = prefix + key
    guard let written = Self.written(value), Self.isHarmless(key, written) else {
      lines.append("\(name) is set")
      return
    }
    guard Self.defaults[name] != written else { return }
    lines.append("\(name) = \(written)")
  }

  /// Names variables alone may be told of: `token_env = "HOME_ASSISTANT_TOKEN"`.
  private static func isHarmless(_ key: String, _ written: String) -> Bool {
    guard harmless.contains(key) || key.hasSuffix("_env") else { return false }
    return Secrets.masked(written) == written && written.utf8.count <= 40
      && !written.contains("/") && !written.contains("@")
      && written.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F }
  }

  private static func written(_ value: (any TOMLValueConvertible)?) -> String? {
    guard let value else { return nil }
    if let text = value.string { return "\"\(text)\"" }
    if let flag = value.bool { return flag ? "true" : "false" }
    if let number = value.int { return String(number) }
    if let number = value.double { return number.description }
    return nil
  }
}
