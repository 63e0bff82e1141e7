/// The words of a panel's frame.
enum PanelWords: ScreenWords {
  case ago

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .ago: Texts("{1} ago", "il y a {1}")
    }
  }
}
