// A tiny full-screen program for tests: it reports what it is told and dies as it is asked.
import Canvas
import Glibc
import Terminal

let mode = CommandLine.arguments.dropFirst().first ?? "wait"
let term = CommandLine.arguments.dropFirst(2).first ?? "xterm-256color"
let colorTerm = CommandLine.arguments.dropFirst(3).first ?? ""

func say(_ text: String) {
  let bytes = Array(text.utf8)
  _ = write(2, bytes, bytes.count)
}

let screen: TerminalScreen
do {
  // Keys come from the terminal even where standard input is a pipe of data.
  let input = isatty(0) == 1 ? 0 : TerminalScreen.openControllingTerminal() ?? 0
  var options = TerminalOptions(term: term, colorTerm: colorTerm, inputDescriptor: input)
  for name in ["LC_ALL", "LANG", "STY", "TMUX", "XTERM_VERSION"] {
    options.variables[name] = getenv(name).map { String(cString: $0) }
  }
  screen = try TerminalScreen(options)
} catch {
  say("probe: \(error)\n")
  exit(2)
}

@MainActor func show(_ line: String) {
  var canvas = Canvas(width: screen.width, height: screen.height)
  canvas.text(line, x: 0, y: 0, Style(Color(0xFFB03A), on: Color(0x101218)).bold)
  screen.present(canvas, background: Color(0x101218), foreground: Color(0xD8DCE6))
}

@inline(never) func overflow(_ depth: Int) -> Int {
  withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
    buffer[0] = UInt8(truncatingIfNeeded: depth)
    return overflow(depth + 1) + Int(buffer[0])
  }
}

func crashElsewhere(_: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  fatalError("probe thread")
}

@MainActor func die() {
  say("last words\n")
  switch mode {
  case "fatal": fatalError("probe fatal")
  case "bounds":
    let empty: [Int] = []
    print(empty[CommandLine.arguments.count])
  case "abort": abort()
  case "segv": UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
  case "overflow": print(overflow(0))
  case "thread":
    var thread = pthread_t()
    pthread_create(&thread, nil, crashElsewhere, nil)
    var count = 0
    // Goes on drawing, as a main loop would.
    while true {
      count += 1
      show("DRAWN AFTER \(count)")
    }
  default: break
  }
}

func describe(_ event: InputEvent) -> String {
  switch event {
  case .key(let key): "KEY \(key)"
  case .mouse(let mouse): "MOUSE \(mouse.x) \(mouse.y) \(mouse.kind) \(mouse.button)"
  case .resized(let width, let height): "SIZE \(width)x\(height)"
  case .terminated(let signal): "END \(signal)"
  case .pasted: "PASTED"
  case .shown: "SHOWN"
  case .background(let color): "BACKGROUND \(color.hex)"
  case .hangup: "HANGUP"
  case .resumed: "RESUMED"
  }
}

var log: [String] = []
show("READY \(screen.depth) \(mode)")
while true {
  for event in screen.poll(until: nil) {
    switch event {
    case .hangup: exit(3)
    case .key(.character("q")):
      screen.close()
      print("goodbye")
      exit(0)
    case .key(.character("!")): die()
    case .shown: break
    default:
      log.append(describe(event))
      show(log.suffix(3).joined(separator: "; ") + ".")
    }
  }
}
