import Formats
import HTTP
import Linux
import Quantities
import Telemetry

/// What a user says of one meter: its URL, and the settings of its `[[source]]` table.
struct WallSettings: Sendable {
  /// The settings there are, in the order of the manual.
  static let names = [
    "template", "power", "energy", "time", "power_unit", "energy_unit", "scale", "channel", "query",
    "user", "password_env", "password_command", "password_file", "token_env", "token_command",
    "token_file", "insecure", "ca_file", "role", "contains", "label", "every", "max_age",
  ]

  /// Where the meter is, without anything that is secret.
  var url: HTTPURL
  /// Who asks; `nil` where nobody is named.
  var credentials: HTTPCredentials?
  var trust = HTTPTrust.system
  /// The make of meter; `nil` to find it out.
  var template: String?
  /// Where the values stand in the answer.
  var power: JSONPointer?
  var energy: JSONPointer?
  var time: JSONPointer?
  var powerUnit: WallUnit?
  var energyUnit: WallUnit?
  /// What power and energy are multiplied by, such as a transformer's ratio; below zero for a meter that
  /// is wired the other way round.
  var scale = 1.0
  /// Which of several meters in one device.
  var channel: String?
  /// What a server of many series is asked for.
  var query: String?
  var role = DeviceRole.machine
  var contents: Set<DeviceRole>?
  var label: String?
  /// Seconds between two questions; `nil` for the template's.
  var period: Double?
  /// Seconds after which a value is old whose own time stands still; `nil` for the template's.
  var maxAge: Double?

  /// Reads what a user asks for; files and variables with secrets are read here, once.
  ///
  /// - Parameter prefix: what stands before each setting's name where a source has several meters.
  init(
    _ request: SourceRequest, _ context: SourceContext, prefix: String = ""
  ) throws(SourceRequestError) {
    guard !request.argument.isEmpty else {
      throw SourceRequestError("“wall” needs the meter's URL: wall:http://192.168.1.20")
    }
    let (text, named) = HTTPCredentials.split(request.argument)
    url = try HTTPURL(text)
    var reader = WallSettingReader(request, context, prefix)
    credentials = try reader.credentials() ?? named
    if let template = reader["template"] {
      guard WallTemplates.named(template) != nil else {
        throw reader.wrong("template", "is none of " + WallTemplates.names)
      }
      self.template = template
    }
    power = try reader.pointer("power")
    energy = try reader.pointer("energy")
    time = try reader.pointer("time")
    if let unit = try reader.unit("power_unit") {
      guard case .power = unit else { throw reader.wrong("power_unit", "is no unit of power") }
      powerUnit = unit
    }
    if let unit = try reader.unit("energy_unit") {
      guard case .energy = unit else { throw reader.wrong("energy_unit", "is no unit of energy") }
      energyUnit = unit
    }
    if let scale = try reader.number("scale") {
      guard scale != 0 else { throw reader.wrong("scale", "must not be zero") }
      self.scale = scale
    }
    channel = reader["channel"]
    query = reader["query"]
    label = reader["label"].map { String($0.prefix(40)) }
    if let isCareless = reader["insecure"] {
      guard ["true", "false"].contains(isCareless) else {
        throw reader.wrong("insecure", "must be true or false")
      }
      if isCareless == "true" { trust = .anything }
    }
    if let file = reader["ca_file"] { trust = .file(reader.path(file)) }
    (role, contents) = try reader.role()
    period = try reader.seconds("every", atLeast: 1)
    maxAge = try reader.seconds("max_age", atLeast: 1)
  }
}

extension WallSettings {
  /// What of a server is asked for: two sources may ask one server for different things.
  private var subjects: [String] {
    [
      url.path.count > 1 ? Secrets.masked(url.path) : nil, query, channel, power?.description,
      energy?.description,
    ].compactMap { $0 }
  }

  private var mark: UInt64 { FNV1a.hash(subjects.joined(separator: "\u{0}")) }

  /// The name of the source, which tells the server and not what it is asked for.
  var sourceName: String {
    "wall:\(url.authority)" + (subjects.isEmpty ? "" : "#" + String(mark & 0xFFFF, radix: 16))
  }

