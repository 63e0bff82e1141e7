/// Buckets: the integrals as what they are beside those that are to be expected, the extremes as what
/// they are beside the value.
extension Tier.Bucket: PackedRow {
  static func write(
    _ rows: UnsafeBufferPointer<Self>, _ course: PackedCourse, to bytes: inout [UInt8]
  ) {
    let (first, last) = (rows[0], rows[rows.count - 1])
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: rows.count) { numbers in
      func append(_ number: (Self) -> Int64) {
        for index in rows.indices { numbers[index] = number(rows[index]) }
        PackedColumn.write(UnsafeBufferPointer(numbers), to: &bytes)
      }
      PackedValues.write(count: rows.count, course, numbers, to: &bytes) { rows[$0].value }
      let basis = Basis(
        first.cumulative, first.covered, first.value, first.time.nanoseconds,
        slope: course.growth == .count
          ? .nan : (last.cumulative - first.cumulative) / (last.covered - first.covered))
      bytes.append(bitsOf: basis.cumulative)
      bytes.append(bitsOf: basis.covered)
      if course.growth != .count { bytes.append(bitsOf: basis.slope) }
      append { $0.covered.ordinal &- basis.covered(at: $0.time.nanoseconds).ordinal }
      append { $0.cumulative.ordinal &- basis.cumulative($0.value, $0.covered, course).ordinal }
      appendExtremes(rows, course, numbers, to: &bytes)
    }
  }

  private static func appendExtremes(
    _ rows: UnsafeBufferPointer<Self>, _ course: PackedCourse,
    _ numbers: UnsafeMutableBufferPointer<Int64>, to bytes: inout [UInt8]
  ) {
    for isHigh in [false, true] {
      var areSteps = true
      for index in rows.indices {
        guard let steps = course.steps(rows[index].value),
          let own = course.steps(of: isHigh ? rows[index].high : rows[index].low)
        else {
          areSteps = false
          break
        }
        numbers[index] = own &- steps
      }
      if !areSteps {
        for index in rows.indices {
          numbers[index] = (isHigh ? rows[index].high : rows[index].low).ordinal
        }
      }
      bytes.append(areSteps ? 1 : 0)
      PackedColumn.write(UnsafeBufferPointer(numbers), to: &bytes)
    }
  }

  @inline(__always)
  static func read(
    _ from: Int, _ to: Int, of count: Int, _ bytes: UnsafeRawPointer, _ times: PackedColumn,
    _ course: PackedCourse, _ body: (Self) -> Void
  ) {
    var place = 0
    let values = PackedValues(bytes, &place, count: count, course)
    func double() -> Double {
      defer { place += 8 }
      return bytes.loadUnaligned(fromByteOffset: place, as: Double.self)
    }
    let (cumulative, covered) = (double(), double())
    let basis = Basis(
      cumulative, covered, values[0], times[0], slope: course.growth == .count ? .nan : double())
    let known = PackedColumn(bytes, &place, count: count)
    let sums = PackedColumn(bytes, &place, count: count)
    let lows = Extremes(bytes, &place, count: count)
    let highs = Extremes(bytes, &place, count: count)
    for index in from..<to {
      let time = times[index]
      let value = values[index]
      let seconds = Double(
        ordinal: known[index] &+ basis.covered(at: time).ordinal)
      let sum = Double(
        ordinal: sums[index] &+ basis.cumulative(value, seconds, course).ordinal)
      body(
        Self(
          time: Timestamp(nanoseconds: time), value: value, cumulative: sum, covered: seconds,
          low: lows.value(index, value, course), high: highs.value(index, value, course)))
    }
  }

  /// What is to be expected of the integrals.
  private struct Basis {
    let cumulative: Double
    let covered: Double
    let value: Double
    let time: Int64
    let slope: Double

    init(_ cumulative: Double, _ covered: Double, _ value: Double, _ time: Int64, slope: Double) {
      self.cumulative = cumulative
      self.covered = covered
      self.value = value
      self.time = time
      self.slope = slope.isFinite ? slope : 0
    }

    @inline(__always)
    func covered(at time: Int64) -> Double { covered + Double(time &- self.time) / 1e9 }

    @inline(__always)
    func cumulative(_ value: Double, _ covered: Double, _ course: PackedCourse) -> Double {
      course.growth == .count
        ? cumulative + (value - self.value) : cumulative + slope * (covered - self.covered)
    }
  }

  /// The least or the greatest heights of some buckets.
  private struct Extremes {
    private let areSteps: Bool
    private let column: PackedColumn

    @inline(__always)
    init(_ bytes: UnsafeRawPointer, _ place: inout Int, count: Int) {
      areSteps = bytes.load(fromByteOffset: place, as: UInt8.self) != 0
      place += 1
      column = PackedColumn(bytes, &place, count: count)
    }

    @inline(__always)
    func value(_ index: Int, _ value: Double, _ course: PackedCourse) -> Float {
      guard areSteps else { return Float(ordinal: column[index]) }
      // The value is whole steps where its extremes are.
      let steps = Int64((value / course.scale).rounded()) &+ column[index]
      return Float(Double(steps) * course.scale)
    }
  }
}

extension PackedCourse {
  /// The number of steps of which a height is the nearest number of single precision.
  fileprivate func steps(of height: Float) -> Int64? {
    let steps = (Double(height) / scale).rounded()
    guard abs(steps) < 0x1p53 else { return nil }
    return Float(steps * scale).bitPattern == height.bitPattern ? Int64(steps) : nil
  }
}
