/// The keys that move in time.
extension KeyTable {
  static let time: [Binding] = [
    bind(
      .playOrPause, ["space"], .time, Texts("pause, or play", "pause, ou lecture"),
      hint: Texts("pause", "pause")),
    bind(
      .back, ["left", "h"], .time, Texts("5 s back", "reculer de 5 s"), hint: Texts("seek", "temps")
    ),
    bind(.forward, ["right", "l"], .time, Texts("5 s forward", "avancer de 5 s")),
    bind(.backFine, ["shift-left"], .time, Texts("1 s back", "reculer de 1 s")),
    bind(.forwardFine, ["shift-right"], .time, Texts("1 s forward", "avancer de 1 s")),
    bind(.backFar, ["page-up", "down", "j"], .time, Texts("60 s back", "reculer de 60 s")),
    bind(.forwardFar, ["page-down", "up", "k"], .time, Texts("60 s forward", "avancer de 60 s")),
    bind(
      .previousReading, [",", "T"], .time, Texts("one reading back", "à la mesure précédente")),
    bind(.nextReading, ["."], .time, Texts("one reading forward", "à la mesure suivante")),
    bind(
      .slower, ["["], .time, Texts("play slower", "lire plus lentement"),
      hint: Texts("speed", "vitesse")),
    bind(.faster, ["]"], .time, Texts("play faster", "lire plus vite")),
    bind(
      .normalSpeed, ["backspace"], .time, Texts("play at normal speed", "lire à vitesse normale")),
    bind(.first, ["home", "g"], .time, Texts("to the beginning", "au début")),
    bind(
      .last, ["end", "G"], .time, Texts("to the end, or back to live", "à la fin, ou au direct")),
    bind(
      .goTo, [":"], .time, Texts("go to 14:32, -2h, max…", "aller à 14:32, -2h, max…"),
      hint: Texts("go to", "aller à")),
    bind(.zone, ["z"], .time, Texts("times in UTC, or local", "heures UTC, ou locales")),
    bind(
      .zoomIn, ["+", "="], .time, Texts("show a shorter time", "montrer une durée plus courte")),
    bind(
      .zoomOut, ["-"], .time, Texts("show a longer time", "montrer une durée plus longue")),
  ]
}
