import Glibc
import Testing

/// A process that only is there, in the environment that a scheduler gives its jobs.
struct BatchProcess {
  let pid: pid_t

  init(_ words: [String], environment: [String: String]) throws {
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    var pid: pid_t = 0
    try #require(posix_spawn(&pid, words[0], nil, nil, &arguments, &variables) == 0)
    self.pid = pid
  }

  func end() {
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }
}
