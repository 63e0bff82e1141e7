/// What the process that measures and the one that listens say to each other over a socket of their own.
///
/// A message is its length in four bytes (big-endian, without themselves), a byte for its kind, and its
/// payload.
public enum Message: Hashable, Sendable {
  /// From the listener: it hears connections at an address.
  case listening(String)
  /// From the listener: it cannot, and why.
  case failed(String)
  /// From the listener: somebody wants a page, in a form that the other side knows by its number.
  case wanted(form: UInt8)
  /// To the listener: what whoever asks must send as a bearer token. Not in its arguments, which
  /// everybody on the machine can read.
  case token([UInt8])
  /// To the listener: every source has answered, so that a page says all there is.
  case ready
  /// To the listener: a page, its form and its media type.
  case page(form: UInt8, contentType: String, text: [UInt8])

  /// The longest message that is taken, in bytes.
  public static let longest = 64 << 20

  private var kind: UInt8 {
    switch self {
    case .listening: UInt8(ascii: "l")
    case .failed: UInt8(ascii: "f")
    case .wanted: UInt8(ascii: "w")
    case .token: UInt8(ascii: "t")
    case .ready: UInt8(ascii: "y")
    case .page: UInt8(ascii: "p")
    }
  }

  private var payload: [UInt8] {
    switch self {
    case .listening(let text), .failed(let text): Array(text.utf8)
    case .wanted(let form): [form]
    case .token(let bytes): bytes
    case .ready: []
    case .page(let form, let contentType, let text):
      [form, UInt8(truncatingIfNeeded: contentType.utf8.count)] + contentType.utf8 + text
    }
  }

  /// The message as it goes over the socket.
  public var bytes: [UInt8] {
    let payload = payload
    let length = UInt32(payload.count + 1)
    return (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + [kind] + payload
  }

  private init?(kind: UInt8, payload: ArraySlice<UInt8>) {
    switch kind {
    case UInt8(ascii: "l"): self = .listening(String(decoding: payload, as: UTF8.self))
    case UInt8(ascii: "f"): self = .failed(String(decoding: payload, as: UTF8.self))
    case UInt8(ascii: "t"): self = .token(Array(payload))
    case UInt8(ascii: "y"): self = .ready
    case UInt8(ascii: "w"):
      guard let form = payload.first, payload.count == 1 else { return nil }
      self = .wanted(form: form)
    case UInt8(ascii: "p"):
      guard let form = payload.first, let length = payload.dropFirst().first,
        payload.count >= 2 + Int(length)
      else { return nil }
      let rest = payload.dropFirst(2)
      self = .page(
        form: form, contentType: String(decoding: rest.prefix(Int(length)), as: UTF8.self),
        text: Array(rest.dropFirst(Int(length))))
    default: return nil
    }
  }

  /// Cuts what comes over a socket into messages, however it is cut itself.
  public struct Reader: Sendable {
    private var buffer: [UInt8] = []

    /// What the other side said cannot be a message.
    public struct Nonsense: Error {}

    /// A reader that has read nothing.
    public init() {}

    /// Takes bytes as they came.
    public mutating func take(_ bytes: some Sequence<UInt8>) { buffer += bytes }

    /// The next whole message; `nil` until there is one.
    public mutating func next() throws(Nonsense) -> Message? {
      guard buffer.count >= 4 else { return nil }
      let length = buffer.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard length >= 1, length <= Message.longest else { throw Nonsense() }
      guard buffer.count >= 4 + length else { return nil }
      let message = Message(kind: buffer[4], payload: buffer[5..<4 + length])
      buffer.removeFirst(4 + length)
      guard let message else { throw Nonsense() }
      return message
    }
  }
}
