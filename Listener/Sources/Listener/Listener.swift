import CStartup
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Wire

/// The part of `hippowatt exporter` that strangers can reach: it hears connections and hands out pages.
///
/// It reads no sensor and opens no file but its certificate; the pages come from the process that started
/// it, over a socket that is its standard input.
@main
struct Listener {
  /// The most connections at a time: a store needs one, and people a few.
  private static let mostConnections = 64

  static func main() {
    signal(SIGPIPE, SIG_IGN)
    // The terminal's interrupts are meant for the measuring process, with which this one ends.
    signal(SIGINT, SIG_IGN)
    guard let options = ListenerOptions(Array(CommandLine.arguments.dropFirst())) else {
      print("hippowatt-listener is started by `hippowatt exporter`")
      exit(2)
    }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let server = try start(options, on: group)
      try server.closeFuture.wait()
    } catch {
      say(.failed(words(error, options)))
      exit(1)
    }
  }

  private static func start(
    _ options: ListenerOptions, on group: MultiThreadedEventLoopGroup
  ) throws -> any Channel {
    let loop = group.next()
    let tls = try tlsContext(options)
    let desk = try loop.submit {
      NIOLoopBound(PageDesk(needsToken: options.needsToken), eventLoop: loop)
    }.wait()
    _ = try NIOPipeBootstrap(group: group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(MeasuringLine(desk.value))
        }
      }
      .takingOwnershipOfDescriptor(inputOutput: dup(0)).wait()
    let server = try ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          desk.value.connections += 1
          channel.closeFuture.whenComplete { _ in desk.value.connections -= 1 }
          guard desk.value.connections <= mostConnections else {
            channel.close(promise: nil)
            return
          }
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
          // Whoever reads nothing gets nothing more.
          try pipeline.addHandler(BackPressureHandler())
          try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(75)))
          try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true)
          try pipeline.addHandler(PageHandler(desk.value))
        }
      }
      .bind(host: options.host, port: options.port).wait()
    let address = server.localAddress
    let port = address?.port.map(String.init) ?? "\(options.port)"
    let host = options.host.contains(":") ? "[\(options.host)]" : options.host
    // Once it has answered a few times, as well: the first time all of the way is new.
    for seconds in [2, 30, 300] {
      loop.scheduleTask(in: .seconds(Int64(seconds))) { cs_forget_startup() }
    }
    say(.listening("\(tls == nil ? "http" : "https")://\(host):\(port)"))
    return server
  }

  private static func tlsContext(_ options: ListenerOptions) throws -> NIOSSLContext? {
    guard let certificate = options.certificate, let key = options.key else { return nil }
    let chain = try NIOSSLCertificate.fromPEMFile(certificate)
    let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
    configuration.minimumTLSVersion = .tlsv12
    return try NIOSSLContext(configuration: configuration)
  }

  /// Says something to the measuring process before there is a channel to it.
  private static func say(_ message: Message) {
    let bytes = message.bytes
    _ = bytes.withUnsafeBytes { write(0, $0.baseAddress, $0.count) }
  }

  /// What is wrong, in one line.
  private static func words(_ error: any Error, _ options: ListenerOptions) -> String {
    switch error {
    case let error as IOError:
      "\(options.host):\(options.port): \(String(cString: strerror(error.errnoCode)))"
    case is NIOSSLError, is BoringSSLError:
      "\(options.certificate ?? "") and \(options.key ?? "") cannot be used: write a certificate chain and "
        + "its key, both in PEM (\(error))"
    default: "\(options.host):\(options.port): \(error)"
    }
  }
}
