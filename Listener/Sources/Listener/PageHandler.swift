import NIOCore
import NIOHTTP1

/// Answers requests: the page, whether there is one, and a word to people who come by.
final class PageHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart
  private let desk: PageDesk
  private var head: HTTPRequestHead?

  init(_ desk: PageDesk) { self.desk = desk }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    // Nothing that is sent along is of any use.
    case .body: break
    case .end:
      guard let head else { return }
      self.head = nil
      answer(head, context)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // Whoever says nothing for a while makes room for others.
    if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let path = head.uri.prefix { $0 != "?" }
    guard head.method == .GET || head.method == .HEAD else {
      return send(
        .methodNotAllowed, "only GET is answered here\n", head, context, ["allow": "GET, HEAD"])
    }
    switch path {
    case "/metrics":
      guard desk.admits(head.headers.first(name: "authorization")) else {
        return send(
          .unauthorized, "a token is needed\n", head, context, ["www-authenticate": "Bearer"])
      }
      sendPage(head, context)
    case "/-/healthy": send(.ok, "healthy\n", head, context)
    case "/-/ready":
      desk.isReady
        ? send(.ok, "ready\n", head, context)
        : send(.serviceUnavailable, "not every source has answered yet\n", head, context)
    case "/":
      send(.ok, "hippowatt exporter: /metrics, /-/ready, /-/healthy\n", head, context)
    default: send(.notFound, "there is /metrics\n", head, context)
    }
  }

  private func sendPage(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    // Prometheus names the forms it takes by weight; whoever takes OpenMetrics names it.
    let accepted = head.headers["accept"].joined(separator: ",")
    let form: UInt8 = accepted.contains("application/openmetrics-text") ? 1 : 2
    let loop = context.eventLoop
    let bound = NIOLoopBound((self, context, head), eventLoop: loop)
    desk.want(form: form, on: loop) { answer in
      let (handler, context, head) = bound.value
      guard context.channel.isActive else { return }
      switch answer {
      case .page(let contentType, let text):
        handler.send(.ok, text, head, context, ["content-type": contentType])
      case .late:
        handler.send(.serviceUnavailable, "the page was not there in time\n", head, context)
      }
    }
  }

  private func send(
    _ status: HTTPResponseStatus, _ text: String, _ head: HTTPRequestHead,
    _ context: ChannelHandlerContext, _ headers: HTTPHeaders = [:]
  ) {
    var all: HTTPHeaders = ["content-type": "text/plain; charset=utf-8"]
    for (name, value) in headers { all.replaceOrAdd(name: name, value: value) }
    send(status, ByteBuffer(string: text), head, context, all)
  }

  private func send(
    _ status: HTTPResponseStatus, _ body: ByteBuffer, _ head: HTTPRequestHead,
    _ context: ChannelHandlerContext, _ headers: HTTPHeaders
  ) {
    var headers = headers
    headers.add(name: "content-length", value: "\(body.readableBytes)")
    context.write(
      wrapOutboundOut(.head(.init(version: head.version, status: status, headers: headers))),
      promise: nil)
    if head.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }
    let done = context.eventLoop.makePromise(of: Void.self)
    if !head.isKeepAlive {
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      done.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: done)
  }
}
