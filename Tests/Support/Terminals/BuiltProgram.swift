import Glibc

/// The path of a program of this package; it is built beside the test bundle.
package func builtProgram(_ name: String) -> String {
  var path = [CChar](repeating: 0, count: 4096)
  let length = readlink("/proc/self/exe", &path, path.count - 1)
  let own = String(
    decoding: path.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  let candidates = ([own] + CommandLine.arguments).map {
    $0.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      + "/" + name
  }
  return candidates.first { access($0, X_OK) == 0 } ?? name
}

/// What a program that is started here has to be told, so that the lines it runs are counted.
///
/// It is where to write the counts when the program ends; empty unless the tests count lines.
package let coverageEnvironment: [String: String] = {
  let name = "LLVM_PROFILE_FILE"
  return getenv(name).map { [name: String(cString: $0)] } ?? [:]
}()
