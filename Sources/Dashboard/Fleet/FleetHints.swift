import Canvas

/// The keys of the screen of many machines, in the last line.
enum FleetHints {
  static func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    let inHosts = c.input.view.fleet?.focus == .hosts
    let enter = OverlayBox.key("enter", c)
    let keys: [(String, Texts)] = [
      ("q", Texts("quit", "quitter")), ("?", Texts("help", "aide")),
      (inHosts ? "← → ↑ ↓" : "↑ ↓", Texts("choose", "choisir")),
      (enter, inHosts ? Texts("its screen", "son écran") : Texts("its hosts", "ses machines")),
      ("tab", inHosts ? Texts("jobs", "travaux") : Texts("hosts", "machines")),
      ("s", Texts("sort", "trier")), ("/", Texts("filter", "filtrer")),
      ("u", Texts("accounts", "budgets")), ("h l", Texts("time", "temps")),
      ("+ -", Texts("span", "durée")), (":", Texts("go to", "aller à")),
      ("w", Texts("ssh", "ssh")), ("t", Texts("theme", "thème")),
    ]
    canvas.phrases(
      keys.map { [Run($0.0, c.style(.accent).bold), Run(" " + c.say($0.1), c.muted)] },
      x: rect.x + 1, y: rect.y, maxWidth: rect.width - 2, gap: 2, inOrder: true)
  }
}
