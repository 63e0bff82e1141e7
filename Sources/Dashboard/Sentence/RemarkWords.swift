import Accounting
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
    var thing: FlowWords.Thing
    var price: Price
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
  case costs(
    Double, FlowWords.Thing, isModelled: Bool, Money?, renewable: Green?)
  case draws(Double, isModelled: Bool, renewable: Green?, hasJob: Bool)
  case nothing(renewable: Green?)

  /// The sentence in a language, the longest form first.
  func texts(in language: Language) -> [String] {
    switch language {
    case .en: english
    case .fr: french
    }
  }

  /// Money for so many joules: a lone token's would be too small to read, so a million are priced.
  static func money(_ money: Money, _ language: Language) -> String {
    let isToken =
      switch money.thing {
      case .token, .outputToken, .inputToken: true
      default: false
      }
    let amount = money.joules * (isToken ? 1e6 : 1) / 3.6e6 * money.price.perKilowattHour
    let number = language.number(SI.twoDigits(amount))
    let currency = money.price.currency
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
    let amount = loss.watts / 1000 * price.perKilowattHour
    let number =
      amount < 0.01 ? "< " + language.number("0.01") : language.number(SI.fixed(amount, 2))
    return language == .en
      ? "\(watts) for nothing, \(number) \(price.currency) an hour"
      : "\(watts) pour rien, \(number) \(price.currency) par heure"
  }
}