  /// The name of the device, which tells neither and is the same in each session.
  var deviceName: String { "wall:" + String(FNV1a.hash(url.authority) ^ mark, radix: 16) }
}

/// Reads the settings of a meter one by one.
private struct WallSettingReader {
  let options: [String: String]
  let context: SourceContext
  let kind: String
  let prefix: String

  init(_ request: SourceRequest, _ context: SourceContext, _ prefix: String) {
    options = request.options
    kind = request.kind
    self.context = context
    self.prefix = prefix
  }

  subscript(name: String) -> String? { options[name] }

  func wrong(_ name: String, _ words: String) -> SourceRequestError {
    let value = Secrets.masked(String((options[name] ?? "").prefix(100)))
    return SourceRequestError("source “\(kind)”: \(prefix)\(name) = “\(value)” \(words)")
  }

  func number(_ name: String) throws(SourceRequestError) -> Double? {
    guard let text = options[name] else { return nil }
    guard let number = PlainNumber.parse(text.utf8), number.isFinite else {
      throw wrong(name, "is no number")
    }
    return number
  }

  func seconds(_ name: String, atLeast least: Double) throws(SourceRequestError) -> Double? {
    guard let text = options[name] else { return nil }
    guard let time = Duration(text: text)?.inSeconds, least...86_400 ~= time else {
      throw wrong(name, "must be a time from 1s to 1d")
    }
    return time
  }

  func pointer(_ name: String) throws(SourceRequestError) -> JSONPointer? {
    guard let text = options[name] else { return nil }
    guard let pointer = JSONPointer(text) else {
      throw wrong(name, "is no JSON pointer; write it like /emeters/0/power")
    }
    return pointer
  }

  func unit(_ name: String) throws(SourceRequestError) -> WallUnit? {
    guard let text = options[name] else { return nil }
    guard let unit = WallUnit(text) else { throw wrong(name, "is none of " + WallUnit.all) }
    return unit
  }

  func role() throws(SourceRequestError) -> (DeviceRole, Set<DeviceRole>?) {
    var role = DeviceRole.machine
    if let text = options["role"] {
      guard let named = DeviceRole(rawValue: text), [.machine, .sensor, .component].contains(named)
      else { throw wrong("role", "is none of machine, sensor, component") }
      role = named
    }
    guard let text = options["contains"] else { return (role, nil) }
    let allowed = DeviceRole.machine.contents
    let names = text.split { $0 == "," || $0 == " " }
    let contents = names.compactMap { DeviceRole(rawValue: String($0)) }
    guard contents.count == names.count, allowed.isSuperset(of: contents) else {
      let all = allowed.map(\.rawValue).sorted().joined(separator: ", ")
      throw wrong("contains", "is no list of " + all)
    }
    return (role, Set(contents))
  }

  /// A path as the user wrote it, with the home folder for `~`.
  func path(_ text: String) -> String {
    guard text.hasPrefix("~/"), let home = context.environment["HOME"] else { return text }
    return home + text.dropFirst()
  }

  mutating func credentials() throws(SourceRequestError) -> HTTPCredentials? {
    if let token = try secret("token") {
      guard options["user"] == nil else {
        throw SourceRequestError(
          "source “\(kind)” takes a \(prefix)user or a \(prefix)token, not both")
      }
      return HTTPCredentials(token: token)
    }
    let password = try secret("password")
    guard let user = options["user"] else {
      guard password == nil else {
        throw SourceRequestError("source “\(kind)” has a \(prefix)password and no \(prefix)user")
      }
      return nil
    }
    guard let password else {
      throw SourceRequestError(
        "source “\(kind)” has a \(prefix)user and no password: set "
          + KeySource.ways(prefix + "password"))
    }
    return HTTPCredentials(user: user, password: password)
  }

  /// A secret from wherever the settings say; `nil` where they do not.
  private func secret(_ name: String) throws(SourceRequestError) -> String? {
    let source = KeySource(
      environment: options[name + "_env"], command: options[name + "_command"],
      file: options[name + "_file"])
    do throws(SourceRequestError) {
      return try source.read(environment: context.environment, name: prefix + name)?.revealed
    } catch {
      throw SourceRequestError("source “\(kind)”: \(error)")
    }
  }
}
