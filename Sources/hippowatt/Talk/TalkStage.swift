import Accounting
import ArgumentParser
import Canvas
import Dashboard
import Linux
import Sensors
import Telemetry

/// The scenes of a talk with their recordings opened, and the frames drawn of them.
final class TalkStage {
  /// A scene with what it is drawn from.
  private struct Scene {
    var feed: ReplayFeed
    var accounts: Accounts
    /// What of the recording the scene knows of: totals begin with it.
    var bounds: TimeSpan
    /// Where it begins to be shown.
    var start: Timestamp
    var pace: TalkPace
    var theme: Int
    /// What earlier frames added up already.
    let tally = GridTally()
  }

  /// Why a scene cannot be shown, in words.
  struct Problem: Error {
    var words: String
  }

  let file: TalkFile
  let language: Language
  private let themes: [Theme]
  private var scenes: [Result<Scene, Problem>] = []

  /// Opens all recordings of a talk; what is wrong with a scene stands in ``problem(of:)``.
  init(_ file: TalkFile, language: Language, host: HostEnvironment) {
    self.file = file
    self.language = language
    let executable = ThemeStore.executable
    let store = ThemeStore(host: host, executable: executable)
    themes = store.themes
    let demos = DemoStore(host: host, executable: executable)
    scenes = file.script.chapters.map { chapter in
      do { return .success(try open(chapter, demos)) } catch {
        return .failure(Problem(words: "\(error)"))
      }
    }
  }

  var script: TalkScript { file.script }

  /// Why a scene cannot be shown; `nil` where it can.
  func problem(of index: Int) -> String? {
    if case .failure(let problem) = scenes[index] { problem.words } else { nil }
  }

  /// The talk at its beginning.
  /// - Parameter waits: whether scenes may wait for a key.
  func state(loops: Bool = false, waits: Bool = true) -> TalkState {
    TalkState(
      zip(script.chapters, scenes).map { chapter, scene in
        TalkState.Plan(
          seconds: chapter.seconds, speed: chapter.speed, waits: waits && chapter.waits,
          pace: (try? scene.get())?.pace ?? TalkPace(length: 0))
      }, loops: loops)
  }

  // MARK: Opening

  private func open(_ chapter: TalkChapter, _ demos: DemoStore) throws -> Scene {
    let path = file.recording(chapter.recording, demos)
    guard File.exists(path) else {
      throw Failure(
        "the recording \(path) is missing; write a path from this file, or a demo's name")
    }
    let wanted = chapter.theme ?? Self.theme
    guard let theme = themes.firstIndex(where: { $0.name == wanted }) else {
      let names = themes.map(\.name).joined(separator: ", ")
      throw Failure("there is no theme “\(wanted)”; there are: \(names)")
    }
    let feed = try Replay.open(path, supposed: try supposed(chapter.grid))
    var accounts = Accounts()
    if let against = chapter.against {
      let base = file.recording(against, demos)
      guard File.exists(base) else { throw Failure("the recording \(base) is missing") }
      accounts = try AccountOptions.parse(["--baseline", base]).load(beside: path)
      guard !accounts.races.isEmpty else {
        _ = try Accounts.run(path)
        throw Failure("\(path): its job did not tell its progress twice, so there is no race")
      }
      feed.goOn(until: accounts.end)
    }
    let whole = feed.bounds
    var scene = Scene(
      feed: feed, accounts: accounts, bounds: whole, start: whole.start,
      pace: TalkPace(length: 0), theme: theme)
    if let moment = chapter.moment {
      scene.start = try time(moment, in: feed)
      return scene
    }
    let begin = try chapter.from.map { try time($0, in: feed) }
    let end = try chapter.to.map { try time($0, in: feed) } ?? whole.end
    // A race is shown from where its run began, and knows all of both.
    scene.start = begin ?? accounts.races.first?.run.course?.start?.time ?? whole.start
    guard scene.start < end else {
      throw Failure("its end is not after its beginning; write from and to in their order")
    }
    let span = TimeSpan(scene.start, end)
    if accounts.races.isEmpty { scene.bounds = span }
    // Which stretches are idle is asked of the whole, and that may have to be read first.
    try feed.update(
      for: ViewState(cursor: .replay(from: end, paused: true), window: max(1, span.seconds)))
    repeat { scene.pace = TalkPace(of: feed.timeline, over: span) } while try feed.supply()
    return scene
  }

