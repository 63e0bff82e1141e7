import CSystem
import Dashboard
import Glibc
import Linux

/// Sends a signal to exactly the process that was meant.
enum ProcessSignal {
  /// Sends a signal to the process that began at a clock tick since the machine started.
  ///
  /// Returns the outcome in words.
  ///
  /// The process is held by a descriptor before its start is compared, so that a number that was
  /// given to another process meanwhile is never hit.
  static func send(
    _ number: Int, to pid: Int, started: String, in language: Language = .fallback
  ) -> String {
    guard pid > 1, let target = pid_t(exactly: pid) else {
      return ToastWords.noProcess.text(in: language)
    }
    let handle = cs_process_open(target)
    guard handle >= 0 else { return words(errno, pid, language) }
    defer { close(handle) }
    guard Self.started(target) == started else {
      return ToastWords.processEnded.text(in: language, "\(pid)")
    }
    guard cs_process_signal(handle, Int32(number)) == 0 else { return words(errno, pid, language) }
    return ToastWords.sent.text(in: language, name(number), "\(pid)")
  }

  /// Field 22 of `/proc/PID/stat`.
  private static func started(_ pid: pid_t) -> String? {
    guard let text = File.read("/proc/\(pid)/stat", limit: 4096),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? String(fields[19]) : nil
  }

  private static func name(_ number: Int) -> String {
    switch Int32(number) {
    case SIGTERM: "SIGTERM"
    case SIGINT: "SIGINT"
    case SIGKILL: "SIGKILL"
    default: "signal \(number)"
    }
  }

  private static func words(_ code: Int32, _ pid: Int, _ language: Language) -> String {
    switch code {
    case ESRCH: ToastWords.processEnded.text(in: language, "\(pid)")
    case EPERM: ToastWords.notPermitted.text(in: language, "\(pid)")
    default: ToastWords.signalFailed.text(in: language, "\(pid)", String(cString: strerror(code)))
    }
  }
}
