import Glibc
import Linux
import Telemetry

/// Where a key comes from: a variable, a command or a file, and never the settings themselves, which
/// are copied, backed up and shown around.
package enum KeySource: Sendable, Hashable {
  /// From nowhere: there is none.
  case nothing
  /// The environment variable of that name.
  case environment(String)
  /// The first line that a command of `/bin/sh` prints.
  case command(String)
  /// The first line of a file that belongs to this user and that nobody else may read.
  case file(String)
  /// More than one of these, which is a mistake.
  case several

  /// What settings name; `nil` for what they do not.
  package init(environment: String?, command: String?, file: String?) {
    let named: [KeySource] =
      [environment.map { .environment($0) }, command.map { .command($0) }, file.map { .file($0) }]
      .compactMap { $0 }
    self = named.isEmpty ? .nothing : named.count == 1 ? named[0] : .several
  }

  /// Seconds a command gets.
  package static let patience = 10.0
  /// The longest key, in bytes.
  static let limit = 4096

  /// Reads the key; `nil` where none is named.
  ///
  /// - Parameters:
  ///   - environment: where variables are looked up, also those of a command.
  ///   - name: what the setting is called, such as `token`, without `_env`, `_command` or `_file`.
  ///   - seconds: how long a command may take.
  /// - Throws: `SourceRequestError` that tells what is wrong and never what a command prints or is.
  package func read(
    environment: [String: String], name: String = "key", within seconds: Double = patience
  ) throws(SourceRequestError) -> SecretText? {
    let text: String
    switch self {
    case .nothing: return nil
    case .several:
      throw SourceRequestError("takes one of \(Self.ways(name)), not several")
    case .environment(let variable):
      guard let value = environment[variable], !value.isEmpty else {
        throw SourceRequestError(
          "the environment has no \(variable), which \(name)_env names")
      }
      text = value
    case .command(let command):
      text = try Self.output(command, environment, name, seconds)
    case .file(let path):
      text = try Self.content(Self.path(path, environment), name)
    }
    // Anything else could end the header it is sent in.
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw SourceRequestError("the \(name) holds a control character")
    }
    return SecretText(text)
  }

  /// The settings that name where a key comes from, as the end of a sentence.
  package static func ways(_ name: String) -> String {
    "\(name)_env, \(name)_command or \(name)_file"
  }

  /// A path as the user wrote it, with the home folder for `~`.
  private static func path(_ text: String, _ environment: [String: String]) -> String {
    guard text.hasPrefix("~/"), let home = environment["HOME"] else { return text }
    return home + text.dropFirst()
  }

  private static func line(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
  }

  private static func content(
    _ path: String, _ name: String
  ) throws(SourceRequestError) -> String {
    guard let open = SafeFile(path, followsLinks: true) else {
      throw SourceRequestError("\(name)_file \(path) cannot be read, or is no regular file")
    }
    let mode = String(open.permissions, radix: 8)
    guard open.owner == geteuid() else {
      throw SourceRequestError("\(name)_file \(path) belongs to another user: chown it")
    }
    guard open.permissions & 0o177 == 0 else {
      throw SourceRequestError(
        "\(name)_file \(path) may be read or changed by others (mode 0\(mode)): chmod 600 \(path)")
    }
    let text = line(open.head(limit))
    guard !text.isEmpty else { throw SourceRequestError("\(name)_file \(path) is empty") }
    return text
  }

  private static func output(
    _ command: String, _ environment: [String: String], _ name: String, _ seconds: Double
  ) throws(SourceRequestError) -> String {
    let child: ChildProcess
    do throws(Errno) {
      child = try ChildProcess(command: command, environment: environment)
    } catch {
      throw SourceRequestError("\(name)_command cannot be started: \(error.words)")
    }
    guard let (bytes, ending) = child.finish(within: seconds, keeping: limit) else {
      throw SourceRequestError("\(name)_command is not done within \(Int(seconds.rounded(.up))) s")
    }
    guard child.hasSucceeded else { throw SourceRequestError("\(name)_command \(ending)") }
    let text = line(bytes)
    guard !text.isEmpty else { throw SourceRequestError("\(name)_command prints no first line") }
    return text
  }
}
