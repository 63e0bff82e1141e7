import CTerminal

extension TerminalScreen {
  /// The event behind what ncurses read; nil for what the program does not use.
  func decode(_ kind: Int, _ event: ct_event) -> InputEvent? {
    switch kind {
    case CT_CHARACTER: return Self.character(UInt32(bitPattern: event.code)).map { .key($0) }
    case CT_KEY: return Self.key(Int(event.code)).map { .key($0) }
    case CT_MOUSE: return .mouse(mouse(event))
    case CT_PASTE: return .pasted
    default: return nil
    }
  }

  private func mouse(_ event: ct_event) -> MouseEvent {
    let kind: MouseEvent.Kind
    var button = Int(event.button)
    switch Int(event.mouse_kind) {
    case CT_PRESS:
      kind = .press
      heldButton = button
    case CT_RELEASE:
      kind = .release
      heldButton = 0
    case CT_WHEEL_UP: kind = .wheelUp
    case CT_WHEEL_DOWN: kind = .wheelDown
    default:
      // A movement does not say which button is down; the last press does.
      kind = heldButton > 0 ? .drag : .moved
      button = heldButton
    }
    return MouseEvent(x: Int(event.x), y: Int(event.y), kind: kind, button: button)
  }

  static func character(_ code: UInt32) -> Key? {
    switch code {
    case 9: return .tab
    case 10, 13: return .enter
    case 27: return .escape
    case 8, 127: return .backspace
    case 1...26: return Unicode.Scalar(code + 96).map { .control($0) }
    case 0..<32: return nil
    default: return Unicode.Scalar(code).map { .character($0) }
    }
  }

  static func key(_ code: Int) -> Key? {
    switch code {
    case CT_KEY_UP: .up
    case CT_KEY_DOWN: .down
    case CT_KEY_LEFT: .left
    case CT_KEY_RIGHT: .right
    case CT_KEY_SHIFT_LEFT: .shiftLeft
    case CT_KEY_SHIFT_RIGHT: .shiftRight
    case CT_KEY_HOME: .home
    case CT_KEY_END: .end
    case CT_KEY_PAGE_UP: .pageUp
    case CT_KEY_PAGE_DOWN: .pageDown
    case CT_KEY_SHIFT_TAB: .shiftTab
    case CT_KEY_BACKSPACE: .backspace
    case CT_KEY_DELETE: .delete
    case CT_KEY_INSERT: .insert
    case CT_KEY_ENTER: .enter
    case (CT_KEY_F0 + 1)...(CT_KEY_F0 + 24): .function(code - CT_KEY_F0)
    default: nil
    }
  }
}
