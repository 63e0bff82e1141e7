import Seeded
import Testing
import Wire

/// What goes over the socket between the process that measures and the one that listens.
@Suite struct MessageTests {
  private static let all: [Message] = [
    .listening("http://127.0.0.1:1"), .failed("no"), .wanted(form: 2), .token([1, 2, 3]), .ready,
    .page(form: 1, contentType: "text/plain", text: Array("a 1\n".utf8)),
    .page(form: 1, contentType: "", text: []),
  ]

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `messages come back however they are cut`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var bytes = Self.all.flatMap(\.bytes)[...]
    var reader = Message.Reader()
    var read: [Message] = []
    while !bytes.isEmpty {
      let count = Int.random(in: 1...9, using: &random)
      reader.take(bytes.prefix(count))
      bytes = bytes.dropFirst(count)
      while let message = try reader.next() { read.append(message) }
    }
    #expect(read == Self.all, "seed \(seed)")
  }

  @Test(arguments: [
    [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 1, 0x3F], [0, 0, 0, 2, 0x70, 1],
    [0, 0, 0, 3, 0x70, 1, 9],
  ])
  func `nonsense is refused`(bytes: [UInt8]) {
    var reader = Message.Reader()
    reader.take(bytes)
    #expect(throws: Message.Reader.Nonsense.self) { try reader.next() }
  }
}
