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
    // An absolute alarm, so that no clock is read here; 0 would switch it off.
    ct_timer_set(timerDescriptor, deadline.map { max(1, $0) } ?? 0)
    let input = hasHungUp ? -1 : options.inputDescriptor
    var waits = ([input, wakeDescriptor, timerDescriptor] + descriptors).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    // An interrupted wait returns early and empty; every caller allows for that.
    let ready = Glibc.poll(&waits, nfds_t(waits.count), -1)
    waitIfCrashing()
    guard ready > 0 else { return [] }
    var events: [InputEvent] = []
    if waits[1].revents != 0 { events += signals() }
    if !hasHungUp, waits[0].revents != 0 { events += typed(Int32(waits[0].revents)) }
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
      ct_screen_leave(handle)
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
    var event = ct_event()
    while true {
      let kind = ct_screen_read(handle, &event)
      if kind == CT_NOTHING { break }
      if let decoded = decode(Int(kind), event) { events.append(decoded) }
    }
    if conditions & Int32(POLLHUP | POLLERR | POLLNVAL) != 0
      || events.isEmpty && ct_at_end(options.inputDescriptor)
    {
      hasHungUp = true
      events.append(.hangup)
    }
    return events
  }
}