  /// The theme of a stage.
  private static let theme = "stage"

  private func supposed(_ grid: String?) throws -> SupposedGrid? {
    guard let grid else { return nil }
    let isFile = !GridSource.knows(grid) && (grid.contains(".") || grid.contains("/"))
    let named = isFile && !grid.hasPrefix("/") ? file.folder + "/" + grid : grid
    do { return try SupposedGridOptions.parse(["--grid", named]).load() } catch let wrong
      as WrongUsage
    { throw Failure(wrong.description) }
  }

  private func time(_ time: TalkTime, in feed: ReplayFeed) throws -> Timestamp {
    let bounds = feed.bounds
    if case .away(let seconds) = time.destination, bounds.end + seconds < bounds.start {
      throw Failure("“\(time.text)” is before the recording begins")
    }
    func look() throws -> Timestamp {
      do throws(Destination.Fault) {
        return try time.destination.time(
          from: bounds.end, in: bounds, of: feed.timeline, offset: { _ in 0 })
      } catch { throw Failure("“\(time.text)”: \(error.words)") }
    }
    // What is looked for may have to be read first.
    try feed.update(for: ViewState(cursor: .replay(from: bounds.end, paused: true)))
    while true {
      let found = Result { try look() }
      if try feed.supply() { continue }
      return try found.get()
    }
  }

  // MARK: Drawing

  /// The theme of the scene that is shown.
  func theme(of state: TalkState) -> Theme {
    let index = min(state.chapter, scenes.count - 1)
    guard case .success(let scene) = scenes[index] else { return themes[0] }
    return themes[scene.theme].onStage
  }

  /// A frame of a moment of the talk.
  func frame(_ state: TalkState, width: Int, height: Int, glyphs: GlyphSet) throws -> Canvas {
    try draw(state, width, height, glyphs, language, TalkFrame.render)
  }

  /// What would not be seen as it was meant.
  func problems(
    _ state: TalkState, width: Int, height: Int, language: Language
  ) throws -> [TalkProblem] {
    try draw(state, width, height, .blocks, language, TalkFrame.problems)
  }

  private func draw<Drawn>(
    _ state: TalkState, _ width: Int, _ height: Int, _ glyphs: GlyphSet, _ language: Language,
    _ draw: (TalkInput) -> Drawn
  ) throws -> Drawn {
    // The last card lies over the last scene's theme.
    let index = min(state.chapter, scenes.count - 1)
    let scene: Scene
    do { scene = try scenes[index].get() } catch { throw Failure(error.words) }
    let chapter = script.chapters[index]
    let time = scene.start + state.position
    let view = ViewState(
      cursor: .replay(from: time, paused: true), window: chapter.window ?? 300, glyphs: glyphs)
    try scene.feed.update(for: view)
    while true {
      var info = scene.feed.info
      // The clock of a recording is the same wherever it is shown.
      info.utcOffset = { _ in 0 }
      var frame = FrameInput(
        timeline: scene.feed.timeline, bounds: scene.bounds, view: view,
        theme: themes[scene.theme], session: info, width: width, height: height)
      frame.catalogue = .all
      frame.tally = scene.tally
      scene.accounts.fill(&frame)
      let drawn = draw(
        TalkInput(
          frame: frame, chapter: chapter, start: scene.start, state: state, language: language,
          title: script.title, names: script.chapters.map(\.name)))
      if try scene.feed.supply() { continue }
      return drawn
    }
  }
}
