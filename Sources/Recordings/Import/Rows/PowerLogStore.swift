import Glibc
import Telemetry

/// Where the rows of power logs lie between being read and being told: in memory while they are few,
/// and in a file without a name when they are many.
///
/// One thread fills it and reads it. The file is unlinked as soon as it is made, so that nothing is
/// left of it however the program ends.
package final class PowerLogStore {
  /// What a row has values of, in their order.
  struct Shape {
    let metrics: [Metric]
    /// Which of them are the power by which rows are compared.
    let powers: [Int]
  }

  /// The folder for the file; `nil` where all may stay in memory.
  private let folder: String?
  /// How many bytes may stay in memory.
  private let room: Int
  private var memory: [UInt8] = []
  private var file: Int32 = -1
  private var end = 0
  private(set) var shapes: [Shape] = []
  private var shapePlaces: [[Int]: Int] = [:]
  /// Words that stand in the place of numbers.
  private var words: [String] = []
  private var wordPlaces: [String: Int] = [:]
  /// Why rows were lost, where the disk did not take them.
  package private(set) var failure: String?

  /// How many different words are kept; a file of garbage has a new one in every row.
  private static let wordCount = 4096

  /// A store that is empty.
  ///
  /// - Parameters:
  ///   - folder: where its file may be made; all stays in memory without one.
  ///   - room: how many bytes stay in memory before there is a file.
  package init(folder: String? = nil, room: Int = 8 << 20) {
    self.folder = folder
    self.room = room
  }

  deinit { if file >= 0 { close(file) } }

  /// How many bytes it keeps in memory.
  package var resident: Int { memory.count }
  /// Whether a file was needed.
  package var isOnDisk: Bool { file >= 0 }

  // MARK: Bytes

  /// Keeps bytes, and says where.
  func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    let place = end
    if file < 0, folder == nil || end + bytes.count <= room {
      memory.append(contentsOf: bytes)
    } else {
      if file < 0, !makeFile() { return place }
      write(bytes, at: end)
    }
    end += bytes.count
    return place
  }

  /// Fills a buffer with what was kept from a place on; false where that cannot be read.
  @discardableResult
  func read(_ place: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard file >= 0 else {
      guard place + buffer.count <= memory.count else { return false }
      memory.withUnsafeBytes { all in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[place..<place + buffer.count]))
      }
      return true
    }
    var done = 0
    while done < buffer.count {
      let count = pread(
        file, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(place + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        fail("cannot be read back")
        return false
      }
      done += count
    }
    return true
  }

  private func makeFile() -> Bool {
    guard failure == nil, let folder else { return false }
    var path = Array("\(folder)/.hippowatt-import-XXXXXX".utf8CString)
    file = mkstemp(&path)
    guard file >= 0 else {
      fail("no file can be made in \(folder)")
      return false
    }
    unlink(path)
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    memory.withUnsafeBytes { write($0, at: 0) }
    memory = []
    return failure == nil
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at place: Int) {
    var done = 0
    while done < bytes.count, failure == nil {
      let count = pwrite(
        file, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(place + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return fail("cannot be written") }
      done += count
    }
  }

  private func fail(_ words: String) {
    guard failure == nil else { return }
    failure =
      "the rows of large files are put aside in \(folder ?? "memory"), which \(words): \(String(cString: strerror(errno)))"
  }

  // MARK: Shapes and words

  /// The place of a row's shape, which is added when it is new.
  func shape(of metrics: [Metric]) -> Int {
    let key = metrics.map(\.handle)
    if let known = shapePlaces[key] { return known }
    shapePlaces[key] = shapes.count
    shapes.append(
      Shape(
        metrics: metrics,
        powers: metrics.indices.filter { metrics[$0] == .power || metrics[$0] == .powerInstant }))
    return shapes.count - 1
  }

  /// A value as 64 bits: a number as it is, a word as a number that none is.
  func bits(_ content: PowerLogValue.Content) -> UInt64 {
    switch content {
    case .number(let number): PowerLogBits.of(number)
    case .absent(let word): PowerLogBits.word + place(of: word)
    case .unreadable(let word): PowerLogBits.word | PowerLogBits.unreadable + place(of: word)
    }
  }

  /// What stands in the place of a value.
  func content(_ bits: UInt64) -> PowerLogValue.Content {
    guard PowerLogBits.isWord(bits) else { return .number(Double(bitPattern: bits)) }
    let word = word(Int(bits & PowerLogBits.place))
    return bits & PowerLogBits.unreadable == 0 ? .absent(word) : .unreadable(word)
  }

  /// A number that is the same for values that are the same, whatever store they are of.
  func digest(_ bits: UInt64) -> UInt64 {
    guard PowerLogBits.isWord(bits) else { return bits }
    let mark = bits & (PowerLogBits.word | PowerLogBits.unreadable)
    return word(Int(bits & PowerLogBits.place)).utf8.reduce(mark) { $0 &* 31 &+ UInt64($1) }
  }

  private func place(of word: String) -> UInt64 {
    if let known = wordPlaces[word] { return UInt64(known) }
    if words.count < Self.wordCount {
      wordPlaces[word] = words.count
      words.append(word)
      return UInt64(words.count - 1)
    }
    var bytes = Array(word.utf8.prefix(1 << 10))
    let count = UInt64(bytes.count)
    bytes += Array(repeating: 0, count: -bytes.count & 7)
    let place = withUnsafeBytes(of: count) { append($0) }
    _ = bytes.withUnsafeBytes { append($0) }
    return UInt64(place + Self.wordCount)
  }

  private func word(_ place: Int) -> String {
    if place < words.count { return words[place] }
    var count: UInt64 = 0
    _ = withUnsafeMutableBytes(of: &count) { read(place - Self.wordCount, into: $0) }
    var bytes = [UInt8](repeating: 0, count: Int(min(count, 1 << 10)))
    _ = bytes.withUnsafeMutableBytes { read(place - Self.wordCount + 8, into: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// How a value is 64 bits: a number is itself, and a word a NaN that no number has.
enum PowerLogBits {
  static let word: UInt64 = 0x7FFC_0000_0000_0000
  static let unreadable: UInt64 = 0x0002_0000_0000_0000
  static let place: UInt64 = 0x0001_FFFF_FFFF_FFFF

  @inline(__always)
  static func of(_ number: Double) -> UInt64 {
    // All that is no number is the same.
    number.isNaN ? 0x7FF8_0000_0000_0000 : number.bitPattern
  }

  @inline(__always)
  static func isWord(_ bits: UInt64) -> Bool { bits & 0xFFFC_0000_0000_0000 == word }

  @inline(__always)
  static func isNumber(_ bits: UInt64) -> Bool { !isWord(bits) }
}
