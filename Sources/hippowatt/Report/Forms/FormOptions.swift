import ArgumentParser

/// What kind of training a run was, in the words of the Hugging Face hub's model cards.
enum TrainingType: String, CaseIterable, Sendable, ExpressibleByArgument {
  case preTraining = "pre-training"
  case fineTuning = "fine-tuning"
}

/// What a score counts for.
enum FunctionalUnit: String, CaseIterable, Sendable, ExpressibleByArgument {
  case token, step, sample, request
  case outputToken = "output-token"
  case flop, parameter
}

/// What the user states for a form; what nobody states stays unknown in it.
struct FormFacts: Sendable {
  /// The carbon of making a machine, and how much of it counts.
  struct Embodied: Sendable {
    /// Kilograms of CO2 equivalent of one machine.
    var kilograms: Double
    /// How long it is expected to live, in years.
    var years: Double
    /// The share of it that was reserved, 0...1.
    var share: Double
  }

  var trainingType: TrainingType?
  var modelName: String?
  var unit: FunctionalUnit?
  var embodied: Embodied?
  /// What contracts deliver, hour by hour: told in a line of its own, and never in any other figure.
  var contract: CarbonFreeContract?
}

/// What the user states for a form.
struct FormOptions: ParsableArguments {
  @Option(
    name: .customLong("training-type"),
    help: ArgumentHelp(
      "What the run was: pre-training or fine-tuning.", valueName: "type"))
  var trainingType: TrainingType?

  @Option(name: .customLong("model-name"), help: "The model's name in a form.")
  var modelName: String?

  @Option(
    help: ArgumentHelp(
      "What sci counts per: token, step, sample, request, output-token, flop or parameter.",
      valueName: "unit"))
  var per: FunctionalUnit?

  @Option(
    name: .customLong("embodied-kg"),
    help: ArgumentHelp("kg CO2e of making one machine, for sci and sci-ai.", valueName: "kg"))
  var embodiedKilograms: Double?

  @Option(
    name: .customLong("lifetime-years"),
    help: ArgumentHelp("How long the machine is expected to live.", valueName: "years"))
  var lifetimeYears: Double?

  @Option(
    name: .customLong("reserved-share"),
    help: ArgumentHelp("The share of the machine that was reserved, 0 to 1.", valueName: "share"))
  var reservedShare: Double?

  @Option(
    help: ArgumentHelp(
      "Hourly carbon-free energy of your contracts, a table of time and kWh or MWh.",
      valueName: "file.csv"))
  var contract: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write a form's files into this folder.", valueName: "folder"))
  var output: String?

  func validate() throws {
    for (name, value) in [
      ("--embodied-kg", embodiedKilograms), ("--lifetime-years", lifetimeYears),
    ] {
      if let value, !(value.isFinite && value > 0) {
        throw ValidationError("\(name) \(value): write a number above 0")
      }
    }
    if let share = reservedShare, !(share > 0 && share <= 1) {
      throw ValidationError("--reserved-share \(share): write a number above 0, up to 1")
    }
    guard (embodiedKilograms == nil) == (lifetimeYears == nil) else {
      throw ValidationError("--embodied-kg and --lifetime-years need each other")
    }
    if reservedShare != nil, embodiedKilograms == nil {
      throw ValidationError("--reserved-share needs --embodied-kg and --lifetime-years")
    }
  }

  /// The options as they go into a form.
  /// - Throws: `Failure` for a table of contracts that cannot be read.
  func facts() throws -> FormFacts {
    var facts = FormFacts(trainingType: trainingType, modelName: modelName, unit: per)
    if let embodiedKilograms, let lifetimeYears {
      facts.embodied = FormFacts.Embodied(
        kilograms: embodiedKilograms, years: lifetimeYears, share: reservedShare ?? 1)
    }
    if let contract {
      let text: String
      do {
        text = try File.text(contract)
      } catch {
        throw Failure("\(contract): \(error)")
      }
      facts.contract = try CarbonFreeContract(text, file: contract)
    }
    return facts
  }

  /// Whether anything is stated that only forms have a field for.
  var isOfForms: Bool {
    contract != nil || modelName != nil || per != nil || embodiedKilograms != nil || output != nil
  }
}
