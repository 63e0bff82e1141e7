/// The names under which secrets are handed over.
///
/// A name is taken apart at its signs and capitals: `--hf-apiToken` is hf, api, token. What counts is its
/// end: `--max-tokens`, `--key-frames` and `--tokenizer` name no secret.
enum SecretNames {
  /// How sure a name is.
  private enum Kind {
    /// What stands under it is a secret unless it plainly is none.
    case secret
    /// What stands under it is a secret if it looks like one.
    case doubtful
  }

  /// Words that name a secret, alone or at the end of a name, also run together with what precedes
  /// them.
  private static let words = [
    "password", "passwd", "passphrase", "passcode", "secret", "secrets", "credential",
    "credentials", "apikey", "accesskey", "secretkey", "privatekey", "authtoken", "accesstoken",
    "userpwd",
  ]
  /// Words that name a secret only as a part of their own.
  private static let parts: Set<String> = [
    "pwd", "bearer", "cookie", "cookies", "authorization", "auth", "creds", "jwt", "pat",
    "apitoken",
    "keyid", "sas",
  ]
  /// What may follow such a word and still be the secret itself.
  private static let endings: Set<String> = [
    "value", "string", "text", "key", "hash", "data", "id", "b64", "base64", "plain", "header",
  ]
  /// What makes a token an item of text and no secret: `--pad-token`, `--per-token`.
  private static let textTokens: Set<String> = [
    "pad", "eos", "bos", "unk", "sep", "mask", "cls", "image", "img", "stop", "special", "start",
    "end", "max", "min", "num", "per", "audio", "video", "vision", "new", "prompt", "think",
    "blank",
    "of", "next", "prev", "first", "last", "begin", "joules", "cost", "time", "energy",
  ]
  /// What makes a key a secret: `--api-key`, `AWS_SECRET_ACCESS_KEY`.
  private static let secretKeys: Set<String> = [
    "api", "access", "secret", "private", "auth", "license", "licence", "account", "signing",
    "encryption", "shared", "master", "ssh", "wandb", "openai", "anthropic", "hf", "huggingface",
    "aws",
    "azure", "gcp", "google", "service", "deploy", "client", "storage", "session", "comet",
    "neptune",
    "clearml", "mlflow", "swanlab", "groq", "mistral", "cohere", "replicate", "together", "x",
    "app",
    "subscription", "ingest", "write", "admin", "user", "server",
  ]
  /// Names that tell a secret only where it looks like one.
  private static let doubtful: Set<String> = [
    "pass", "sig", "signature", "nonce", "pin", "login", "relogin", "wandb", "license",
  ]
  /// The words between a header and its secret.
  static let schemes: Set<String> = [
    "bearer", "basic", "token", "digest", "apikey", "bot", "negotiate", "aws4-hmac-sha256",
  ]

  /// The options of curl and its kin that take `NAME:PASSWORD`.
  static let userOptions: Set<String> = ["-u", "--user", "--proxy-user"]

  /// What stands before the password of `NAME:PASSWORD`, its colon included; `nil` for what is
  /// something else, such as the numbers of a user and a group.
  static func user(in word: String) -> String? {
    guard let colon = word.firstIndex(of: ":"), word[word.index(after: colon)...].first != "/"
    else {
      return nil
    }
    let (name, password) = (word[..<colon], word[word.index(after: colon)...])
    guard !password.isEmpty, !isNumber(String(name)) || !isNumber(String(password)) else {
      return nil
    }
    return String(word[...colon])
  }

  /// Whether a word of a command line is an option whose value, the next word, may be a secret.
  static func isOption(_ word: String) -> Bool {
    word.hasPrefix("-") && word.utf8.count <= 80 && !word.utf8.contains(UInt8(ascii: "="))
      && kind(of: word) != nil
  }

  /// Whether a value that stands under a name is to be hidden.
  ///
  /// In a sentence (`token: …`) a lone word before a colon is often just a word.
  static func hides(_ value: String, under name: String, isSentence: Bool = false) -> Bool {
    guard let kind = kind(of: name), !value.isEmpty, value != Secrets.mask else { return false }
    if isHeader(name), schemes.contains(value.lowercased()) { return true }
    if isSentence, isLoneWord(name), !schemes.contains(value.lowercased()) {
      return SecretLooks.isRandom(value) || isCertain(name) && !isHarmless(value)
    }
    switch kind {
    case .secret: return !isHarmless(value) || isCertain(name) && isNumber(value)
    case .doubtful: return SecretLooks.isRandom(value)
    }
  }

