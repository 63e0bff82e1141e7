import Glibc

/// The text in which servers publish their metrics, read in one pass.
///
/// Prometheus exposition format 0.0.4 and OpenMetrics 1.0:
///
///     # HELP vllm:generation_tokens_total Number of generation tokens processed.
///     # TYPE vllm:generation_tokens_total counter
///     vllm:generation_tokens_total{model_name="m",engine="0"} 1.2e+06 1718140558000
///
/// Timestamps and exemplars are passed over: a scrape speaks of the time it is made. What is not
/// selected is told by its name alone; a line that makes no sense is counted and costs nothing else.
package enum PrometheusText {
  /// How many selected series are kept of one page.
  package static let sampleLimit = 4096
  /// How many labels a series may have.
  package static let labelLimit = 64
  /// How many bytes a name or a label's value may have.
  package static let textLimit = 4096

  /// Reads a page; the entry for whoever feeds bytes.
  package static func read(_ bytes: [UInt8], _ selection: PrometheusSelection) -> PrometheusPage {
    bytes.withUnsafeBufferPointer { read($0, selection) }
  }

  /// Reads a page; what it returns keeps no hold on the bytes.
  package static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ selection: PrometheusSelection
  ) -> PrometheusPage {
    var page = PrometheusPage()
    var last = Name(bytes: UnsafeBufferPointer(rebasing: bytes[..<0]), index: nil)
    var start = mark(bytes)
    while start < bytes.count {
      let rest = UnsafeBufferPointer(rebasing: bytes[start...])
      var length = rest.count
      if let base = rest.baseAddress, let end = memchr(base, 0x0A, rest.count) {
        length = UnsafeRawPointer(end) - UnsafeRawPointer(base)
      }
      take(PrometheusLine(UnsafeBufferPointer(rebasing: rest[..<length])), selection, &last, &page)
      start += length + 1
    }
    page.kind = kind(bytes, page)
    return page
  }

  /// A name and its place in the selection, if it is wanted.
  private struct Name {
    var bytes: UnsafeBufferPointer<UInt8>
    var index: Int?
  }

  private static func take(
    _ line: PrometheusLine, _ selection: PrometheusSelection, _ last: inout Name,
    _ page: inout PrometheusPage
  ) {
    var line = line
    line.skipBlanks()
    if line.isAtEnd || line.isComment { return }
    guard let name = line.name() else {
      page.strayLines += 1
      return
    }
    // The lines of a histogram, or of many engines, have one name.
    if name.count != last.bytes.count || !name.elementsEqual(last.bytes) {
      selection.note(name, in: &page.prefixes)
      last = Name(bytes: name, index: selection.index(of: name))
    }
    guard let index = last.index else {
      // Prose begins with a name and a blank as well.
      if line.hasLabels || line.value() != nil {
        page.seriesCount += 1
      } else {
        page.strayLines += 1
      }
      return
    }
    guard let labels = line.labels(), let value = line.value() else {
      page.strayLines += 1
      return
    }
    page.seriesCount += 1
    guard page.samples.count < sampleLimit else {
      page.isCut = true
      return
    }
    page.samples.append(
      PrometheusSample(name: selection.names[index], labels: labels, value: value))
  }

  /// The length of a byte order mark.
  private static func mark(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  private static func kind(
    _ bytes: UnsafeBufferPointer<UInt8>, _ page: PrometheusPage
  ) -> PrometheusPage.Kind {
    var index = mark(bytes)
    while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
    guard index < bytes.count else { return .empty }
    let first = bytes[index]
    // A series in a page that opens like another format is decoration, not a page of metrics.
    if first == UInt8(ascii: "<") { return .html }
    if page.seriesCount > 0 { return .metrics }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return .json }
    return page.strayLines == 0 ? .metrics : .other
  }
}
