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

  /// The same keys in the help, in sentences.
  static func help(_ c: FrameContext) -> [(keys: String, text: String)] {
    let arrows = c.glyphs == .ascii ? "up down" : "↑ ↓"
    let keys: [(String, Texts)] = [
      (arrows, Texts("choose a job, or a host", "choisir un travail, une machine")),
      ("tab", Texts("jobs, or hosts", "travaux, ou machines")),
      (
        OverlayBox.key("enter", c),
        Texts("the job’s hosts; the host’s own screen", "ses machines ; l’écran de la machine")
      ),
      (
        "s < r",
        Texts("sort by the next, the previous; reverse", "trier : suivant, précédent ; inverser")
      ),
      ("/", Texts("show only rows with these words", "montrer ce qui a ces mots")),
      ("u", Texts("jobs, or accounts", "travaux, ou budgets")),
      (
        "w", Texts("hippowatt watch on the host, by ssh", "hippowatt watch sur la machine, par ssh")
      ),
    ]
    return keys.map { ($0.0, c.say($0.1)) }
  }
}
