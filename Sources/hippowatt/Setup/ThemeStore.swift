import Dashboard
import Glibc
import Linux

/// Finds the theme files: the user's own, the installed ones, those of the source tree.
struct ThemeStore {
  /// The themes that can be used, the built-in one among them; never empty.
  private(set) var themes: [Theme] = []
  /// Files that could not be used, each in one line.
  private(set) var problems: [String] = []

  init(host: HostEnvironment, executable: String) {
    var seen: Set<String> = []
    for folder in Self.folders(host: host, executable: executable) {
      for file in File.names(in: folder) where file.hasSuffix(".theme") {
        let name = String(file.dropLast(6))
        guard !seen.contains(name) else { continue }
        let path = folder + "/" + file
        do {
          let text = try File.text(path, limit: 1 << 16)
          themes.append(try ThemeParser.parse(text, name: name))
          seen.insert(name)
        } catch {
          problems.append("\(path): \(error); the default theme stands in for it")
        }
      }
    }
    if !themes.contains(where: { $0.name == Theme.dusk.name }) { themes.append(.dusk) }
    let first = themes.firstIndex { $0.name == Theme.dusk.name } ?? 0
    themes.swapAt(0, first)
  }

  /// The theme of that name, or the default with a message why.
  mutating func index(of name: String?) -> Int {
    guard let name else { return 0 }
    if let index = themes.firstIndex(where: { $0.name == name }) { return index }
    let names = themes.map(\.name).joined(separator: ", ")
    problems.append("there is no theme “\(name)”; there are: \(names)")
    return 0
  }

  /// The name that stands for a theme by the terminal's background.
  static let automatic = "auto"

  /// The theme for a dark or a light background.
  func index(isLight: Bool) -> Int {
    themes.firstIndex { $0.name == (isLight ? "paper" : Theme.dusk.name) } ?? 0
  }

  static func folders(host: HostEnvironment, executable: String) -> [String] {
    var folders: [String] = []
    if let own = host.configFolder { folders.append(own + "/themes") }
    var place = executable
    // bin/hippowatt of a prefix, or .build/release/hippowatt of the source tree.
    for _ in 0..<5 {
      guard let slash = place.lastIndex(of: "/") else { break }
      place = String(place[..<slash])
      folders.append(place + "/share/hippowatt/themes")
      folders.append(place + "/themes")
    }
    return folders
  }

  /// The path of the running program.
  static var executable: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, 4095)
    guard length > 0 else { return CommandLine.arguments[0] }
    return String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
