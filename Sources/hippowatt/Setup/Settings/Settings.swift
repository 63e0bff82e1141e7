import Accounting
import Linux
import Quantities
import Sensors
import TOMLKit
import Telemetry

/// The contents of `config.toml`.
struct Settings: Sendable {
  var interval: Double?
  var theme: String?
  var marks: String?
  var window: Double?
  var country: String?
  /// Whether a service on the internet may be asked for the electricity of each hour, and how.
  var liveGrid = LiveGridChoice()
  var sources: [SourceRequest] = []
  /// Whether the default sources are read beside those that are named.
  var keepsDefaults = false
  /// Whether servers that are found on this machine may be queried.
  var mayAskServers = false
  /// What a kilowatt-hour costs.
  var tariff: Tariff?
  /// The power usage effectiveness of the site, if the user said so.
  var pue: Double?
  /// What the user wants to be told of.
  var alerts: [AlertRule] = []

  /// The power usage effectiveness that can be (ISO/IEC 30134-2): from all for the machines to the worst.
  static let effectiveness = 1.0...5.0

  /// The longest interval and the longest window, in seconds: a year.
  static let longest = 366 * 86_400.0

  /// Why a settings file cannot be used.
  struct Problem: Error, CustomStringConvertible {
    var path: String
    var line: Int
    var text: String
    var description: String {
      line > 0 ? "\(path):\(line): \(text)" : "\(path): \(text)"
    }
  }

  /// Reads the settings that the user named, or else the user's own; none when there are none.
  /// - Throws: `WrongUsage` in the first case and `Problem` in the second, with file and line of
  ///   anything that it does not know.
  static func load(named: String?, _ host: HostEnvironment) throws -> Settings {
    if let named {
      do { return try read(named) } catch { throw WrongUsage("\(error)") }
    }
    guard let own = host.configFolder.map({ $0 + "/config.toml" }) else { return Settings() }
    guard File.exists(own) || File.isLink(own) else { return Settings() }
    return try read(own)
  }

  private static func read(_ path: String) throws(Problem) -> Settings {
    let text: String
    do { text = try File.text(path) } catch {
      throw Problem(path: path, line: 0, text: error.description)
    }
    return try parse(text, path: path)
  }

  static func parse(_ text: String, path: String) throws(Problem) -> Settings {
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      throw Problem(path: path, line: Int(error.source.begin.line), text: error.description)
    } catch {
      throw Problem(path: path, line: 0, text: "\(error)")
    }
    var reader = SettingsReader(text: text, path: path)
    return try reader.settings(table)
  }
}

/// Walks a parsed table and names whatever it does not know, with its line.
struct SettingsReader {
  let text: String
  let path: String
  /// The table of a list that is being read, which is where its keys are looked for.
  private var section: (name: String, index: Int)?

  init(text: String, path: String) {
    self.text = text
    self.path = path
  }

  /// The same reader inside one of several tables of a name.
  func within(_ name: String, _ index: Int) -> SettingsReader {
    var copy = self
    copy.section = (name, index)
    return copy
  }

  mutating func settings(_ table: TOMLTable) throws(Settings.Problem) -> Settings {
    var settings = Settings()
    for key in table.keys {
      switch key {
      case "interval": settings.interval = try seconds(table, key, atLeast: 0.01)
      case "window": settings.window = try seconds(table, key, atLeast: 1)
      case "theme": settings.theme = try string(table, key)
      case "marks":
        let marks = try string(table, key)
        guard ["auto", "braille", "blocks", "ascii"].contains(marks) else {
          throw problem(key, "“marks” must be auto, braille, blocks or ascii, not “\(marks)”")
        }
        settings.marks = marks
      case "defaults":
        guard let answer = table[key]?.bool else {
          throw problem(key, "“defaults” must be true or false")
        }
        settings.keepsDefaults = answer
      case "grid":
        guard let grid = table[key]?.table else { throw problem(key, "must be a table: [grid]") }
        try readGrid(grid, into: &settings)
      case "serving":
        guard let serving = table[key]?.table else {
          throw problem(key, "must be a table: [serving]")
        }
        for key in serving.keys {
          guard key == "probe" else { throw problem(key, "[serving] has no setting “\(key)”") }
          settings.mayAskServers = try flag(serving, key)
        }
      case "site":
        guard let site = table[key]?.table else { throw problem(key, "must be a table: [site]") }
        for key in site.keys {
          guard key == "pue" else { throw problem(key, "[site] has no setting “\(key)”") }
          guard let pue = site[key]?.double ?? site[key]?.int.map(Double.init),
            Settings.effectiveness.contains(pue)
          else {
            throw problem(
              key,
              "“pue” must be a number from 1 to 5: energy of the site over that of its machines")
          }
          settings.pue = pue
        }
      case "price":
        guard let price = table[key]?.table else { throw problem(key, "must be a table: [price]") }
        settings.tariff = try tariff(price)
      case "source":
        guard let list = table[key]?.array else {
          throw problem(key, "must be a list of tables: [[source]]")
        }
        for index in 0..<list.count {
          guard let entry = list[index].table else { throw problem(key, "must be tables") }
          settings.sources.append(try within(key, index).source(entry))
        }
      case "alert": break
      default: throw problem(key, "there is no setting “\(key)”")
      }
    }
    if settings.keepsDefaults, !settings.sources.isEmpty {
      let named = Set(settings.sources.map(\.kind))
      let others = SourceCatalogue.all.defaults.filter { !named.contains($0.kind) }
      settings.sources = others + settings.sources
    }
    // Last, since they may speak of the price.
    if table["alert"] != nil {
      guard let list = table["alert"]?.array else {
        throw problem("alert", "must be a list of tables: [[alert]]")
      }
      settings.alerts = try alerts(list, currency: settings.tariff?.currency)
    }
    return settings
  }

