import Formats

/// The scalars of one `Event` message.
///
/// Fields: 1 wall time, 2 step, 5 summary with values of 1 tag, 2 simple value, 8 tensor and
/// 9 metadata. Everything else is passed over: histograms, images, texts, graphs.
/// Source: tensorflow/core/util/event.proto, framework/summary.proto and tensor.proto.
enum TFEvent {
  static func scalars(in event: UnsafeBufferPointer<UInt8>, _ body: (TFScalar) -> Void) {
    var reader = ProtoReader(event)
    var time: Double?
    var step: Int64 = 0
    var hasSummary = false
    while let (field, value) = reader.next() {
      switch field {
      case 1: time = value.double ?? time
      case 2: step = value.number.map { Int64(bitPattern: $0) } ?? step
      case 5: hasSummary = true
      default: break
      }
    }
    guard hasSummary, !reader.isBroken, let time, time.isFinite else { return }
    reader = ProtoReader(event)
    while let (field, value) = reader.next() {
      guard field == 5, let summary = value.content else { continue }
      var values = ProtoReader(summary)
      while let (field, value) = values.next() {
        guard field == 1, let content = value.content, let (tag, number) = scalar(content) else {
          continue
        }
        body(TFScalar(wallTime: time, step: step, tag: tag, value: number))
      }
    }
  }

  private static func scalar(
    _ value: UnsafeBufferPointer<UInt8>
  ) -> (tag: UnsafeBufferPointer<UInt8>, value: Double)? {
    var reader = ProtoReader(value)
    var tag: UnsafeBufferPointer<UInt8>?
    var number: Double?
    var tensor: UnsafeBufferPointer<UInt8>?
    var isScalar = true
    while let (field, value) = reader.next() {
      switch field {
      case 1: tag = value.content
      case 2: number = value.float
      case 8: tensor = value.content
      case 9: isScalar = value.content.map(isForScalars) ?? false
      default: break
      }
    }
    guard !reader.isBroken, let tag, 1...512 ~= tag.count else { return nil }
    if let number { return (tag, number) }
    guard isScalar, let tensor, let number = single(tensor) else { return nil }
    return (tag, number)
  }

  /// Whether metadata name the plugin `scalars`, or none at all.
  private static func isForScalars(_ metadata: UnsafeBufferPointer<UInt8>) -> Bool {
    var reader = ProtoReader(metadata)
    while let (field, value) = reader.next() {
      guard field == 1, let content = value.content else { continue }
      var plugin = ProtoReader(content)
      while let (field, value) = plugin.next() {
        if field == 1 { return value.content?.elementsEqual("scalars".utf8) ?? false }
      }
    }
    return true
  }

  /// The one number of a tensor of floats or doubles.
  private static func single(_ tensor: UnsafeBufferPointer<UInt8>) -> Double? {
    var reader = ProtoReader(tensor)
    var type: UInt64 = 0
    var content: UnsafeBufferPointer<UInt8>?
    var listed: UnsafeBufferPointer<UInt8>?
    var plain: Double?
    while let (field, value) = reader.next() {
      switch field {
      case 1: type = value.number ?? 0
      case 4: content = value.content
      case 5, 6:
        plain = value.float ?? value.double ?? plain
        listed = value.content ?? listed
      default: break
      }
    }
    guard !reader.isBroken, type == 1 || type == 2 else { return nil }
    if let plain { return plain }
    let width = type == 1 ? 4 : 8
    guard let raw = content.flatMap({ $0.isEmpty ? nil : $0 }) ?? listed, raw.count == width else {
      return nil
    }
    return type == 1
      ? Double(Float(bitPattern: raw.littleEndian(UInt32.self, at: 0)))
      : Double(bitPattern: raw.littleEndian(UInt64.self, at: 0))
  }
}
