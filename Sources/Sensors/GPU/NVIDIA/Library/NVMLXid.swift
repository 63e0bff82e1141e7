import CDrivers

/// What the driver reports by itself, in words.
enum NVMLXid {
  /// The well-known numbers of NVIDIA's Xid catalogue, as the end of a sentence.
  static func words(_ number: UInt64) -> String? {
    switch number {
    case 8: "its work did not end in time"
    case 13: "a program made a graphics engine fault"
    case 31: "a program touched memory it may not"
    case 32: "a corrupted push buffer was sent to it"
    case 38: "its firmware has failed"
    case 43: "a program's channel was stopped after a fault"
    case 45: "work was removed early, after an earlier fault"
    case 48: "a memory error could not be corrected"
    case 61: "its internal microcontroller has stopped at a check"
    case 62: "its internal microcontroller has halted"
    case 63: "a memory row or page was retired"
    case 64: "a memory row or page could not be retired"
    case 68: "its video processor has failed"
    case 69: "a program made a graphics engine fault"
    case 74: "an NVLink has failed"
    case 79: "the GPU has fallen off the bus"
    case 92: "many memory errors had to be corrected"
    case 94: "a memory error was contained; its program was stopped"
    case 95: "a memory error was not contained; the GPU must be reset"
    case 109: "a context switch did not end in time"
    case 119: "its system processor (GSP) does not answer"
    case 120: "its system processor (GSP) has failed"
    case 121: "the link to the processor has corrected an error"
    case 140: "memory errors could not be repaired"
    case 143: "it could not be initialised"
    case 144...150: "an NVLink has failed"
    case 154: "it needs a recovery action"
    default: nil
    }
  }

  /// What the driver says of one GPU, as the end of a sentence.
  static func words(_ event: nvmlEventData_t) -> String {
    switch Int(event.eventType) {
    case nvmlEventTypeXidCriticalError:
      let words = words(event.eventData).map { ", \($0)" } ?? ""
      return "Xid \(event.eventData)\(words)"
    case nvmlEventTypeDoubleBitEccError:
      return "a memory error could not be corrected"
    case nvmlEventTypeGpuUnavailableError: return "the driver has taken it out of service"
    case nvmlEventTypeGpuRecoveryAction:
      return "the driver asks for a recovery action (\(event.eventData))"
    default: return "event \(event.eventType) of the driver"
    }
  }
}
