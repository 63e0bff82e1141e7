import CDrivers

/// Asks one device with single calls, and remembers what it will never answer.
struct NVMLInquiry {
  /// A number that is asked for with a call of its own.
  enum Number: String {
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
    case heldByPower = "time held back by power"
    case heldByHeat = "time held back by heat"
    case heldByBoard = "time held back by the board"
    case graphicsProcesses = "processes that draw"
    case processUtilization = "shares of processes"
  }

  /// Not asked again.
  private(set) var refused: Set<Number> = []
  /// What the GPU or its driver says it does not have.
  private(set) var unsupported: Set<Number> = []
  /// What may not be read by this user, as found since the round began.
  private(set) var denied: [String] = []
  /// The last error of this round that was not a refusal.
  private(set) var trouble: NVMLError?

  /// Whether anything has been answered since the round began.
  private(set) var hasAnswer = false

  /// Begins a round of questions.
  mutating func begin() {
    trouble = nil
    denied = []
    hasAnswer = false
  }

  /// Whether a question still makes sense in this round.
  func mayAsk(_ number: Number) -> Bool { !refused.contains(number) && trouble?.isLoss != true }

  /// Makes one call, unless it was refused before or the GPU has stopped answering this round.
  mutating func ask<Function, Value>(
    _ number: Number, _ function: Function?, from initial: Value,
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
    _ number: Number, _ function: Function?, _ call: (Function, inout UInt32) -> nvmlReturn_t
  ) -> UInt32? {
    ask(number, function, from: UInt32(0), call)
  }

  /// Remembers why a question was not answered.
  mutating func take(_ error: NVMLError, of number: Number) {
    guard error.isRefusal else {
      trouble = error
      return
    }
    refused.insert(number)
    if Int(error.code) == NVML_ERROR_NOT_SUPPORTED { unsupported.insert(number) }
    if error.isDenial { deny(number.rawValue) }
  }

  mutating func refuse(_ number: Number) { refused.insert(number) }

  mutating func deny(_ what: String) {
    if !denied.contains(what) { denied.append(what) }
  }

  mutating func take(_ trouble: NVMLError) { self.trouble = trouble }
  mutating func answered() { hasAnswer = true }
}
