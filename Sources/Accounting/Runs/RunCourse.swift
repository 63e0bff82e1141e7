import Telemetry

/// What a run had spent and done at each of some moments, from its first report of progress on.
public struct RunCourse: Hashable, Sendable {
  /// A moment of a run, with everything since its first report of progress.
  public struct Point: Hashable, Sendable {
    /// When it was.
    public var time: Timestamp
    /// How long the run had run; what lies between two lives does not count.
    public var seconds: Double
    /// The joules until then, if they are known.
    public var joules: Double?
    /// The step that it had come to, if it tells any.
    public var step: Double?
    /// The tokens that it had come to, if it counts any; those that it wrote, of a server.
    public var tokens: Double?
    /// The samples that it had come to, if it counts any.
    public var samples: Double?

    /// A moment of which only the time is known.
    public init(time: Timestamp, seconds: Double) {
      self.time = time
      self.seconds = seconds
    }
  }

  /// The moments in their order, the first and the last report of progress among them.
  public var points: [Point]

  /// A course through some moments in their order.
  public init(points: [Point]) { self.points = points }

  /// The first moment.
  public var start: Point? { points.first }
  /// The last moment.
  public var end: Point? { points.last }

  /// Where the run stood at a time; `nil` before it began.
  ///
  /// After its end it stands where it ended.
  public func point(at time: Timestamp) -> Point? {
    guard let first = points.first, time >= first.time else { return nil }
    return point(where: time - first.time) { $0.time - first.time }
  }

  /// Where the run stood after so many seconds; where it ended, after more.
  public func point(after seconds: Double) -> Point? {
    point(where: max(0, seconds), \.seconds)
  }

  /// Where the run first had come to so much of what it counts; `nil` where it never did, or had more
  /// from the beginning.
  public func point(of value: Double, _ counted: KeyPath<Point, Double?>) -> Point? {
    guard let after = points.firstIndex(where: { ($0[keyPath: counted] ?? -.infinity) >= value })
    else { return nil }
    let right = points[after]
    guard let end = right[keyPath: counted], end > value else { return right }
    guard after > 0, let begin = points[after - 1][keyPath: counted] else { return nil }
    return Self.between(points[after - 1], right, (value - begin) / (end - begin))
  }

  private func point(where place: Double, _ of: (Point) -> Double) -> Point? {
    guard let after = points.firstIndex(where: { of($0) >= place }), after > 0 else {
      return points.first.flatMap { of($0) >= place ? $0 : points.last }
    }
    let (left, right) = (points[after - 1], points[after])
    let width = of(right) - of(left)
    return Self.between(left, right, width > 0 ? (place - of(left)) / width : 1)
  }

  private static func between(_ left: Point, _ right: Point, _ share: Double) -> Point {
    func mixed(_ one: Double?, _ other: Double?) -> Double? {
      guard let one, let other else { return share >= 1 ? other : share <= 0 ? one : nil }
      return one + share * (other - one)
    }
    var point = Point(
      time: left.time + share * (right.time - left.time),
      seconds: left.seconds + share * (right.seconds - left.seconds))
    point.joules = mixed(left.joules, right.joules)
    point.step = mixed(left.step, right.step)
    point.tokens = mixed(left.tokens, right.tokens)
    point.samples = mixed(left.samples, right.samples)
    return point
  }
}
