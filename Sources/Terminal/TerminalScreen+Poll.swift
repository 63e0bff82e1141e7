import CTerminal
import Glibc

extension TerminalScreen {
  /// Waits for input until a moment of the monotonic clock, in nanoseconds; nil waits for good.
  ///
  /// Returns as soon as there is input, a signal that matters to the screen, or something to read
  /// in one of the extra descriptors (which are the caller's to drain); the list is empty then and
  /// at the deadline. After `.hangup` it only waits for the deadline and the descriptors.
  public func poll(until deadline: UInt64?, also descriptors: [Int32] = []) -> [InputEvent] {
    waitIfCrashing()
    if !early.isEmpty {
      defer { early = [] }
      return early.compactMap { event($0) }
    }
    // An absolute alarm, so that no clock is read here; 0 would switch it off.
    ct_timer_set(timerDescriptor, deadline.map { max(1, $0) } ?? 0)
    let input = hasHungUp ? -1 : options.inputDescriptor
    var waits = ([input, wakeDescriptor, timerDescriptor, patienceDescriptor] + descriptors).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    // An interrupted wait returns early and empty; every caller allows for that.
    let ready = Glibc.poll(&waits, nfds_t(waits.count), -1)
    waitIfCrashing()
    guard ready > 0 else { return [] }
    var events: [InputEvent] = []
    if waits[1].revents != 0 {
      events += signals()
      // A stop gives the terminal back, which then reads whole lines: what came in is none yet, and
      // reading it would wait for good.
      waits[0].revents = 0
      if !hasHungUp { _ = Glibc.poll(&waits, 1, 0) }
    }
    if !hasHungUp, waits[0].revents != 0 {
      events += typed(Int32(waits[0].revents))
    } else if waits[3].revents != 0 {
      ct_timer_after(patienceDescriptor, 0)
      events += decoder.giveUp().compactMap { event($0) }
      ct_timer_after(patienceDescriptor, Int32(decoder.patience ?? 0))
    }
    return events
  }

  private func signals() -> [InputEvent] {
    var bits = ct_wake_take()
    var hasResumed = false
    if bits & Int32(CT_WAKE_STOP) != 0 {
      stop()
      bits |= ct_wake_take()
      hasResumed = true
    } else if bits & Int32(CT_WAKE_CONTINUED) != 0 {
      // Stopped by a signal that cannot be caught: whoever had the terminal meanwhile changed it.
      leave()
      hasResumed = true
    }
    var events: [InputEvent] = []
    if bits & Int32(CT_WAKE_END) != 0 {
      events.append(.terminated(signal: Int32(ct_guard_ending())))
    }
    if hasResumed {
      repaint()
      events.append(.resumed)
    }
    if ct_screen_resize(handle) {
      shown = nil
      events.append(.resized(width: width, height: height))
    }
    return events
  }

  private func typed(_ conditions: Int32) -> [InputEvent] {
    var events: [InputEvent] = []
    let bytes = Self.read(options.inputDescriptor)
    if let bytes {
      events = decoder.feed(bytes).compactMap { event($0) }
      ct_timer_after(patienceDescriptor, Int32(decoder.patience ?? 0))
    }
    // What came before the terminal went away is read first.
    let isGone = conditions & Int32(POLLHUP | POLLERR | POLLNVAL) != 0
    if bytes == nil || isGone && conditions & Int32(POLLIN) == 0 {
      hasHungUp = true
      events.append(.hangup)
    }
    return events
  }

  /// The event behind what came in; nil for what only the screen wants to know.
  private func event(_ item: InputDecoder.Item) -> InputEvent? {
    switch item {
    case .key(let key): return .key(key)
    case .mouse(let mouse): return .mouse(mouse)
    case .pasted: return .pasted
    case .reply(let reply): return answered(reply)
    }
  }

  /// Takes an answer, and draws anew where it tells that the frame cannot be read.
  private func answered(_ reply: TerminalReply) -> InputEvent? {
    let (wasUTF8, hadWideSymbols) = (isUTF8, hasWideSymbols)
    let isFirst = !answers.saysReady
    answers.take(reply)
    if isUTF8 != wasUTF8 || hasWideSymbols != hadWideSymbols { repaint() }
    switch reply {
    case .ready:
      // The first one answers what was asked before the screen was taken.
      guard !isFirst, unanswered > 0 else { return nil }
      unanswered -= 1
      return .shown
    case .background(let color): return .background(color)
    case .cursor, .attributes, .kind: return nil
    }
  }
}