  /// Whether the word before a value announces it: `login 0123…`, `Bearer X`.
  static func announces(_ word: String, _ value: String) -> Bool {
    switch word {
    case "bearer": value.utf8.count >= 8 && value.utf8.contains { 0x30...0x39 ~= $0 }
    case "login", "relogin", "token", "key", "apikey", "password", "secret":
      SecretLooks.isRandom(value)
    default: false
    }
  }

  /// Whether the rest of a header's line belongs to the secret.
  static func isHeader(_ name: String) -> Bool {
    ["cookie", "set-cookie", "authorization", "proxy-authorization"].contains(name.lowercased())
  }

  /// Whether a value plainly is no secret: a switch, a small number, a variable, a path.
  static func isHarmless(_ value: String) -> Bool {
    if isNumber(value), value.utf8.count < 10 { return true }
    if isVariable(value) || value.hasPrefix("<") && value.hasSuffix(">") || isPath(value) {
      return true
    }
    if ["{", "[", "(", "|", "&&", ";"].contains(value) || value.hasPrefix("{\"") { return true }
    return [
      "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "env", "basic", "digest",
      "oauth",
      "oauth2", "kerberos", "ntlm", "ldap", "iam", "anonymous", "required", "optional", "unknown",
      "missing", "auto", "default", Secrets.mask,
    ].contains(value.lowercased())
  }

  private static func isNumber(_ value: String) -> Bool {
    !value.isEmpty && value.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ".") }
  }

  /// `$NAME` or `${NAME}`, which a shell has not filled in.
  private static func isVariable(_ value: String) -> Bool {
    guard value.hasPrefix("$") else { return false }
    let name = value.dropFirst().filter { $0 != "{" && $0 != "}" }
    return !name.isEmpty && name.utf8.allSatisfy { 0x41...0x5A ~= $0 || $0 == UInt8(ascii: "_") }
  }

  private static func isPath(_ value: String) -> Bool {
    guard ["/", "./", "../", "~/", "file://"].contains(where: { value.hasPrefix($0) }) else {
      return false
    }
    return value.split(separator: "/").allSatisfy { part in
      part.utf8.allSatisfy { SecretScanner.isNamePart($0) || $0 == UInt8(ascii: "~") }
        && !SecretLooks.isRandom(String(part))
    }
  }

  /// A name that is one lower-case or capitalised word.
  private static func isLoneWord(_ name: String) -> Bool {
    name.utf8.allSatisfy { 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 } && !isHeader(name)
      && parts(of: name).count == 1
  }

  private static func isCertain(_ name: String) -> Bool {
    let last = parts(of: name).last ?? ""
    return ["password", "passwd", "passphrase", "passcode", "secret", "pwd"].contains {
      last.hasSuffix($0)
    }
  }

  private static func kind(of name: String) -> Kind? {
    let parts = parts(of: name)
    guard let last = parts.last else { return nil }
    if isSecret(last, before: parts.dropLast().last) { return .secret }
    if parts.count > 1, endings.contains(last) || Int(last) != nil,
      let word = parts.dropLast().last, word != "key",
      isSecret(word, before: parts.dropLast(2).last)
    {
      return .secret
    }
    if last == "key" || doubtful.contains(last) { return .doubtful }
    return parts.contains("access") && parts.contains("key") ? .secret : nil
  }

  private static func isSecret(_ word: String, before: String?) -> Bool {
    if words.contains(where: { word.hasSuffix($0) }) || parts.contains(word) { return true }
    if word == "key" { return before.map(secretKeys.contains) ?? false }
    if word.hasSuffix("token") {
      return !(before.map(textTokens.contains) ?? false)
        && !textTokens.contains(String(word.dropLast(5)))
    }
    return false
  }

  /// The parts of a name in lower-case letters: `--hf-apiToken` is hf, api, token.
  private static func parts(of name: String) -> [String] {
    var parts: [String] = []
    var part = ""
    var wasLower = false
    for scalar in name.unicodeScalars {
      let isUpper = "A"..."Z" ~= scalar
      let isPart = isUpper || "a"..."z" ~= scalar || "0"..."9" ~= scalar
      if !isPart || isUpper && wasLower {
        if !part.isEmpty { parts.append(part) }
        part = ""
      }
      if isPart { part += String(scalar).lowercased() }
      wasLower = isPart && !isUpper
    }
    if !part.isEmpty { parts.append(part) }
    return parts
  }
}
