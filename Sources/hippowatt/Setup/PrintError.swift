import Canvas

/// Writes one line to stderr.
///
/// Line breaks stay, since usage has several lines; no other control character passes.
func printError(_ text: String) {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    .map { sanitized(String($0)) }
  File.writeAll(Array((lines.joined(separator: "\n") + "\n").utf8), to: 2)
}
