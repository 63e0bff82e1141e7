import Linux
import Telemetry

/// The power of the whole machine as its management controller measures it (IPMI, DCMI).
///
/// Read locally through the kernel's driver, so that no network and no password is needed. A controller
/// renews its value once in a second at best, and is slow to ask: every other second is enough.
struct ControllerSource: DataSource {
  static let sourceName = "ipmi"
  let name = sourceName
  var interval: Double? { max(2, context.forPower.interval) }

  /// Seconds for which an answer is waited for.
  private static let patience = 4.0

  /// How the controller is asked; a test puts its own in its place.
  typealias Ask = () throws(SystemError) -> [UInt8]?

  private let context: SourceContext
  private let connect: (SourceContext) throws(SystemError) -> Ask
  private var ask: Ask?
  private var reporter: DeviceReporter
  private var zeroPower = ZeroPowerCheck(alwaysDraws: true)

  init(_ context: SourceContext) {
    self.init(context) { context throws(SystemError) in try Self.device(context) }
  }

  init(
    _ context: SourceContext, connect: @escaping (SourceContext) throws(SystemError) -> Ask
  ) {
    self.context = context
    self.connect = connect
    reporter = DeviceReporter(
      Device(
        id: context.device(.meter, "ipmi"), label: "controller", model: "IPMI DCMI",
        role: .machine))
  }

  /// Opens the device of this machine.
  private static func device(_ context: SourceContext) throws(SystemError) -> Ask {
    var failure: SystemError?
    for path in ControllerDevice.paths {
      do {
        let device = try ControllerDevice(context.path(path))
        return { () throws(SystemError) in
          try device.ask(
            DCMIReading.function, DCMIReading.command, DCMIReading.request, within: patience)
        }
      } catch {
        // That it may not be opened says more than that another one is not there.
        if failure == nil || !error.isAbsent { failure = error }
      }
    }
    throw failure ?? SystemError(2, ControllerDevice.paths[0])
  }

  mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let reading = try read()
      return Probe(
        .ok, reading.watts.map { "the management controller says \(Int($0)) W" } ?? "no value now")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let time = clock.now
    let answer = try read()
    var observations: [Observation] = []
    var reading = Reading(device: reporter.device.id, time: time)
    reading.set(.power, answer.watts)
    if let event = zeroPower.take(&reading) { observations.append(.event(event)) }
    let period = interval ?? 2
    reporter.report(reading, to: &observations) { _ in
      Provenance(
        source: Self.sourceName, method: .instant, period: period,
        note: "DCMI Get Power Reading, current watts; as old as the controller's last look")
    }
    return observations
  }

  private mutating func read() throws(SourceFailure) -> DCMIReading {
    let bytes: [UInt8]?
    do throws(SystemError) {
      let ask: Ask
      if let open = self.ask { ask = open } else { ask = try connect(context) }
      self.ask = ask
      bytes = try ask()
    } catch {
      ask = nil
      throw Self.failure(error)
    }
    guard let bytes else {
      // Opened anew, so that a late answer is nobody's.
      ask = nil
      throw SourceFailure(
        .failed, "the management controller has not answered within \(Int(Self.patience)) s",
        remedy: "it is asked again; one that hangs for good is reset with: ipmitool mc reset cold")
    }
    let reading: DCMIReading
    do throws(DCMIReading.Failure) { reading = try DCMIReading(bytes) } catch {
      throw Self.failure(error)
    }
    guard reading.isActive else {
      throw SourceFailure(
        .absent, "the management controller does not measure power: it is switched off there",
        remedy: "switch it on in the controller's settings, or with: ipmitool dcmi power activate")
    }
    return reading
  }

  private static func failure(_ failure: DCMIReading.Failure) -> SourceFailure {
    switch failure {
    case .unknownCommand:
      SourceFailure(
        .absent, "the management controller knows no DCMI power reading",
        remedy: "ask it over Redfish: wall:https://CONTROLLER, or use a meter at the plug",
        isFinal: true)
    case .denied:
      SourceFailure(
        .denied, "the management controller does not let the machine ask for its power",
        remedy: "allow the system interface in the controller's settings, or ask over Redfish")
    case .busy:
      SourceFailure(.failed, "the management controller is busy", remedy: "it is asked again")
    case .refused(let code):
      SourceFailure(
        .failed,
        "the management controller refuses with code 0x" + String(code, radix: 16, uppercase: true),
        remedy: "compare: ipmitool dcmi power reading")
    case .malformed:
      SourceFailure(
        .failed, "the management controller's answer is no power reading",
        remedy: "compare: ipmitool dcmi power reading")
    }
  }

  private static func failure(_ error: SystemError) -> SourceFailure {
    let remedy =
      error.isDenied
      ? Remedy.controller(error.path).text
      : error.code == 2
        ? "for a machine with a management controller: sudo modprobe -a ipmi_si ipmi_devintf" : ""
    return error.failure(remedy: remedy)
  }

  /// The line of the catalogue: `ipmi`.
  package static let entry = SourceEntry(
    sourceName, gives: "the whole machine's power by its management controller (DCMI)",
    feeds: [.meter], isRare: true
  ) { _, context in ControllerSource(context) }
}
