/// The kinds of data source there are, in the order they are listed to users.
public struct SourceCatalogue: Sendable {
  /// The kinds, in the order they are listed.
  public let entries: [SourceEntry]

  /// A catalogue; of two entries with one name the first counts.
  public init(_ entries: [SourceEntry]) { self.entries = entries }

  /// The entry of that name.
  public func entry(_ name: String) -> SourceEntry? { entries.first { $0.name == name } }

  /// A wish for every source that is used when the user names none.
  public var defaults: [SourceRequest] {
    entries.filter(\.isDefault).map { SourceRequest(kind: $0.name) }
  }

  /// Makes the source a user asked for.
  /// - Throws: `SourceRequestError` when there is no such kind or its argument is wrong.
  public func make(
    _ request: SourceRequest, in context: SourceContext
  ) throws(SourceRequestError) -> any DataSource {
    guard let entry = entry(request.kind) else {
      let names = entries.map(\.name).joined(separator: ", ")
      throw SourceRequestError("there is no source “\(request.kind)”; there are: \(names)")
    }
    for option in request.options.keys.sorted() where !entry.options.contains(option) {
      throw SourceRequestError(entry.refusal(option))
    }
    return try entry.make(request, context)
  }
}
