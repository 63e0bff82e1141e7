import CDrivers

/// Makes single NVML calls for one device and remembers those it does not support.
struct NVMLQuery {
  /// A quantity that is asked for with a call of its own.
  enum Quantity: String {
    case power, energy, utilization, memory, temperature, processes
    case fields = "field values"
    case limit = "power limit"
    case defaultLimit = "default power limit"
    case memoryV2 = "memory (version 2)"
    case temperatureV = "temperature (version 1)"
    case smClock = "SM clock"
    case memoryClock = "memory clock"
    case fanSpeed = "fan speed"
    case eventReasons = "clocks event reasons"
    case perfPolicyPower = "time held back by power"
    case perfPolicyThermal = "time held back by heat"
    case perfPolicyBoardLimit = "time held back by the board"
    case graphicsProcesses = "processes that draw"
    case processUtilization = "shares of processes"
  }

  /// Not asked again.
  private(set) var refused: Set<Quantity> = []
  /// What the GPU or its driver says it does not have.
  private(set) var unsupported: Set<Quantity> = []
  /// What may not be read by this user, as found since the round began.
  private(set) var denied: [String] = []
  /// The last error of this round that was not a refusal.
  private(set) var lastError: NVMLError?

  /// Whether anything has been answered since the round began.
  private(set) var hasAnswer = false

  /// Begins a round of questions.
  mutating func begin() {
    lastError = nil
    denied = []
    hasAnswer = false
  }

  /// Whether a question still makes sense in this round.
  func mayAsk(_ number: Quantity) -> Bool { !refused.contains(number) && lastError?.isLoss != true }

  /// Makes one call, unless it was refused before or the GPU has stopped answering this round.
  mutating func ask<Function, Value>(
    _ number: Quantity, _ function: Function?, from initial: Value,
    _ call: (Function, inout Value) -> nvmlReturn_t
  ) -> Value? {
    guard mayAsk(number) else { return nil }
    guard let function else {
      refused.insert(number)
      return nil
    }
    var value = initial
    guard let error = NVMLError(call(function, &value)) else {
      hasAnswer = true
      return value
    }
    take(error, of: number)
    return nil
  }

  /// Makes one call that gives a number.
  mutating func ask<Function>(
    _ number: Quantity, _ function: Function?, _ call: (Function, inout UInt32) -> nvmlReturn_t
  ) -> UInt32? {
    ask(number, function, from: UInt32(0), call)
  }

  /// Remembers why a question was not answered.
  mutating func take(_ error: NVMLError, of number: Quantity) {
    guard error.isRefusal else {
      lastError = error
      return
    }
    refused.insert(number)
    if Int(error.code) == NVML_ERROR_NOT_SUPPORTED { unsupported.insert(number) }
    if error.isDenial { deny(number.rawValue) }
  }

  mutating func refuse(_ number: Quantity) { refused.insert(number) }

  mutating func deny(_ what: String) {
    if !denied.contains(what) { denied.append(what) }
  }

  mutating func take(_ error: NVMLError) { lastError = error }
  mutating func answered() { hasAnswer = true }
}
