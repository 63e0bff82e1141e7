import CDrivers
import Telemetry

/// What an NVML call answered instead of success.
///
/// Codes: `nvmlReturn_t` of the NVML API reference.
struct NVMLError: Error, Hashable {
  let code: nvmlReturn_t

  /// `nil` for success.
  init?(_ code: nvmlReturn_t) {
    guard code != nvmlReturn_t(NVML_SUCCESS) else { return nil }
    self.code = code
  }

  private init(known code: Int) { self.code = nvmlReturn_t(code) }

  /// The driver's own word for what it cannot explain.
  static let unknown = NVMLError(known: Int(NVML_ERROR_UNKNOWN))

  /// Whether the same question will be answered in the same way for as long as the driver runs.
  var isRefusal: Bool {
    switch Int(code) {
    case NVML_ERROR_NOT_SUPPORTED, NVML_ERROR_NO_PERMISSION, NVML_ERROR_FUNCTION_NOT_FOUND,
      NVML_ERROR_ARGUMENT_VERSION_MISMATCH, NVML_ERROR_DEPRECATED:
      true
    default: false
    }
  }

  var isDenial: Bool { Int(code) == NVML_ERROR_NO_PERMISSION }

  /// Whether the library has to be opened anew before anything can be asked.
  var concernsLibrary: Bool {
    switch Int(code) {
    case NVML_ERROR_UNINITIALIZED, NVML_ERROR_DRIVER_NOT_LOADED,
      NVML_ERROR_LIB_RM_VERSION_MISMATCH:
      true
    default: false
    }
  }

  /// Whether this GPU will answer nothing else either.
  var isLoss: Bool {
    switch Int(code) {
    case NVML_ERROR_GPU_IS_LOST, NVML_ERROR_RESET_REQUIRED, NVML_ERROR_GPU_NOT_FOUND: true
    default: concernsLibrary
    }
  }

  /// What it means for the GPU that was asked.
  var cause: Event.Cause {
    switch Int(code) {
    case NVML_ERROR_GPU_IS_LOST, NVML_ERROR_GPU_NOT_FOUND: .lost
    case NVML_ERROR_NO_PERMISSION: .denied
    default: .failed
    }
  }

  /// What is wrong, as the end of a sentence.
  var words: String {
    switch Int(code) {
    case NVML_ERROR_UNINITIALIZED: "the NVIDIA driver was reloaded"
    case NVML_ERROR_NOT_SUPPORTED: "not supported by the GPU or its driver"
    case NVML_ERROR_NO_PERMISSION: "no permission"
    case NVML_ERROR_NOT_FOUND: "not found"
    case NVML_ERROR_INSUFFICIENT_POWER: "its power cables are not attached properly"
    case NVML_ERROR_DRIVER_NOT_LOADED: "the NVIDIA kernel driver is not loaded"
    case NVML_ERROR_TIMEOUT: "the driver's time ran out"
    case NVML_ERROR_FUNCTION_NOT_FOUND: "not offered by this driver"
    case NVML_ERROR_GPU_IS_LOST: "the GPU is lost: it has fallen off the bus"
    case NVML_ERROR_RESET_REQUIRED: "the GPU needs a reset"
    case NVML_ERROR_OPERATING_SYSTEM: "the operating system refused the driver's call"
    case NVML_ERROR_LIB_RM_VERSION_MISMATCH:
      "the NVIDIA library and the loaded kernel driver are of different versions"
    case NVML_ERROR_GPU_NOT_FOUND: "the GPU is not there"
    case NVML_ERROR_UNKNOWN: "unknown error of the driver (NVML 999)"
    default: "NVML error \(code)"
    }
  }

  /// What the user can do about it; may be empty.
  var remedy: String {
    switch Int(code) {
    case NVML_ERROR_NO_PERMISSION: Remedy.graphicsDevices.text
    case NVML_ERROR_DRIVER_NOT_LOADED: "load it with: sudo modprobe nvidia"
    case NVML_ERROR_GPU_IS_LOST:
      "see the Xid in: sudo dmesg | grep Xid; usually the machine must be restarted"
    case NVML_ERROR_RESET_REQUIRED: "stop its jobs, then: sudo nvidia-smi --gpu-reset -i INDEX"
    case NVML_ERROR_LIB_RM_VERSION_MISMATCH:
      "the driver was updated while it ran: restart the machine or reload the nvidia modules"
    default: ""
    }
  }

  /// The failure of the whole source.
  var failure: SourceFailure {
    let health: SourceState.Health =
      isDenial ? .denied : Int(code) == NVML_ERROR_DRIVER_NOT_LOADED ? .absent : .failed
    return SourceFailure(health, words, remedy: remedy)
  }
}
