extension Timeline {
  /// So many scheduler's jobs are kept in a session that goes on; of more, those that ended first go.
  static let mostAllocations = 512
  /// Those that ended so many seconds ago or less are kept in any case.
  private static let lasting = 3600.0

  /// Forgets the scheduler's jobs that ended first, where a session has seen more than it keeps.
  ///
  /// A node may have thousands of short ones in a month. A recording has them all.
  mutating func forgetEndedAllocations() {
    guard devices.count > Self.mostAllocations, let now = span?.end else { return }
    let known = devices.filter { $0.id.kind == .allocation }.map(\.id)
    guard known.count > Self.mostAllocations else { return }
    let ended = known.compactMap { id in newestReading(of: id).map { (id: id, last: $0) } }
      .filter { now - $0.last > Self.lasting }.sorted { $0.last < $1.last }
    let surplus = known.count - Self.mostAllocations * 3 / 4
    let gone = Set(ended.prefix(surplus).map(\.id))
    if !gone.isEmpty { remove(gone) }
  }
}
