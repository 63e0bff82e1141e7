/// Something that happened at a time and is worth a word.
public struct Event: Sendable, Hashable {
  /// What an event is to the reader of a timeline.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Set by the user.
    case mark
    /// Data are missing from here on, and why.
    case gap
    /// Something worth knowing, such as a job that was found.
    case note
  }

  /// What happened, as a word that programs can decide by.
  public enum Cause: String, Sendable, Hashable, CaseIterable {
    /// The device is gone: off the bus, or no longer shown by its driver.
    case lost
    /// The device sleeps and is left asleep.
    case asleep
    /// A call for the device has not come back since the event's time.
    case hung = "no_answer"
    /// The device may not be read by this user.
    case denied
    /// The device or its driver answered with an error, or the driver is being reloaded.
    case failed
    /// The device can be read again.
    case recovered
    /// A counter began anew, or its driver did.
    case counterReset = "counter_reset"
    /// A server or a job began anew.
    case restarted
    /// A job went on from an earlier step.
    case resumed
    /// A value was left out because it is impossible.
    case refused
    /// Something was assumed of a file that was imported, which holds for all that is told of it.
    case assumed
    /// The driver reported an error of the device, such as an Xid.
    case deviceError = "device_error"
    /// A job was found.
    case found
    /// A job or a stream ended.
    case ended
    /// A job ended by an error.
    case crashed
    /// A job was ended from outside, such as by its batch system at its time limit.
    case cancelled
    /// A job did what it was to do.
    case finished
    /// A job's processes live, and nothing has come of it for far longer than usual.
    case stalled
    /// A job that stood still goes on.
    case continued
    /// An alert of the user's was raised; the device is the alert.
    case alert
    /// What an alert was raised for is over; the device is the alert.
    case alertCleared = "alert_cleared"
    /// The recording was ended in order at this time.
    case recordingEnded = "recording_ended"

    /// Whether it says that a job is over, or stands still.
    public var isEnding: Bool {
      switch self {
      case .ended, .crashed, .cancelled, .finished, .stalled: true
      default: false
      }
    }

    /// Whether it says why a device cannot be read from then on, or that it can be again.
    public var isAvailability: Bool {
      switch self {
      case .lost, .asleep, .hung, .denied, .failed, .recovered: true
      default: false
      }
    }
  }

  /// When it happened.
  public var time: Timestamp
  /// Whether it is a mark, a gap or a note.
  public var kind: Kind
  /// What happened, in words; without the device's name where there is a device.
  public var text: String
  /// The device it happened to; `nil` for what concerns no single one.
  public var device: DeviceID?
  /// What happened, for programs; `nil` where only the words say it.
  public var cause: Cause?

  /// An event; without a device it concerns the whole session.
  public init(
    time: Timestamp, kind: Kind, text: String, device: DeviceID? = nil, cause: Cause? = nil
  ) {
    self.time = time
    self.kind = kind
    self.text = text
    self.device = device
    self.cause = cause
  }
}
