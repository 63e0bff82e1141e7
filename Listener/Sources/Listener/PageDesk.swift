import NIOCore
import Wire

/// Between those who want a page and the one process that writes it; everything on one event loop.
///
/// Whoever asks while a page of the same form is on its way gets that one too.
final class PageDesk {
  /// An answer to somebody who asked.
  enum Answer {
    case page(contentType: String, text: ByteBuffer)
    /// The measuring process did not answer in time.
    case late
  }

  private var waiting: [UInt8: [(Answer) -> Void]] = [:]
  /// To the measuring process; `nil` until it is connected.
  var line: (any Channel)?
  /// What must be sent as a bearer token; `nil` where everybody may ask.
  private(set) var token: [UInt8]?
  private let needsToken: Bool
  /// How many connections are open.
  var connections = 0
  /// Whether every source has answered.
  private(set) var isReady = false

  init(needsToken: Bool) { self.needsToken = needsToken }

  /// Seconds until a page must be there.
  private static let patience = TimeAmount.seconds(5)

  /// Asks for a page, and answers once, on the event loop.
  func want(form: UInt8, on loop: any EventLoop, _ answer: @escaping (Answer) -> Void) {
    guard let line else { return answer(.late) }
    if waiting[form] == nil {
      line.writeAndFlush(ByteBuffer(bytes: Message.wanted(form: form).bytes), promise: nil)
    }
    var isAnswered = false
    let once: (Answer) -> Void = { reply in
      guard !isAnswered else { return }
      isAnswered = true
      answer(reply)
    }
    waiting[form, default: []].append(once)
    loop.assumeIsolated().scheduleTask(in: Self.patience) { [weak self] in
      guard !isAnswered else { return }
      once(.late)
      // The question may be lost: the next who asks sends it again.
      self?.waiting[form] = nil
    }
  }

  /// Takes what the measuring process says.
  func take(_ message: Message) {
    switch message {
    case .token(let bytes): token = bytes
    case .ready: isReady = true
    case .page(let form, let contentType, let text):
      let buffer = ByteBuffer(bytes: text)
      for answer in waiting.removeValue(forKey: form) ?? [] {
        answer(.page(contentType: contentType, text: buffer))
      }
    case .listening, .failed, .wanted: break
    }
  }

  /// Whether a request's `Authorization` names the token; compared in the same time whatever it holds.
  func admits(_ authorization: String?) -> Bool {
    guard let token else { return !needsToken }
    guard let authorization, authorization.count > 7,
      authorization.prefix(7).lowercased() == "bearer "
    else { return false }
    let sent = Array(authorization.utf8.dropFirst(7))
    var difference = UInt8(sent.count == token.count ? 0 : 1)
    for place in 0..<max(sent.count, token.count) {
      let left = place < sent.count ? sent[place] : 0
      let right = place < token.count ? token[place] : 0
      difference |= left ^ right
    }
    return difference == 0
  }
}
