import Glibc
import NIOCore
import Wire

/// The end of the line to the measuring process: when that ends, so does the listener.
final class MeasuringLine: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let desk: PageDesk
  private var reader = Message.Reader()

  init(_ desk: PageDesk) { self.desk = desk }

  func channelActive(context: ChannelHandlerContext) { desk.line = context.channel }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    reader.take(unwrapInboundIn(data).readableBytesView)
    do {
      while let message = try reader.next() { desk.take(message) }
    } catch {
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) { exit(0) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { exit(0) }
}
