import CDrivers
import Glibc
import Linux

/// libcurl, opened only when a page is asked for; what it gives are its functions.
///
/// It does names, connections, TLS, the check of certificates, what proves who asks, and the rules of
/// HTTP. What an answer may cost is bounded here (`CurlTransfer`).
package final class CurlLibrary {
  let start: cd_curl_init_t
  let set: cd_curl_setopt_t
  let perform: cd_curl_perform_t
  let end: cd_curl_call_t
  let inWords: cd_curl_words_t
  let get: cd_curl_getinfo_t
  let append: cd_curl_append_t
  let freeList: cd_curl_call_t

  /// Where the library is looked for; Debian's build with GnuTLS has a name of its own, and NixOS no
  /// common folder.
  package static let search = LibrarySearch(
    ["libcurl.so.4", "libcurl-gnutls.so.4"],
    in: LibrarySearch.systemFolders + ["/run/current-system/sw/lib"])

  /// Opens the library and leaves it open: TLS libraries do not like to be unloaded.
  /// - Throws: `HTTPFailure.noCurl` when it is not there or lacks what is needed.
  package init(_ search: LibrarySearch) throws(HTTPFailure) {
    guard let handle = try? search.open() else { throw .noCurl }
    func find<Function>(_ name: String, as type: Function.Type) -> Function? {
      dlsym(handle, name).map { unsafeBitCast($0, to: type) }
    }
    guard let global = find("curl_global_init", as: cd_curl_global_init_t.self),
      let start = find("curl_easy_init", as: cd_curl_init_t.self),
      let set = find("curl_easy_setopt", as: cd_curl_setopt_t.self),
      let perform = find("curl_easy_perform", as: cd_curl_perform_t.self),
      let end = find("curl_easy_cleanup", as: cd_curl_call_t.self),
      let words = find("curl_easy_strerror", as: cd_curl_words_t.self),
      let get = find("curl_easy_getinfo", as: cd_curl_getinfo_t.self),
      let append = find("curl_slist_append", as: cd_curl_append_t.self),
      let freeList = find("curl_slist_free_all", as: cd_curl_call_t.self),
      Self.begin(global)
    else { throw .noCurl }
    (self.start, self.set, self.perform, self.end, inWords) = (start, set, perform, end, words)
    (self.get, self.append, self.freeList) = (get, append, freeList)
  }

  /// Lets the library set itself up, which older ones cannot do on two threads at once.
  private static func begin(_ global: cd_curl_global_init_t) -> Bool {
    mutex.lock()
    defer { mutex.unlock() }
    return global(Int(CD_CURL_GLOBAL_ALL)) == 0
  }

  /// The version of the library that would be used, such as `8.14.1`; its other parts are left out.
  /// - Throws: `HTTPFailure.noCurl` when it is not there.
  package static func version(_ search: LibrarySearch = search) throws(HTTPFailure) -> String {
    guard let handle = try? search.open(), let symbol = dlsym(handle, "curl_version") else {
      throw .noCurl
    }
    typealias Call = @convention(c) () -> UnsafePointer<CChar>?
    guard let words = unsafeBitCast(symbol, to: Call.self)() else { return "of unknown version" }
    // `libcurl/8.14.1 OpenSSL/3.5.1 zlib/1.3.1 …`
    let parts = String(cString: words).split(separator: " ")
    let name = parts.first?.split(separator: "/").last.map(String.init) ?? "of unknown version"
    let secure = parts.first { part in
      ["OpenSSL", "GnuTLS", "LibreSSL", "BoringSSL", "wolfSSL"].contains { part.hasPrefix($0) }
    }
    return secure.map { "\(name) with \($0)" } ?? name
  }

  private static let mutex = GlobalMutex()

  /// A lock for as long as the process lives.
  private struct GlobalMutex: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    init() {
      mutex.initialize(to: pthread_mutex_t())
      pthread_mutex_init(mutex, nil)
    }
    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
  }
}
