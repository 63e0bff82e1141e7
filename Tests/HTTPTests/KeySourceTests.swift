import Glibc
import Telemetry
import TestSupport
import Testing

@testable import HTTP

/// Where keys come from, and that no error tells one.
@Suite struct KeySourceTests {
  private func read(
    _ source: KeySource, _ environment: [String: String] = ["PATH": "/usr/bin:/bin"],
    within seconds: Double = 10
  ) -> (key: String?, error: String?) {
    do throws(SourceRequestError) {
      let key = try source.read(environment: environment, name: "token", within: seconds)
      return (key?.revealed, nil)
    } catch {
      return (nil, error.description)
    }
  }

  @Test func `a key comes from a variable, a command or a file`() {
    #expect(read(KeySource(environment: nil, command: nil, file: nil)) == (nil, nil))
    #expect(read(.environment("K"), ["K": "hunter2"]).key == "hunter2")
    #expect(read(.command("printf 'hunter2\\nmore\\n'; echo secret >&2")).key == "hunter2")
    #expect(read(.command("printf %s \"$K\""), ["K": "hunter2"]).key == "hunter2")
    let folder = Scratch()
    folder.write("hunter2\r\nmore\n", to: "key")
    #expect(read(.file(folder.file("key"))).key == "hunter2")
    #expect(read(.file("~/key"), ["HOME": folder.path]).key == "hunter2")
    chmod(folder.file("key"), 0o400)
    #expect(read(.file(folder.file("key"))).key == "hunter2")
  }

  @Test(arguments: [0o640, 0o604, 0o644, 0o620, 0o602, 0o777, 0o700] as [UInt32])
  func `a file that others may read is refused, and how to mend it is said`(mode: UInt32) {
    let folder = Scratch()
    folder.write("hunter2\n", to: "key")
    let path = folder.file("key")
    chmod(path, mode)
    let error = read(.file(path)).error ?? ""
    #expect(error.contains("(mode 0\(String(mode, radix: 8)))"), "\(error)")
    #expect(error.hasSuffix(": chmod 600 \(path)") && !error.contains("hunter2"))
  }

  @Test func `what is no key is told in words that hold none`() {
    let folder = Scratch()
    folder.write("\n", to: "empty")
    let several = KeySource(environment: "K", command: nil, file: "/x")
    let sources: [(KeySource, String)] = [
      (several, "takes one of token_env, token_command or token_file, not several"),
      (.environment("K"), "the environment has no K, which token_env names"),
      (.command("echo hunter2 >&2; exit 3"), "token_command ended with status 3"),
      (.command("echo hunter2; exit 1"), "token_command ended with status 1"),
      (.command(":"), "token_command prints no first line"),
      (.command("printf '\\nhunter2'"), "token_command prints no first line"),
      (.command("printf 'hunter2\\ta'"), "the token holds a control character"),
      (.file("/nowhere"), "token_file /nowhere cannot be read, or is no regular file"),
      (.file("/dev/null"), "token_file /dev/null cannot be read, or is no regular file"),
      (.file(folder.path), "token_file \(folder.path) cannot be read, or is no regular file"),
      (.file(folder.file("empty")), "token_file \(folder.file("empty")) is empty"),
    ]
    for (source, words) in sources { #expect(read(source).error == words) }
    #expect(read(.environment("K"), ["K": ""]).error != nil)
    #expect(read(.environment("K"), ["K": "a\nb"]).error == "the token holds a control character")
  }

  @Test func `a command that goes on is ended, however much it says`() {
    for command in ["sleep 60", "exec >&- 2>&-; sleep 60", "while :; do echo hunter2; done"] {
      #expect(read(.command(command), within: 0.2).error == "token_command is not done within 1 s")
    }
  }

  @Test func `nothing that prints a key shows it`() {
    let key = SecretText("hunter2")
    var text = "\(key) \(String(reflecting: key)) \(Optional(key) as Any) \([key])"
    dump(key, to: &text)
    #expect(!text.contains("hunter2"))
  }
}
