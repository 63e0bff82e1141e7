import Canvas

/// A key that was pressed, by the name printed on it.
public enum Key: Hashable, Sendable {
  /// A printable character.
  case character(Unicode.Scalar)
  /// Ctrl with a lowercase letter.
  case control(Unicode.Scalar)
  case up, down, left, right
  case shiftLeft, shiftRight
  case home, end, pageUp, pageDown
  case tab, shiftTab
  case backspace, delete, insert
  case enter, escape
  /// F1 is 1.
  case function(Int)
}

/// What the mouse did, in cells from the top left corner.
public struct MouseEvent: Hashable, Sendable {
  /// What the mouse did; a drag is a movement with a button held.
  public enum Kind: Hashable, Sendable {
    case press, release, drag, wheelUp, wheelDown, moved
  }

  /// The column, from 0.
  public var x: Int
  /// The row, from 0.
  public var y: Int
  /// What was done there.
  public var kind: Kind
  /// 1 left, 2 middle, 3 right; 0 for the wheel and a bare movement.
  public var button: Int

  /// An event at a cell.
  public init(x: Int, y: Int, kind: Kind, button: Int) {
    self.x = x
    self.y = y
    self.kind = kind
    self.button = button
  }
}

/// What a wait for input brought.
public enum InputEvent: Hashable, Sendable {
  /// A key was pressed.
  case key(Key)
  /// The mouse was used.
  case mouse(MouseEvent)
  /// Text was pasted, which is not typed: none of it comes as keys.
  case pasted
  /// The terminal has shown one more of the frames that were sent, the oldest first.
  case shown
  /// The terminal tells the colour of its background, later than it was waited for.
  case background(Color)
  /// The terminal has a new size, in cells.
  case resized(width: Int, height: Int)
  /// The terminal is gone; nothing will ever be typed or seen again.
  case hangup
  /// A signal asks the program to end; it has two seconds to do so in order.
  case terminated(signal: Int32)
  /// The program runs again after a stop, on a screen that has to be drawn anew.
  case resumed
}
