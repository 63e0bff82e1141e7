import Accounting
import Canvas
import Quantities
import Telemetry

/// The span that totals are taken over, and what several panels compute from it.
extension FrameContext {
  /// The selected span, else the session up to the time looked at.
  var account: TimeSpan {
    input.view.selectedSpan(at: time) ?? session
  }

  /// The words behind a total: `since start`, or the length of the selected span.
  var accountWords: String {
    input.view.selection == nil
      ? say(FrameWords.sinceStart) : say(FrameWords.selected, duration(account.seconds))
  }

  /// What energy costs at the user's price, such as `3.40 EUR`; `nil` without a price.
  func cost(of devices: [Device], over span: TimeSpan) -> String? {
    let flat = input.price.map {
      Tariff(currency: $0.currency, perKilowattHour: $0.perKilowattHour)
    }
    guard let tariff = flat ?? input.session.tariff,
      let cost = ledger.cost(of: devices, over: span, tariff, offset: input.session.utcOffset)
    else { return nil }
    return language.money(cost, tariff.currency)
  }

  /// The default power limit of an accelerator, in watts.
  func ratedPower(of gpu: Device) -> Double? {
    moment.known(.powerLimitDefault, of: gpu.id)?.value
  }

  /// The power of one busy core in watts, from the packages' power over the last minute; `nil`
  /// without them.
  var wattsPerBusyCore: Double? {
    guard let host = inventory.host, !inventory.packages.isEmpty else { return nil }
    let span = TimeSpan(last: 60, endingAt: time)
    guard
      let busy = timeline.id(.cpuUtilization, of: host.id).flatMap({
        timeline.total($0, over: span).mean
      }),
      let cores = moment.value(.cpuCount, of: host.id),
      let watts = timeline.energy(of: inventory.packages, over: span)?.meanPower,
      busy * cores > 0.05
    else { return nil }
    return watts / (busy * cores)
  }
}
