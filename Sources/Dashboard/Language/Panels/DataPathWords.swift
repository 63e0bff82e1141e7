import Accounting
import Quantities

/// The words of the stages that data pass: the English is the account's own, the French is written
/// of the same values.
enum DataPathWords {
  /// A stage in a word of seven columns at most.
  static func short(_ kind: DataPathStage.Kind) -> Texts {
    switch kind {
    case .store: Texts("store", "source")
    case .hostMemory: Texts("cache", "cache")
    case .workers: Texts("loader", "charge")
    case .hostLink: Texts("to GPU", "→ GPU")
    case .deviceMemory: Texts("memory", "mém.")
    case .cores: Texts("tensor", "tensor")
    }
  }

  /// What a stage is called.
  static func name(_ name: DataPathStage.Name, in language: Language) -> String {
    guard language == .fr else { return name.words }
    return switch name {
    case .device(let label): label
    case .disks(let count): "\(count) disques"
    case .mounts(let count): "\(count) volumes"
    case .links(let count): "\(count) liens"
    case .storage: "stockage"
    case .pageCache: "cache disque"
    case .loader: "chargeur"
    case .noWorkers: "aucun chargeur"
    case .workers(let count): count < 1.5 ? "1 chargeur" : SI.count(count) + " chargeurs"
    case .hostLink: "hôte → GPU"
    case .deviceMemory: "mémoire GPU"
    case .tensorCores: "cœurs tensor"
    case .multiprocessors: "SM"
    }
  }

  /// What would have to be read.
  static func absence(_ absence: DataPathStage.Absence, in language: Language) -> String {
    guard language == .fr else { return absence.rawValue }
    return switch absence {
    case .store: "ni disque ni lien n’est lu"
    case .accelerator: "aucun accélérateur"
    case .hostLink: "octets PCIe non lus"
    case .ceiling: "pas encore de plafond"
    case .profiling: "GPM ou DCGM le diraient"
    case .misses: "ses défauts ne sont pas lus"
    case .reads: "sur combien, inconnu"
    case .job: "aucun travail connu"
    case .workers: "ses chargeurs ne sont pas vus"
    case .ownLoading: "l’entraînement charge lui-même"
    case .workTime: "schedstat non lu"
    case .runQueue: "leur file n’est pas lue"
    case .beyondCores: "plus d’un cœur chacun"
    }
  }

  /// What the fullness of a stage is.
  static func basis(_ basis: DataPathStage.Basis, in language: Language) -> String {
    guard language == .fr else { return basis.word }
    return switch basis {
    case .busy, .working: "occupé"
    case .ceiling: "plein"
    case .bestSeen: "du mieux vu"
    case .missed: "manqués"
    case .missedAtMost: "manqués au plus"
    case .activity: "actif"
    }
  }

  /// How full a stage is, the longest spelling first.
  static func fullness(_ stage: DataPathStage, in language: Language) -> [String] {
    guard language == .fr else { return stage.fullnessWords }
    guard let fullness = stage.fullness, let basis = stage.basis else { return [] }
    let isAtMost = basis == .missedAtMost
    let share = "\(isAtMost ? "≤ " : "")\(language.number(SI.percent(fullness))) %"
    return [share + " " + Self.basis(isAtMost ? .missed : basis, in: language), share]
  }

  /// What flows, the longest spelling first.
  static func figure(_ figure: DataPathStage.Figure?, in language: Language) -> [String] {
    guard let figure else { return [] }
    guard language == .fr else { return figure.words }
    func text(_ rate: Double) -> String { language.string(SI.dataRate(rate)) }
    switch figure {
    case .rate(let rate): return [text(rate)]
    case .missed(let rate): return [text(rate) + " manqués"]
    case .of(let rate): return ["sur " + text(rate)]
    case .pushedOut(let rate): return [text(rate) + " évincés", text(rate)]
    case .ceiling(let ceiling): return words(ceiling, language)
    case .ofCeiling(let ceiling): return words(ceiling, language).map { "sur " + $0 }
    case .cores(let count):
      let number = language.number(SI.fixed(count, 1))
      return [number + " cœurs occupés", number + " cœurs"]
    case .runQueue(let share):
      let percent = language.number(SI.percent(share))
      return [percent + " % en file d’attente", percent + " % en file"]
    case .multiprocessors(let share):
      let text = "SM \(language.number(SI.percent(min(1, share)))) %"
      return [text + " actifs", text]
    }
  }

  private static func words(_ ceiling: DataPathStage.Ceiling, _ language: Language) -> [String] {
    let devices = max(1, ceiling.devices)
    let each = language.string(SI.dataRate(ceiling.rate / Double(devices)))
    let all = devices > 1 ? "\(devices) × \(each)" : each
    return switch ceiling.kind {
    case .link, .stated: [all]
    case .configured: [all + " réglés"]
    case .bestSeen: ["meilleure minute " + all, "mieux " + all]
    }
  }
}

extension DataPathStage {
  /// What it is called in the language of the frame.
  func name(_ c: FrameContext) -> String { DataPathWords.name(title, in: c.language) }

  /// What would have to be read, in the language of the frame.
  func missing(_ c: FrameContext) -> String {
    absence.map { DataPathWords.absence($0, in: c.language) } ?? ""
  }

  /// How full it is in the language of the frame, the longest spelling first.
  func fullnessWords(_ c: FrameContext) -> [String] { DataPathWords.fullness(self, in: c.language) }

  /// What flows in the language of the frame, the longest spelling first.
  func amount(_ c: FrameContext) -> [String] { DataPathWords.figure(flowing, in: c.language) }

  /// What that is of in the language of the frame, the longest spelling first.
  func detail(_ c: FrameContext) -> [String] { DataPathWords.figure(beside, in: c.language) }
}
