import Canvas

/// What a terminal has told of itself.
struct TerminalAnswers: Equatable {
  /// The columns in which the cursor stood after each trial character.
  var columns: [Int] = []
  /// The number of its kind.
  var kind: Int?
  /// The colour of its background.
  var background: Color?
  /// Whether it says when it has done what was sent.
  var saysReady = false
  /// Whether everything was answered that ever will be.
  var isComplete = false

  /// Takes one more answer.
  mutating func take(_ reply: TerminalReply) {
    switch reply {
    case .cursor(_, let column): if columns.count < 2 { columns.append(column) }
    case .kind(let number): if kind == nil { kind = number }
    case .background(let color): if background == nil { background = color }
    case .ready: saysReady = true
    case .attributes: isComplete = true
    }
  }

  /// Whether two bytes of UTF-8 made one character; nil while nothing is known.
  var isUTF8: Bool? { columns.first.map { $0 == 2 } }

  /// Whether symbols of ambiguous width take two columns; nil while nothing is known.
  var hasWideSymbols: Bool? {
    guard isUTF8 == true, columns.count == 2 else { return nil }
    return columns[1] - columns[0] == 2
  }
}

/// What is asked of a terminal before it is taken over, all in one go.
struct TerminalQuestions: Equatable {
  var asksCharacters = false
  var asksBackground = false
  var multiplexer: TerminalFamily.Multiplexer?

  /// What is sent.
  ///
  /// Every terminal that answers anything answers the last question, so that nobody has to wait for answers
  /// that do not come.
  ///
  /// The trial characters are of two bytes that show in other encodings too, and of a width that is
  /// ambiguous (Unicode's report 11). They are written over the beginning of the line and removed.
  var text: String {
    var text = ""
    if asksCharacters { text += "\u{1B}7\r\u{F1}\u{1B}[6n\u{2500}\u{1B}[6n\r\u{1B}[K\u{1B}8" }
    if asksBackground {
      text += "\u{1B}]11;?\u{1B}\\"
      switch multiplexer {
      case .tmux: text += "\u{1B}Ptmux;\u{1B}\u{1B}]11;?\u{7}\u{1B}\\"
      case .screen: text += "\u{1B}P\u{1B}]11;?\u{7}\u{1B}\\"
      case nil: break
      }
    }
    return text + "\u{1B}[>c\u{1B}[5n\u{1B}[c"
  }
}
