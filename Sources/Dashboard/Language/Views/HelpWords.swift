/// The words of the help that are no key's.
enum HelpWords: ScreenWords {
  case title
  case mouse, click, clicking, drag, dragging, wheel, wheeling

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .title: Texts("hippowatt: keys", "hippowatt : touches")
    case .mouse: Texts("Mouse", "Souris")
    case .click: Texts("click", "clic")
    case .clicking:
      Texts("a panel: large; the scrubber: go there", "un panneau : en grand ; la frise : y aller")
    case .drag: Texts("drag", "glisser")
    case .dragging:
      Texts(
        "the scrubber's track: wind; its curve: select",
        "sur la frise : défiler ; sur sa courbe : choisir"
      )
    case .wheel: Texts("wheel", "molette")
    case .wheeling:
      Texts(
        "shorter or longer time; in a list: up and down",
        "durée montrée ; dans une liste : monter, descendre")
    }
  }

  /// Beside the longest key.
  var room: Int? {
    switch self {
    case .clicking, .dragging, .wheeling: 50
    default: nil
    }
  }
}
