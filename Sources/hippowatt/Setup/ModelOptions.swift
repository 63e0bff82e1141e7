import Accounting
import ArgumentParser
import Telemetry

/// What the user states of the model where its log does not.
struct ModelOptions: ParsableArguments {
  @Option(
    name: .customLong("params"),
    help: ArgumentHelp("The model's parameters, such as 124M or 7B.", valueName: "number"))
  var parameters: String?

  @Option(
    name: .customLong("active-params"),
    help: ArgumentHelp(
      "Those a token passes through, of a mixture of experts.", valueName: "number"))
  var activeParameters: String?

  @Option(
    name: .customLong("trained-params"),
    help: ArgumentHelp("Those that are trained, with adapters.", valueName: "number"))
  var trainedParameters: String?

  @Option(
    help: ArgumentHelp("The arithmetic: fp32, tf32, bf16, fp16, fp8, int8.", valueName: "name"))
  var precision: String?

  @Option(help: ArgumentHelp("Devices the job runs on.", valueName: "number"))
  var devices: String?

  private var numbers: [(option: String, key: String, text: String?)] {
    [
      ("--params", "parameters", parameters),
      ("--active-params", "active_parameters", activeParameters),
      ("--trained-params", "trainable_parameters", trainedParameters),
      ("--devices", "world_size", devices),
    ]
  }

  func validate() throws {
    for number in numbers {
      guard let text = number.text, Self.count(text) == nil else { continue }
      throw ValidationError("\(number.option) \(text): write a number, such as 8, 124M or 7B")
    }
    if let precision, Precision(text: precision) == nil {
      throw ValidationError(
        "--precision \(precision): write fp32, tf32, bf16, fp16, fp8, int8 or fp4")
    }
  }

  /// The options as attributes of a job.
  var facts: [String: String] {
    var facts: [String: String] = [:]
    for number in numbers {
      facts[number.key] = number.text.flatMap(Self.count).map { String($0) }
    }
    facts["precision"] = precision
    return facts
  }

  /// Reads a count with or without a letter for thousands, millions, billions, trillions.
  static func count(_ text: String) -> Double? {
    let units: [Character: Double] = [
      "k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "b": 1e9, "B": 1e9, "g": 1e9, "G": 1e9, "t": 1e12,
      "T": 1e12,
    ]
    var digits = Substring(text)
    var unit = 1.0
    if let last = digits.last, let factor = units[last] {
      unit = factor
      digits = digits.dropLast()
    }
    guard let first = digits.first, first.isNumber, let value = Double(digits), value.isFinite,
      value * unit >= 1, value * unit <= 1e18
    else { return nil }
    return value * unit
  }
}
