import Canvas
import Telemetry

/// Everything a frame of a talk is a function of.
package struct TalkInput: Sendable {
  /// The scene's recording and the size of the screen; its view is set by the scene.
  package var frame: FrameInput
  /// The scene.
  package var chapter: TalkChapter
  /// Where the scene's stretch begins in the recording.
  package var start: Timestamp
  /// Where the talk is.
  package var state: TalkState
  /// The language of what is written.
  package var language: Language
  /// What the talk is called.
  package var title: LocalizedText
  /// The names of all scenes.
  package var names: [LocalizedText]

  /// The input of a frame.
  package init(
    frame: FrameInput, chapter: TalkChapter, start: Timestamp, state: TalkState, language: Language,
    title: LocalizedText, names: [LocalizedText]
  ) {
    self.frame = frame
    self.chapter = chapter
    self.start = start
    self.state = state
    self.language = language
    self.title = title
    self.names = names
  }

  /// The time in the recording that is shown.
  package var time: Timestamp { start + state.position }

  /// The theme as it is drawn.
  var theme: Theme { frame.theme.onStage }

  /// What the picture is a function of, in the room it has.
  func picture(width: Int, height: Int) -> FrameInput {
    var input = frame
    input.theme = theme
    input.language = language
    input.width = width
    input.height = height
    var view = ViewState(
      cursor: .replay(from: time, paused: true), window: chapter.window ?? frame.view.window,
      glyphs: frame.view.glyphs)
    view.race = frame.view.race
    view.widensWindow = chapter.window == nil
    switch chapter.view {
    case .main: break
    case .panel(let index): view.focused = index
    case .overlay(let name): view.open(name)
    }
    input.view = view
    return input
  }
}
