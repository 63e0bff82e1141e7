/// A user's wish for one source: `--source exec:./sensor`, or a `[[source]]` table.
public struct SourceRequest: Sendable, Hashable {
  /// The name of a catalogue entry.
  public var kind: String
  /// What stands behind the colon; empty when nothing does.
  public var argument: String
  /// Further settings by name.
  public var options: [String: String]

  /// A wish for a source of a kind.
  public init(kind: String, argument: String = "", options: [String: String] = [:]) {
    self.kind = kind
    self.argument = argument
    self.options = options
  }

  /// Reads `kind` or `kind:argument`.
  public init(text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(kind: String(parts[0]), argument: parts.count > 1 ? String(parts[1]) : "")
  }
}

/// A source that cannot be made from what the user asked for.
public struct SourceRequestError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String
  /// An error in the words the user will read.
  public init(_ description: String) { self.description = description }
}
