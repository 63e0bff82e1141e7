/// The secrets that are known by their look, wherever they stand.
enum SecretLooks {
  /// A kind of token by how it begins.
  private struct Kind: Sendable {
    var prefix: StaticString
    /// The least number of characters that follow.
    var length: Int
    /// Whether they are letters and digits alone.
    var isPlain = false
  }

  /// The prefixes that services give to their keys, as they document them.
  private static let kinds: [Kind] = [
    // OpenAI, Anthropic, DeepSeek, OpenRouter, Stripe.
    Kind(prefix: "sk-", length: 16), Kind(prefix: "sk_live_", length: 16),
    Kind(prefix: "sk_test_", length: 16), Kind(prefix: "rk_live_", length: 16),
    // Hugging Face.
    Kind(prefix: "hf_", length: 16, isPlain: true), Kind(prefix: "api_org_", length: 16),
    // GitHub, GitLab.
    Kind(prefix: "ghp_", length: 16, isPlain: true),
    Kind(prefix: "gho_", length: 16, isPlain: true),
    Kind(prefix: "ghu_", length: 16, isPlain: true),
    Kind(prefix: "ghs_", length: 16, isPlain: true),
    Kind(prefix: "ghr_", length: 16, isPlain: true), Kind(prefix: "github_pat_", length: 16),
    Kind(prefix: "glpat-", length: 16), Kind(prefix: "gldt-", length: 16),
    Kind(prefix: "glrt-", length: 16),
    // Amazon, Google, NVIDIA, Groq, Replicate, xAI, Perplexity, DigitalOcean, W&B.
    Kind(prefix: "AKIA", length: 16, isPlain: true),
    Kind(prefix: "ASIA", length: 16, isPlain: true),
    Kind(prefix: "AIza", length: 30), Kind(prefix: "ya29.", length: 16),
    Kind(prefix: "nvapi-", length: 16), Kind(prefix: "gsk_", length: 16, isPlain: true),
    Kind(prefix: "r8_", length: 16, isPlain: true), Kind(prefix: "xai-", length: 16),
    Kind(prefix: "pplx-", length: 16), Kind(prefix: "dop_v1_", length: 16),
    Kind(prefix: "wandb_v1_", length: 16), Kind(prefix: "lsv2_", length: 16),
    // Slack, npm, PyPI, SendGrid.
    Kind(prefix: "xoxa-", length: 10), Kind(prefix: "xoxb-", length: 10),
    Kind(prefix: "xoxp-", length: 10), Kind(prefix: "xoxs-", length: 10),
    Kind(prefix: "xoxr-", length: 10), Kind(prefix: "xapp-", length: 10),
    Kind(prefix: "npm_", length: 20, isPlain: true), Kind(prefix: "pypi-", length: 30),
    Kind(prefix: "SG.", length: 20),
  ]

  /// Where a secret stands in a run of letters, digits and the signs `_`, `-` and `.`; to its end.
  static func secret(in bytes: [UInt8], _ run: Range<Int>) -> Range<Int>? {
    guard run.count >= 14 else { return nil }
    for start in run {
      // Not in the middle of a word.
      guard start == run.lowerBound || !SecretScanner.isAlphanumeric(bytes[start - 1]) else {
        continue
      }
      if isToken(bytes[start..<run.upperBound]) || isWebToken(bytes[start..<run.upperBound]) {
        return start..<run.upperBound
      }
    }
    return nil
  }

  private static func isToken(_ text: ArraySlice<UInt8>) -> Bool {
    for kind in kinds {
      let size = kind.prefix.utf8CodeUnitCount
      guard text.count >= size + kind.length, text.first == kind.prefix.utf8Start[0],
        (1..<size).allSatisfy({ text[text.startIndex + $0] == kind.prefix.utf8Start[$0] })
      else { continue }
      let rest = text.dropFirst(size)
      let isPlain = rest.prefix(kind.length).allSatisfy(SecretScanner.isAlphanumeric)
      // A name that people chose has words in it, and no digits between its letters.
      let hasDigit = rest.contains { 0x30...0x39 ~= $0 }
      let hasUpper = rest.contains { 0x41...0x5A ~= $0 }
      if kind.isPlain ? isPlain && (hasDigit || hasUpper) : hasDigit { return true }
    }
    return false
  }

  /// A JSON Web Token: three parts in base64, the first of which is an object (RFC 7519).
  private static func isWebToken(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count >= 24, text.starts(with: Array("eyJ".utf8)) else { return false }
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count >= 2 && parts[0].count >= 10 && parts[1].count >= 8
  }

  /// Whether a word looks as if dice had made it: long, and letters and digits through each other.
  static func isRandom(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 16 else { return false }
    // A digest in hexadecimal digits.
    let isHex = bytes.allSatisfy {
      0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 || 0x41...0x46 ~= $0
    }
    if isHex, bytes.count >= 32 { return true }
    // The longest stretch without the signs that people put between words.
    var longest: ArraySlice<UInt8> = []
    for part in bytes.split(whereSeparator: { !SecretScanner.isAlphanumeric($0) })
    where part.count > longest.count { longest = part }
    guard longest.count >= 12 else { return false }
    var changes = 0
    for index in longest.indices.dropFirst() where kind(longest[index]) != kind(longest[index - 1])
    {
      changes += 1
    }
    return changes * 5 >= longest.count
  }

  /// Digit, capital or small letter.
  private static func kind(_ byte: UInt8) -> Int {
    0x30...0x39 ~= byte ? 0 : 0x41...0x5A ~= byte ? 1 : 2
  }
}
