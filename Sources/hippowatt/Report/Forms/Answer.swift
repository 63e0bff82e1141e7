/// What stands in a field of a form: a value with how it was counted, or why it is not known.
///
/// There is no third way, so no form can invent anything.
enum Answer<Value: Sendable>: Sendable {
  /// A value, and the sentence that says how it was counted.
  case known(Value, method: String)
  /// Why there is no value, as the rest of a sentence.
  case unknown(because: String)

  /// The value, if there is one.
  var value: Value? {
    if case .known(let value, _) = self { value } else { nil }
  }

  /// How it was counted, or why it is not known, as a whole sentence for people.
  var sentence: String {
    switch self {
    case .known(_, let method): method
    case .unknown(let reason): "unknown, because \(reason)."
    }
  }

  /// Another value that follows from this one; what is unknown stays so for the same reason.
  func map<Other: Sendable>(
    _ change: (Value) -> Other, method: (String) -> String = { $0 }
  ) -> Answer<Other> {
    switch self {
    case .known(let value, let words): .known(change(value), method: method(words))
    case .unknown(let reason): .unknown(because: reason)
    }
  }

  /// The two cells of a form's row: the answer, and what it rests on.
  func cells(_ written: (Value) -> String) -> [String] {
    switch self {
    case .known(let value, let method): [written(value), method]
    case .unknown(let reason): ["unknown", "because \(reason)"]
    }
  }
}