  private func source(_ table: TOMLTable) throws(Settings.Problem) -> SourceRequest {
    guard table["kind"] != nil else { throw problem("source", "a [[source]] needs a kind") }
    var request = SourceRequest(kind: try string(table, "kind"))
    guard let entry = SourceCatalogue.all.entry(request.kind) else {
      throw problem("kind", "there is no source “\(request.kind)”")
    }
    for key in table.keys where key != "kind" {
      if key == "argument" {
        request.argument = try string(table, key)
      } else if entry.options.contains(key) {
        request.options[key] = try scalar(table, key)
      } else {
        throw problem(key, entry.refusal(key))
      }
    }
    return request
  }

  func string(_ table: TOMLTable, _ key: String) throws(Settings.Problem) -> String {
    guard let value = table[key]?.string else { throw problem(key, "“\(key)” must be a text") }
    return value
  }

  func flag(_ table: TOMLTable, _ key: String) throws(Settings.Problem) -> Bool {
    guard let value = table[key]?.bool else {
      throw problem(key, "“\(key)” must be true or false")
    }
    return value
  }

  func scalar(_ table: TOMLTable, _ key: String) throws(Settings.Problem) -> String {
    if let value = table[key]?.string { return value }
    if let value = table[key]?.int { return String(value) }
    if let value = table[key]?.double { return String(value) }
    if let value = table[key]?.bool { return String(value) }
    throw problem(key, "“\(key)” must be a single value")
  }

  func seconds(
    _ table: TOMLTable, _ key: String, atLeast least: Double
  ) throws(Settings.Problem) -> Double {
    let text = try scalar(table, key)
    guard let duration = Duration(text: text), duration.inSeconds >= least,
      duration.inSeconds <= Settings.longest
    else {
      throw problem(
        key,
        "“\(key)” must be a time from \(SI.duration(least)) to \(SI.duration(Settings.longest)), "
          + "such as \"5s\", not “\(text)”")
    }
    return duration.inSeconds
  }

  func problem(_ key: String, _ text: String) -> Settings.Problem {
    Settings.Problem(path: path, line: line(of: key), text: text)
  }

  /// The first line that sets a key or opens a table of that name, in the table that is being read
  /// where there are several; 0 when there is none.
  private func line(of key: String) -> Int {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    guard let section else { return lines.firstIndex { Self.sets($0, key) }.map { $0 + 1 } ?? 0 }
    let heads = lines.indices.filter { index in
      lines[index].drop { $0 == " " || $0 == "\t" }.hasPrefix("[[")
        && Self.sets(lines[index], section.name)
    }
    // Written on one line, they have no heads of their own.
    guard heads.indices.contains(section.index) else {
      return lines.firstIndex { Self.sets($0, section.name) }.map { $0 + 1 } ?? 0
    }
    let head = heads[section.index]
    let rest = lines[(head + 1)...]
    let end =
      rest.firstIndex { $0.drop { $0 == " " || $0 == "\t" }.hasPrefix("[") } ?? lines.endIndex
    return (lines[(head + 1)..<end].firstIndex { Self.sets($0, key) } ?? head) + 1
  }

  /// Whether a line sets a key or opens a table of that name.
  private static func sets(_ line: Substring, _ key: String) -> Bool {
    let start = line.drop { $0 == " " || $0 == "\t" || $0 == "[" || $0 == "\"" || $0 == "'" }
    guard start.hasPrefix(key) else { return false }
    let rest = start.dropFirst(key.count).drop {
      $0 == " " || $0 == "\t" || $0 == "\"" || $0 == "'"
    }
    return rest.first == "=" || rest.first == "]" || rest.first == "."
  }
}
