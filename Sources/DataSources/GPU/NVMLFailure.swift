import Telemetry

/// What NVML says when a call gives nothing, in words and with what can be done.
///
/// The codes are those of `nvmlReturn_t`.
struct NVMLFailure: Error, Hashable {
  let code: Int32

  static let uninitialized: Int32 = 1
  static let notSupported: Int32 = 3
  static let noPermission: Int32 = 4
  static let driverNotLoaded: Int32 = 9
  static let functionNotFound: Int32 = 13
  static let lost: Int32 = 15
  static let resetRequired: Int32 = 16
  static let versionMismatch: Int32 = 18
  static let argumentVersionMismatch: Int32 = 25
  static let notFound: Int32 = 28

  init(_ code: Int32) { self.code = code }

  /// Whether this one card is out of reach until it or the driver is started again.
  var isLost: Bool { [Self.lost, Self.resetRequired, Self.notFound].contains(code) }

  /// Whether nothing can be asked of any card until the library is started again.
  var isFatal: Bool {
    [Self.uninitialized, Self.driverNotLoaded, Self.versionMismatch].contains(code)
  }

  /// Whether the card, its driver or this library will never give that number.
  var isUnsupported: Bool {
    [Self.notSupported, Self.functionNotFound, Self.argumentVersionMismatch].contains(code)
  }

  var health: SourceState.Health { code == Self.noPermission ? .denied : .failed }

  /// What is wrong, in words.
  var message: String {
    switch code {
    case Self.uninitialized: "NVML was shut down"
    case Self.noPermission: "this user may not ask the NVIDIA driver"
    case 8: "the GPU's power cables are not attached"
    case Self.driverNotLoaded: "the NVIDIA driver is not loaded"
    case 10: "the NVIDIA driver did not answer in time"
    case 11: "the NVIDIA driver gets no interrupts from the GPU"
    case 12: "a library of the NVIDIA driver is missing"
    case Self.lost: "the GPU is lost: it fell off the bus"
    case Self.resetRequired: "the GPU must be reset"
    case 17: "the operating system refused the GPU"
    case Self.versionMismatch: "the NVIDIA library and the loaded driver differ in version"
    case Self.notFound: "the GPU is not found any more"
    case 999: "the NVIDIA driver says: unknown error"
    default: "the NVIDIA driver says: error \(code)"
    }
  }

  /// What the user can do about it.
  var remedy: String {
    switch code {
    case Self.uninitialized: "nothing: it is started again by itself"
    case Self.noPermission: "let this user read and write /dev/nvidiactl and /dev/nvidia*"
    case Self.driverNotLoaded: "sudo modprobe nvidia, or see dmesg for why it does not load"
    case Self.lost, Self.notFound:
      "see dmesg for Xid 79, then sudo nvidia-smi --gpu-reset or restart the machine"
    case Self.resetRequired: "sudo nvidia-smi --gpu-reset"
    case Self.versionMismatch: "restart the machine: the driver was updated under a running one"
    default: "see dmesg and nvidia-smi"
    }
  }

  var failure: SourceFailure { SourceFailure(health, message, remedy: remedy) }
}
