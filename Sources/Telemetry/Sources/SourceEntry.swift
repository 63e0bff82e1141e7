/// One kind of data source and how to make it: a line of a catalogue.
public struct SourceEntry: Sendable {
  /// What the user calls it, and what stands before the colon in `--source`.
  public let name: String
  /// What it measures, in a few words.
  public let gives: String
  /// The kinds of device it reports; empty when that depends on what it reads.
  public let feeds: [DeviceKind]
  /// Whether it is used when the user names no sources.
  public let isDefault: Bool
  /// Whether only a few machines have what it reads, so that its absence need not be reported.
  public let isRare: Bool
  /// How to write it: `exec:COMMAND`; the name alone when it takes nothing.
  public let usage: String
  /// The names of the settings it takes in a `[[source]]` table.
  public let options: [String]
  /// Makes the source a user asked for.
  public let make:
    @Sendable (SourceRequest, SourceContext) throws(SourceRequestError) -> any DataSource

  /// An entry; without a usage it is written by its name alone.
  public init(
    _ name: String, gives: String, feeds: [DeviceKind], isDefault: Bool = true,
    isRare: Bool = false, usage: String? = nil, options: [String] = [],
    make:
      @escaping @Sendable (SourceRequest, SourceContext) throws(SourceRequestError)
      -> any DataSource
  ) {
    self.name = name
    self.gives = gives
    self.feeds = feeds
    self.isDefault = isDefault
    self.isRare = isRare
    self.usage = usage ?? name
    self.options = options
    self.make = make
  }

  /// Why a setting of that name is not taken, as a sentence that never holds its value.
  public func refusal(_ option: String) -> String {
    let words = "source “\(name)” has no setting “\(option)”"
    let ways = ["env", "command", "file"].map { "\(option)_\($0)" }.filter(options.contains)
    guard let last = ways.last else { return words }
    let list = ways.count == 1 ? last : ways.dropLast().joined(separator: ", ") + " or " + last
    return words + ": settings are copied and shown, so say with \(list) where it comes from"
  }
}
