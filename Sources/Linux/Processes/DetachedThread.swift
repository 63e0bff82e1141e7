import CSystem
import Glibc

/// A thread that nobody waits for, and that no signal interrupts: signals are the main thread's business.
package enum DetachedThread {
  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// The stack of a thread that does little, in bytes; each has its own.
  package static let smallStack = 512 * 1024

  /// Runs something on a thread of its own; false where none could be started.
  ///
  /// - Parameter stack: the bytes of its stack; `nil` for what the system gives.
  package static func start(stack: Int? = nil, _ body: sending @escaping () -> Void) -> Bool {
    let body = Unmanaged.passRetained(Body(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    if let stack { pthread_attr_setstacksize(&attributes, stack) }
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        cs_block_signals()
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    if code != 0 { body.release() }
    return code == 0
  }
}
