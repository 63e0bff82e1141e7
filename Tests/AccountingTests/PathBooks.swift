import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Machines with a path of data that is written down by hand: two minutes, a reading a second.
struct PathBooks {
  var books = Books()
  static let gpu = Books.id(.gpu)
  static let job = Books.id(.job, "train")
  static let disk = Books.id(.disk, "nvme0n1")
  static let loader = Books.id(.loader, "train")
  static let host = Books.id(.host, "host")
  static let seconds = (0...120).map(Double.init)

  init() {
    let (gpu, job) = (Self.gpu, Self.job)
    books.timeline.apply([
      .device(Device(id: gpu, label: "0", model: "NVIDIA H100 80GB HBM3")),
      .device(Device(id: job, label: "train")),
      .device(Device(id: Self.disk, label: "nvme0n1")),
      .device(Device(id: Self.host, label: "box")),
      .device(Device(id: Self.loader, label: "loader", parent: job)),
      .device(
        Device(id: DeviceID(machine: "box", kind: .waiting, name: "0"), label: "0", parent: gpu)),
    ])
  }

  /// Adds a counter that grows by `rate` a second.
  mutating func count(_ device: DeviceID, _ metric: Metric, _ rate: Double) {
    books.add(device, metric, .counter, Self.seconds.map { ($0, 1e6 + $0 * rate) })
  }

  /// Adds a value that stays what it is.
  mutating func hold(_ device: DeviceID, _ metric: Metric, _ value: Double) {
    books.add(device, metric, .instant, Self.seconds.map { ($0, value) })
  }

  /// Four workers, of whose time these shares were on processors and in the run queue.
  mutating func workers(run: Double, queue: Double) {
    hold(Self.loader, .workerCount, 4)
    count(Self.loader, .workerTime, 4)
    count(Self.loader, .workerRunTime, 4 * run)
    count(Self.loader, .workerQueueTime, 4 * queue)
  }

  /// What was decided of the accelerator's time.
  mutating func waits(_ share: Double) {
    let device = DeviceID(machine: "box", kind: .waiting, name: "0")
    count(device, .judgedTime, 1)
    count(device, .dataWaitTime, share)
    count(device, .judgedEnergy, 400)
    count(device, .dataWaitEnergy, 100 * share)
  }

  mutating func chip(memory: Double, tensor: Double) {
    hold(Self.gpu, .dramActive, memory)
    hold(Self.gpu, .tensorActive, tensor)
  }

  var path: DataPath { books.ledger.dataPath(of: Self.job, over: span(60, 120)) }
}
