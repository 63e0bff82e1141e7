import Canvas

/// The way from one scene to the next: the old one sinks into the background, the new one rises from it.
package enum TalkFade {
  /// A frame of the way.
  ///
  /// - Parameters:
  ///   - old: the last frame of the scene before.
  ///   - new: the scene.
  ///   - left: seconds left of ``TalkState/fadeSeconds``.
  ///   - depth: without colours to mix the new scene is there at once.
  package static func frame(
    from old: Canvas, to new: Canvas, left: Double, background: Color, depth: ColorDepth
  ) -> Canvas {
    guard left > 0, depth.rawValue >= ColorDepth.indexed256.rawValue,
      old.width == new.width, old.height == new.height
    else { return new }
    let way = 1 - min(1, left / TalkState.fadeSeconds)
    return way < 0.5
      ? sunk(old, by: way * 2, into: background) : sunk(new, by: 2 - way * 2, into: background)
  }

  /// A frame whose colours are mixed with the background; 1 is nothing but background.
  package static func sunk(_ frame: Canvas, by amount: Double, into background: Color) -> Canvas {
    var sunk = frame
    sunk.restyle(frame.bounds) { style in
      Style(
        style.foreground.mixed(with: background, amount),
        on: style.background.mixed(with: background, amount), style.attributes)
    }
    return sunk
  }
}
