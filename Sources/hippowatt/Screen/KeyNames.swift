import Terminal

extension Key {
  /// The name under which the key table knows the key.
  var name: String {
    switch self {
    case .character(" "): "space"
    case .character(let scalar): String(scalar)
    case .control(let scalar): "ctrl-\(scalar)"
    case .up: "up"
    case .down: "down"
    case .left: "left"
    case .right: "right"
    case .shiftLeft: "shift-left"
    case .shiftRight: "shift-right"
    case .home: "home"
    case .end: "end"
    case .pageUp: "page-up"
    case .pageDown: "page-down"
    case .tab: "tab"
    case .shiftTab: "shift-tab"
    case .backspace: "backspace"
    case .delete: "delete"
    case .insert: "insert"
    case .enter: "enter"
    case .escape: "escape"
    case .function(let number): "f\(number)"
    }
  }
}
