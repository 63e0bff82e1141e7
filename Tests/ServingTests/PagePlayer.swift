import Linux
import Loopback
import Quantities
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import HTTP
@testable import Serving

/// Pages that are played through time: each request gets the next one, the last one for ever.
final class PagePlayer: Sendable {
  private let pages: [String]
  private let next = Mutex(0)
  private let asked = Mutex<[String]>([])

  init(_ pages: [String]) { self.pages = pages }

  func play(_ path: String) -> LoopbackServer.Reply {
    asked.withLock { $0.append(path) }
    guard path == "/metrics" else { return .status(404, [], "{\"detail\":\"Not Found\"}") }
    let index = next.withLock { next in
      defer { next += 1 }
      return next
    }
    return .page(pages[min(index, pages.count - 1)])
  }

  var paths: [String] { asked.withLock { $0 } }
}
