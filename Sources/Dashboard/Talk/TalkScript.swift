import Telemetry

/// A talk on a stage: scenes from recordings, in their order.
package struct TalkScript: Sendable, Hashable {
  /// What the talk is called.
  package var title: LocalizedText
  /// The scenes; never empty.
  package var chapters: [TalkChapter]

  /// A talk of some scenes.
  package init(title: LocalizedText, chapters: [TalkChapter]) {
    self.title = title
    self.chapters = chapters
  }
}

/// One scene: one number, one sentence, one picture.
package struct TalkChapter: Sendable, Hashable {
  /// What the scene is called, in the list and in the speaker's view.
  package var name: LocalizedText
  /// The recording it is made of, as it is opened.
  package var recording: String
  /// Where the recording begins; `nil` for its start.
  package var from: TalkTime?
  /// Where it ends; `nil` for its end.
  package var to: TalkTime?
  /// The one moment that is shown; nothing moves then.
  package var moment: TalkTime?
  /// The picture.
  package var view = TalkView.main
  /// The recording that a race is run against.
  package var against: String?
  /// The grid that the recording is laid upon, as `replay --grid` takes it.
  package var grid: String?
  /// The theme, by name; the stage's own where none is named.
  package var theme: String?
  /// Seconds that curves show.
  package var window: Double?
  /// Seconds of the recording in one of the audience's; by default the stretch lasts as long as the
  /// scene.
  package var speed: Double?
  /// Seconds the scene lasts when the talk runs by itself.
  package var seconds: Double
  /// Whether it waits for a key even then.
  package var waits = false
  /// The one sentence.
  package var caption = LocalizedText()
  /// What stands in big digits.
  package var number = TalkNumber.none
  /// What the speaker wants to say.
  package var notes = LocalizedText()
  /// Where a real recording comes from, shown on the scene.
  package var source = LocalizedText()

  /// How long a scene lasts that does not say so, in seconds.
  package static let usualSeconds = 30.0

  /// A scene of a whole recording.
  package init(
    name: LocalizedText, recording: String, seconds: Double = TalkChapter.usualSeconds
  ) {
    self.name = name
    self.recording = recording
    self.seconds = seconds
  }
}

/// A time in a recording, and how it was written.
package struct TalkTime: Sendable, Hashable {
  /// What is meant.
  package var destination: Destination
  /// As it was written.
  package var text: String

  /// Reads a time as `replay --at` takes it.
  /// - Throws: `Destination.Fault` where it names no time.
  package init(_ text: String) throws(Destination.Fault) {
    destination = try Destination(text)
    self.text = text
  }
}

/// The picture of a scene.
package enum TalkView: Sendable, Hashable {
  /// The main screen, without title and keys.
  case main
  /// What stands below a panel's headline, from 0.
  case panel(Int)
  /// A view that opens over the panels.
  case overlay(OverlayName)

  /// The view of a word: `main`, a panel's word or number, an overlay's name; `nil` for another.
  package init?(_ word: String) {
    if word == "main" {
      self = .main
    } else if let panel = PanelCatalogue.index(of: word) {
      self = .panel(panel)
    } else if OverlayCatalogue.names.contains(OverlayName(word)) {
      self = .overlay(OverlayName(word))
    } else {
      return nil
    }
  }

  /// What may be written.
  package static var words: [String] {
    ["main"] + PanelCatalogue.words.map { $0.lowercased() } + OverlayCatalogue.names.map(\.name)
  }
}

/// What stands in big digits.
package enum TalkNumber: Sendable, Hashable {
  /// Nothing.
  case none
  /// The headline of a panel, from 0.
  case panel(Int)
  /// The watts of the whole machine, as a mean of half a minute.
  case power
  /// The energy since the scene's stretch began.
  case energy
  /// The same energy as kilometres of a car.
  case kilometres
  /// The grams of that energy, by the grid it came from.
  case carbon
  /// What a race says of the joules to the same loss.
  case race

  /// The number of a word; `nil` for one that names none.
  package init?(_ word: String) {
    switch word {
    case "none": self = .none
    case "power": self = .power
    case "energy": self = .energy
    case "kilometres": self = .kilometres
    case "carbon": self = .carbon
    case "race": self = .race
    default:
      guard let panel = PanelCatalogue.index(of: word) else { return nil }
      self = .panel(panel)
    }
  }

  /// What may be written.
  package static var words: [String] {
    ["none"] + PanelCatalogue.words.map { $0.lowercased() } + [
      "power", "energy", "kilometres", "carbon", "race",
    ]
  }
}
