/// Takes passwords, keys and tokens out of texts before they are kept or shown.
///
/// Command lines and messages hold them in many forms: `--api-key X`, `API_KEY=X`, `"token": "X"`,
/// `Authorization: Bearer X`, `https://user:X@host`, `?access_token=X`. They are known by the name that
/// stands before them (`SecretNames`), and by their look (`SecretLooks`). Where in doubt, a word is hidden.
/// What is hidden already stays as it is.
public enum Secrets {
  /// What stands for a secret.
  public static let mask = "***"

  /// The same text with every secret in it masked.
  public static func masked(_ text: String) -> String {
    // What such a program is told by `-p` has no other name.
    if takesPassword(text.prefix { $0 != " " }) {
      return masked(
        words: text.split(separator: " ", omittingEmptySubsequences: false).map(String.init))
    }
    return scanned(text)
  }

  /// One word of a command line, or a text that is none, without its secrets.
  private static func scanned(_ text: String) -> String {
    guard mayHoldSecret(text) else { return text }
    var scanner = SecretScanner(Array(text.utf8))
    scanner.run()
    return scanner.isChanged ? String(decoding: scanner.output, as: UTF8.self) : text
  }

  /// A command line, its words joined by blanks, with every secret in it masked.
  ///
  /// Word by word it is known where a value with blanks in it ends.
  public static func masked(words: [String]) -> String {
    var result: [String] = []
    var option = ""
    var isUser = false
    let isTold = words.prefix(2).contains { takesPassword($0[...]) }
    for word in words {
      defer {
        option = !isTold && SecretNames.isOption(word) ? word : ""
        isUser = SecretNames.userOptions.contains(word)
      }
      if !option.isEmpty, !word.hasPrefix("-") || word.utf8.count > 16 {
        result.append(SecretNames.hides(word, under: option) ? mask : scanned(word))
      } else if isUser, let user = SecretNames.user(in: word) {
        result.append(user + mask)
      } else if isTold, word.hasPrefix("-p"), word.utf8.count > 2 {
        result.append("-p" + mask)
      } else if isTold, result.last == "-p", lastPart(words[0]) == "sshpass" {
        result.append(mask)
      } else {
        result.append(assignment(word) ?? scanned(word))
      }
    }
    return result.joined(separator: " ")
  }

  /// `NAME=VALUE` as one word of a command line, whose value goes on to its end.
  private static func assignment(_ word: String) -> String? {
    guard let equals = word.firstIndex(of: "=") else { return nil }
    let name = word[..<equals]
    let value = word[word.index(after: equals)...]
    guard name.utf8.allSatisfy(SecretScanner.isNamePart), !value.isEmpty,
      SecretNames.hides(String(value), under: String(name))
    else { return nil }
    return name + "=" + mask
  }

  /// Whether a program is told a password as `-pX`.
  private static func takesPassword(_ program: Substring) -> Bool {
    ["sshpass", "mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump"]
      .contains(lastPart(String(program)))
  }

  private static func lastPart(_ path: String) -> Substring {
    path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
  }

  /// Whether it is worth looking closely: most texts have none of the signs.
  private static func mayHoldSecret(_ text: String) -> Bool {
    var length = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "-"): return true
      case UInt8(ascii: " "): length = 0
      default: length += 1
      }
      // No token that is known by its look is shorter.
      if length >= 16 { return true }
    }
    return false
  }
}
