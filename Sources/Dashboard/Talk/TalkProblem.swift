import Canvas
import Telemetry

/// What of a scene would not be seen as it was meant, at a size, in a language, at a moment.
package enum TalkProblem: Hashable, Sendable {
  /// The sentence needs more rows than it has.
  case captionCut(rows: Int)
  /// Not even the smallest of the large digits have room.
  case numberTooWide
  /// The picture has too little room to be drawn as it is.
  case viewFolded(columns: Int, rows: Int)
  /// Nothing is known of the number at the moment.
  case noNumber
  /// Nothing is known of the picture at the moment.
  case noPicture
  /// The line that says where a recording comes from is cut.
  case sourceCut

  /// What is wrong, and what would help, in words.
  package var words: String {
    switch self {
    case .captionCut(let rows):
      "the caption takes \(rows) rows of the \(TalkLayout.captionRows) it has: shorten it"
    case .numberTooWide: "the number is too wide for large digits: show another, or none"
    case .viewFolded(let columns, let rows):
      "the view folds in the \(columns)x\(rows) it has: show a panel alone, or enlarge the screen"
    case .noNumber: "nothing is known of the number: choose another time or another number"
    case .noPicture: "nothing is known of what the view shows: choose another time or another view"
    case .sourceCut: "the source is cut: shorten it"
    }
  }
}

extension TalkFrame {
  /// What would not be seen of a scene as it was meant.
  package static func problems(_ input: TalkInput) -> [TalkProblem] {
    let scene = TalkScene(input)
    let layout = scene.layout
    var problems: [TalkProblem] = []
    let caption = scene.caption
    if !TalkCaption.fits(caption, width: layout.words.width, rows: TalkLayout.captionRows) {
      problems.append(
        .captionCut(rows: TalkCaption.rows(caption, width: max(1, layout.words.width)).count))
    }
    if let headline = scene.headline {
      // Until both have come down to the same loss, a race has no number yet.
      let isOpen = input.chapter.number == .race && !input.state.isAtEnd
      if headline.value == nil, !isOpen { problems.append(.noNumber) }
      if layout.scale == 0 { problems.append(.numberTooWide) }
    }
    let source = sanitized(input.chapter.source.text(in: input.language))
    if !source.isEmpty, displayWidth(source) > layout.bottom.width - 10 {
      problems.append(.sourceCut)
    }
    if let problem = scene.pictureProblem { problems.append(problem) }
    return problems
  }
}

extension TalkScene {
  /// What keeps the picture from being one.
  fileprivate var pictureProblem: TalkProblem? {
    let folded = TalkProblem.viewFolded(
      columns: layout.picture.width, rows: layout.picture.height)
    guard layout.hasPicture else { return folded }
    switch input.chapter.view {
    case .main: return context.layout.scale == .full ? nil : folded
    case .panel(let index):
      return PanelCatalogue.all[index].headline(context).value == nil ? .noPicture : nil
    case .overlay(.flow):
      guard layout.picture.width >= FlowView.leastColumns,
        layout.picture.height >= FlowView.leastRows
      else { return folded }
      return Flow.at(context) == nil ? .noPicture : nil
    case .overlay(.race): return context.race == nil ? .noPicture : nil
    case .overlay: return nil
    }
  }
}
