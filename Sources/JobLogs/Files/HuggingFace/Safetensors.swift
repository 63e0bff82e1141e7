import Formats
import Linux

/// The header of a safetensors file: names, shapes and number formats of all weights.
///
/// Eight bytes of length, least first, then JSON; nothing of the weights themselves is read. Source:
/// github.com/huggingface/safetensors, "Format".
package struct Safetensors: Sendable, Hashable {
  /// How many numbers are stored in each format, such as `BF16`.
  private(set) var counts: [String: Int64] = [:]
  private(set) var tensors = 0

  /// The longest header that is read; the format allows no more.
  static let longestHeader = 100_000_000

  /// The numbers in all tensors; of quantized weights several may be packed into one.
  package var parameters: Int64 { counts.values.reduce(0, &+) }
  /// The format most numbers are stored in.
  var format: String? { counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key }

  init() {}

  /// The length of the header that begins with these bytes; `nil` when there is none.
  static func headerLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard bytes.count >= 8 else { return nil }
    let length = bytes.littleEndian(UInt64.self, at: 0)
    return 2...UInt64(longestHeader) ~= length ? Int(length) : nil
  }

  /// Reads the beginning of a file, which must hold the whole header.
  /// - Throws: `JSONFault` when it does not, or contradicts itself.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) {
    guard let length = Self.headerLength(bytes) else {
      throw JSONFault("it does not begin with the length of a header")
    }
    guard bytes.count - 8 >= length else { throw JSONFault("the header is not complete") }
    var scanner = JSONScanner(bytes.part(8..<8 + length))
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "__metadata__") {
        try scanner.skipLoosely()
      } else {
        try tensor(&scanner)
      }
    }
    try scanner.end()
  }

  /// Adds what another file of the same model holds.
  mutating func add(_ other: Safetensors) {
    tensors += other.tensors
    for (format, count) in other.counts { counts[format, default: 0] &+= count }
  }

  private mutating func tensor(_ scanner: inout JSONScanner) throws(JSONFault) {
    var format = ""
    var count: Int64 = 1
    var hasShape = false
    var span: (Int64, Int64)?
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "dtype") {
        format = try scanner.string(cap: 16)
      } else if scanner.equals(key, "shape") {
        hasShape = true
        for size in try Self.numbers(&scanner) {
          let (product, overflow) = count.multipliedReportingOverflow(by: size)
          guard !overflow, product < 1 << 53 else { throw JSONFault("a tensor is too large") }
          count = product
        }
      } else if scanner.equals(key, "data_offsets") {
        let numbers = try Self.numbers(&scanner)
        guard numbers.count == 2 else { throw JSONFault("a tensor has no two offsets") }
        span = (numbers[0], numbers[1])
      } else {
        try scanner.skipLoosely()
      }
    }
    guard hasShape, !format.isEmpty, let span else { throw JSONFault("a tensor lacks its shape") }
    if let bits = Self.bits[format], (count &* bits + 7) / 8 != span.1 &- span.0 {
      throw JSONFault("a tensor's shape and its length contradict each other")
    }
    guard counts.count < 64 || counts[format] != nil else { throw JSONFault("too many formats") }
    guard parameters + count < 1 << 53 else { throw JSONFault("the tensors are too large") }
    counts[format, default: 0] += count
    tensors += 1
  }

  private static func numbers(_ scanner: inout JSONScanner) throws(JSONFault) -> [Int64] {
    var result: [Int64] = []
    try scanner.expect(UInt8(ascii: "["), "“[”")
    if scanner.take(UInt8(ascii: "]")) { return [] }
    repeat {
      guard let number = try scanner.number().whole(), number >= 0, result.count < 16 else {
        throw JSONFault("a tensor's shape makes no sense")
      }
      result.append(number)
    } while scanner.take(UInt8(ascii: ","))
    try scanner.expect(UInt8(ascii: "]"), "“,” or “]”")
    return result
  }

  private static let bits: [String: Int64] = [
    "F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16,
    "I16": 16, "U16": 16, "F8_E4M3": 8, "F8_E5M2": 8, "I8": 8, "U8": 8, "BOOL": 8,
  ]
}

/// The index of a model whose weights are spread over several files.
struct SafetensorsIndex: Sendable {
  /// The names of the files, in order; plain names without folders.
  let files: [String]

  /// Reads a `model.safetensors.index.json`.
  /// - Throws: `JSONFault` when it is none.
  init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) {
    var scanner = JSONScanner(bytes)
    var names: Set<String> = []
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      guard scanner.equals(key, "weight_map") else {
        try scanner.skipLoosely()
        continue
      }
      try scanner.beginObject()
      var isFirst = true
      while try scanner.nextKey(&isFirst) != nil {
        let name = try scanner.string()
        // A file elsewhere is none of this model's.
        guard !name.contains("/"), name != "..", names.count < 4096 else {
          throw JSONFault("the index names a file outside its folder")
        }
        names.insert(name)
      }
    }
    try scanner.end()
    guard !names.isEmpty else { throw JSONFault("the index names no files") }
    files = names.sorted()
  }
}

extension Safetensors {
  /// Reads the headers of all weights in a model's folder, or of one file.
  /// - Throws: `JSONFault` when one is missing or makes no sense.
  static func read(_ path: String) throws(JSONFault) -> Safetensors {
    guard FolderWalk.isFolder(path) else { return try file(path) }
    guard let index = GrowingFile.content("\(path)/model.safetensors.index.json") else {
      return try file("\(path)/model.safetensors")
    }
    let files = try index.withUnsafeBufferPointer { (buffer) throws(JSONFault) in
      try SafetensorsIndex(buffer).files
    }
    var sum = Safetensors()
    for name in files { sum.add(try file("\(path)/\(name)")) }
    return sum
  }

  private static func file(_ path: String) throws(JSONFault) -> Safetensors {
    guard let start = GrowingFile.start(path, count: 8),
      let length = start.withUnsafeBufferPointer({ headerLength($0) }),
      let bytes = GrowingFile.start(path, count: 8 + length)
    else { throw JSONFault("\(path) has no header that can be read") }
    return try bytes.withUnsafeBufferPointer { (buffer) throws(JSONFault) in
      try Safetensors(buffer)
    }
  }
}
