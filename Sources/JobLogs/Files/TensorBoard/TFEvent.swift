import Formats

/// The scalars of one `Event` message.
///
/// Everything else is passed over: histograms, images, texts, graphs.
/// Source: tensorflow/core/util/event.proto, framework/summary.proto and tensor.proto.
enum TFEvent {
  /// Field numbers of `Event`.
  private enum EventField {
    static let wallTime = 1
    static let step = 2
    static let summary = 5
  }

  /// The field of `Summary` that repeats.
  private static let summaryValue = 1

  /// Field numbers of `Summary.Value`.
  private enum ValueField {
    static let tag = 1
    static let simpleValue = 2
    static let tensor = 8
    static let metadata = 9
  }

  /// `plugin_data` of `SummaryMetadata`, and `plugin_name` of `SummaryMetadata.PluginData`.
  private static let (pluginData, pluginName) = (1, 1)

  /// Field numbers of `TensorProto`.
  private enum TensorField {
    static let dataType = 1
    static let content = 4
    static let floats = 5
    static let doubles = 6
  }

  /// `DT_FLOAT` and `DT_DOUBLE` of framework/types.proto.
  private static let (float, double): (UInt64, UInt64) = (1, 2)

  static func scalars(in event: UnsafeBufferPointer<UInt8>, _ body: (TFScalar) -> Void) {
    var reader = ProtoReader(event)
    var time: Double?
    var step: Int64 = 0
    var hasSummary = false
    while let (field, value) = reader.next() {
      switch field {
      case EventField.wallTime: time = value.double ?? time
      case EventField.step: step = value.number.map { Int64(bitPattern: $0) } ?? step
      case EventField.summary: hasSummary = true
      default: break
      }
    }
    guard hasSummary, !reader.isBroken, let time, time.isFinite else { return }
    reader = ProtoReader(event)
    while let (field, value) = reader.next() {
      guard field == EventField.summary, let summary = value.content else { continue }
      var values = ProtoReader(summary)
      while let (field, value) = values.next() {
        guard field == summaryValue, let content = value.content,
          let (tag, number) = scalar(content)
        else { continue }
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
      case ValueField.tag: tag = value.content
      case ValueField.simpleValue: number = value.float
      case ValueField.tensor: tensor = value.content
      case ValueField.metadata: isScalar = value.content.map(isForScalars) ?? false
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
      guard field == pluginData, let content = value.content else { continue }
      var plugin = ProtoReader(content)
      while let (field, value) = plugin.next() {
        if field == pluginName { return value.content?.elementsEqual("scalars".utf8) ?? false }
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
      case TensorField.dataType: type = value.number ?? 0
      case TensorField.content: content = value.content
      case TensorField.floats, TensorField.doubles:
        plain = value.float ?? value.double ?? plain
        listed = value.content ?? listed
      default: break
      }
    }
    guard !reader.isBroken, type == float || type == double else { return nil }
    if let plain { return plain }
    let width = type == float ? 4 : 8
    guard let raw = content.flatMap({ $0.isEmpty ? nil : $0 }) ?? listed, raw.count == width else {
      return nil
    }
    return type == float
      ? Double(Float(bitPattern: raw.littleEndian(UInt32.self, at: 0)))
      : Double(bitPattern: raw.littleEndian(UInt64.self, at: 0))
  }
}
