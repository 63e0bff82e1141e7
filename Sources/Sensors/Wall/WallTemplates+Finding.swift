import Formats
import HTTP
import Telemetry

extension WallTemplates {
  /// The template of a meter: the one that the user names or whose settings are set, else the one that
  /// knows the answer of the meter.
  ///
  /// Nothing is guessed from a name or a port: what the meter answers decides.
  static func template(
    _ settings: WallSettings, _ page: WallPage
  ) throws(SourceFailure) -> any WallTemplate {
    let type: any WallTemplate.Type
    if let named = named(settings) {
      type = named
    } else {
      type = try settings.url.path.count > 1 ? recognised(page) : found(page)
    }
    do throws(SourceRequestError) { return try type.init(settings) } catch {
      throw SourceFailure(.failed, error.description, isFinal: true)
    }
  }

  /// The template that the settings themselves decide for; `nil` where the meter must be asked.
  static func named(_ settings: WallSettings) -> (any WallTemplate.Type)? {
    if let name = settings.template { return named(name) }
    if settings.power != nil || settings.energy != nil { return JSONTemplate.self }
    return settings.query != nil ? PrometheusTemplate.self : nil
  }

  /// The template that knows the page which the user names.
  private static func recognised(_ page: WallPage) throws(SourceFailure) -> any WallTemplate.Type {
    let answer = try page()
    guard let type = all.first(where: { $0.recognises(answer) }) else { throw unknown(page) }
    return type
  }

  /// The template that knows one of the pages by which meters show what they are.
  private static func found(_ page: WallPage) throws(SourceFailure) -> any WallTemplate.Type {
    // A Shelly says what it is to everybody, also where it wants a password for the rest.
    if case .answer(let answer) = try page.probe("/shelly"), answer["mac"] != nil {
      return answer["gen"]?.number ?? 1 >= 2 ? ShellyTemplate.self : ShellyFirstTemplate.self
    }
    var refusal: SourceFailure?
    for type in all {
      guard let path = type.probePath else { continue }
      switch try page.probe(path) {
      case .answer(let answer) where type.recognises(answer): return type
      case .refused(let failure): refusal = refusal ?? failure
      default: break
      }
    }
    throw refusal ?? unknown(page)
  }

  private static func unknown(_ page: WallPage) -> SourceFailure {
    SourceFailure(
      .failed, "\(Secrets.masked(page.url.description)) is no meter that is known",
      remedy: "name the template (\(names)), or for any other page of JSON the place of the value: "
        + "power = \"/emeters/0/power\"")
  }
}
