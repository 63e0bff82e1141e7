import Formats

/// Reads an answer of Prometheus' interface (`/api/v1/query` and `/api/v1/query_range`) in one pass,
/// without building a tree.
///
/// Members may come in any order, as other stores that speak the same language have them. A value that is
/// no number (`NaN`, `+Inf`) is left out: of a gauge it means that nothing is known.
package struct PromDecoder {
  private let keep: [String]
  private let limits: PromLimits
  private var scanner: JSONScanner
  private var answer = PromAnswer()
  private var texts: [String: String] = [:]
  private var status = ""
  private var error = ""
  private var resultType = ""

  private init(_ bytes: UnsafeBufferPointer<UInt8>, keep: [String], limits: PromLimits) {
    scanner = JSONScanner(bytes)
    self.keep = keep
    self.limits = limits
  }

  /// Reads an answer and keeps the labels of these names.
  /// - Throws: `StoreFault` where it is torn, too large, or an error in the store's own words.
  package static func decode(
    _ bytes: [UInt8], keep: [String], limits: PromLimits = PromLimits()
  ) throws(StoreFault) -> PromAnswer {
    let result: Result<PromAnswer, StoreFault> = bytes.withUnsafeBufferPointer { buffer in
      var decoder = PromDecoder(buffer, keep: keep, limits: limits)
      do throws(Stop) {
        return .success(try decoder.read())
      } catch {
        switch error {
        case .torn(let fault): return .failure(.torn(fault.message))
        case .fault(let fault): return .failure(fault)
        }
      }
    }
    return try result.get()
  }

  private enum Stop: Error {
    case torn(JSONFault)
    case fault(StoreFault)
  }

  private mutating func read() throws(Stop) -> PromAnswer {
    do throws(JSONFault) { try scanner.beginObject() } catch { throw .torn(error) }
    var isFirst = true
    while let key = try torn({ s throws(JSONFault) in try s.nextKey(&isFirst) }) {
      if scanner.equals(key, "status") {
        status = try text(20)
      } else if scanner.equals(key, "error") {
        error = try text(300)
      } else if scanner.equals(key, "isPartial") {
        // VictoriaMetrics says so where one of its nodes is away.
        if scanner.peek() == UInt8(ascii: "t"), answer.warning == nil {
          answer.warning = "a part of it did not answer"
        }
        try skip()
      } else if scanner.equals(key, "warnings") {
        try warnings()
      } else if scanner.equals(key, "data"), scanner.peek() == UInt8(ascii: "{") {
        try data()
      } else {
        try skip()
      }
    }
    try torn { s throws(JSONFault) in try s.end() }
    guard status == "success" else {
      throw .fault(.said(error.isEmpty ? "its answer has no status" : error))
    }
    guard ["vector", "matrix"].contains(resultType) else {
      throw .fault(.torn("the answer is no list of series"))
    }
    return answer
  }

  private mutating func data() throws(Stop) {
    try torn { s throws(JSONFault) in try s.beginObject() }
    var isFirst = true
    while let key = try torn({ s throws(JSONFault) in try s.nextKey(&isFirst) }) {
      if scanner.equals(key, "resultType") {
        resultType = try text(20)
      } else if scanner.equals(key, "result"), scanner.peek() == UInt8(ascii: "[") {
        try list { decoder throws(Stop) in try decoder.series() }
      } else {
        try skip()
      }
    }
  }

  private mutating func series() throws(Stop) {
    guard answer.series.count < limits.series else { throw .fault(.tooManySeries(limits.series)) }
    try torn { s throws(JSONFault) in try s.beginObject() }
    var labels = [String](repeating: "", count: keep.count)
    let start = answer.points.count
    var isFirst = true
    while let key = try torn({ s throws(JSONFault) in try s.nextKey(&isFirst) }) {
      if scanner.equals(key, "metric") {
        try metric(into: &labels)
      } else if scanner.equals(key, "value") {
        try point()
      } else if scanner.equals(key, "values") {
        try list { decoder throws(Stop) in try decoder.point() }
      } else {
        try skip()
      }
    }
    answer.series.append(PromAnswer.Series(labels: labels, points: start..<answer.points.count))
  }

  private mutating func metric(into labels: inout [String]) throws(Stop) {
    try torn { s throws(JSONFault) in try s.beginObject() }
    var isFirst = true
    while let key = try torn({ s throws(JSONFault) in try s.nextKey(&isFirst) }) {
      guard let place = place(of: key) else {
        try skip()
        continue
      }
      let value = try text(limits.label)
      // The same few hundred texts stand in thousands of series.
      if let known = texts[value] {
        labels[place] = known
      } else {
        texts[value] = value
        labels[place] = value
      }
    }
  }

  private func place(of key: Range<Int>) -> Int? {
    keep.firstIndex { name in
      var name = name
      return name.withUTF8 { wanted in
        wanted.count == key.count
          && wanted.indices.allSatisfy { wanted[$0] == scanner.bytes[key.lowerBound + $0] }
      }
    }
  }

  /// `[1435781430.781, "1"]`.
  private mutating func point() throws(Stop) {
    guard answer.points.count < limits.points else { throw .fault(.tooManyPoints(limits.points)) }
    try torn { s throws(JSONFault) in try s.expect(UInt8(ascii: "["), "“[”") }
    let time = try torn { s throws(JSONFault) in try s.number().whole(shift: 3) }
    try torn { s throws(JSONFault) in try s.expect(UInt8(ascii: ","), "“,”") }
    let raw = try torn { s throws(JSONFault) in try s.rawString() }
    try torn { s throws(JSONFault) in try s.expect(UInt8(ascii: "]"), "“]”") }
    let end = scanner.at
    defer { scanner.at = end }
    scanner.at = raw.lowerBound
    // A time of another age than ours is no time that was asked for.
    guard let time, 0...4_000_000_000_000 ~= time, let value = try? scanner.number().double,
      value.isFinite, scanner.at == raw.upperBound
    else { return }
    answer.points.append(PromAnswer.Point(time: time, value: value))
  }

  private mutating func warnings() throws(Stop) {
    guard scanner.peek() == UInt8(ascii: "[") else { return try skip() }
    try list { decoder throws(Stop) in
      let words = try decoder.text(200)
      if decoder.answer.warning == nil { decoder.answer.warning = words }
    }
  }

  // MARK: Parts

  private mutating func list(_ body: (inout Self) throws(Stop) -> Void) throws(Stop) {
    scanner.at += 1
    if scanner.take(UInt8(ascii: "]")) { return }
    repeat { try body(&self) } while scanner.take(UInt8(ascii: ","))
    try torn { s throws(JSONFault) in try s.expect(UInt8(ascii: "]"), "“,” or “]”") }
  }

  private mutating func text(_ cap: Int) throws(Stop) -> String {
    try torn { s throws(JSONFault) in try s.string(cap: cap) }
  }

  private mutating func skip() throws(Stop) {
    try torn { s throws(JSONFault) in try s.skipValue() }
  }

  private mutating func torn<Result>(
    _ body: (inout JSONScanner) throws(JSONFault) -> Result
  ) throws(Stop) -> Result {
    do throws(JSONFault) { return try body(&scanner) } catch { throw .torn(error) }
  }
}
