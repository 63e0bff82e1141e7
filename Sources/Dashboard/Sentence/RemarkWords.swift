import Accounting
import Canvas
import Quantities

/// The sentences of the second line, in every language, each with shorter forms.
enum RemarkWords {
  /// Watts that buy nothing, and what they cost.
  struct Loss {
    var watts: Double
    var price: Price?
  }

  /// What a thing costs in money.
  struct Money {
    var joules: Double
    var thing: ThingWords
    var price: Price
  }

  /// What the watts are of.
  enum Drawer {
    /// A whole machine, by its meter or its platform.
    case machine
    /// Several of them.
    case machines
    /// The parts that are measured, and nobody knows of the rest.
    case parts
  }

  /// Why no watts are told.
  enum Silence {
    /// Nothing tells any; what was looked for stands in panel 1.
    case never
    /// Nothing does at this time.
    case now
    /// The recording has none.
    case recorded
  }

  /// A renewable share, 0...1.
  struct Green {
    var share: Double
    /// Whether it is of another grid than the machine's own.
    var isSupposed: Bool
    var percent: String { SI.fixed(share * 100, 0) + " %" }
  }

  case notRecorded(String)
  case noAnswer(String, String)
  case sourceFails(String, String)
  case gpuLost(String, String, more: Int)
  case throttled(String, isHeat: Bool, degrees: Double?, more: Int)
  case outlier(Outlier, more: Int)
  case waits(WaitingAccount, Loss?)
  case idle(Int, Loss?)
  /// What one thing takes, of whose joules, what that costs, and how green it is.
  case costs(Double, ThingWords, of: String?, isModelled: Bool, Money?, renewable: Green?)
  case draws(Double, Drawer, isModelled: Bool, renewable: Green?, hasJob: Bool)
  case nothing(Silence, renewable: Green?)

  /// The sentence in a language, the longest form first.
  func texts(in language: Language) -> [String] {
    switch language {
    case .en: english
    case .fr: french
    }
  }

  /// Money for so many joules: a lone token's would be too small to read, so a million are priced.
  static func money(_ money: Money, _ language: Language) -> String {
    let isToken = money.thing.isToken
    let amount = money.joules * (isToken ? 1e6 : 1) / 3.6e6 * money.price.perKilowattHour
    let number = language.number(SI.twoDigits(amount))
    let currency = sanitized(money.price.currency)
    switch language {
    case .en: return isToken ? "a million of them \(number) \(currency)" : "\(number) \(currency)"
    case .fr: return isToken ? "le million \(number) \(currency)" : "\(number) \(currency)"
    }
  }

  /// The watts of a loss and what an hour of it costs.
  static func loss(_ loss: Loss, _ language: Language) -> String {
    let watts = language.string(SI.text(loss.watts, "W"))
    guard let price = loss.price else {
      return language == .en ? "\(watts) for nothing" : "\(watts) pour rien"
    }
    let hourly = language.hourly(loss.watts, price)
    return language == .en ? "\(watts) for nothing, \(hourly)" : "\(watts) pour rien, \(hourly)"
  }
}
