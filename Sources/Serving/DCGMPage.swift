import Formats
import Telemetry

/// The GPUs of one page of a dcgm-exporter, and the instances they are divided into.
///
/// Where a GPU is divided (MIG) the exporter writes a row for every instance, labelled `GPU_I_ID`,
/// and none for the GPU. What only the board has, such as its power, stands in each of them with
/// the board's value. A series is repeated as well for every pod that shares the GPU.
struct DCGMPage {
  /// What the page says of a GPU or an instance, by the place of the field in `DCGMTable.fields`.
  struct Row {
    /// The labels of the first series that told of it.
    let labels: PrometheusSample
    /// The label `GPU_I_ID`; `nil` for a GPU.
    let instance: String?
    var values: [Double?]
    /// The names of the pods that use it, in the page's order.
    var pods: [String] = []
    /// The instances of a GPU, in the page's order.
    var instances: [Row] = []

    init(_ labels: PrometheusSample, instance: String? = nil) {
      self.labels = labels
      self.instance = instance
      values = Array(repeating: nil, count: DCGMTable.fields.count)
    }

    /// Takes a number that may be repeated; a blank in one row does not hide what another says.
    fileprivate mutating func take(_ value: Double, of field: Int) {
      let metric = DCGMTable.fields[field].metric
      guard let known = values[field], DCGMTable.isPlausible(known, metric) else {
        values[field] = value
        return
      }
      // Of a counter that is read twice the later count is the higher one.
      guard metric.isCounter, DCGMTable.isPlausible(value, metric) else { return }
      values[field] = max(known, value)
    }

    fileprivate mutating func take(pod: String?) {
      guard let pod, !pod.isEmpty, !pods.contains(pod), pods.count < 64 else { return }
      pods.append(String(pod.prefix(200)))
    }
  }

  private static let most = 1024

  /// The GPUs, in the page's order.
  private(set) var gpus: [Row] = []

  init(_ page: PrometheusPage) {
    var places: [String: Int] = [:]
    var parts: [String: Int] = [:]
    // What the rows of instances say of the board.
    var boards: [Row] = []
    for sample in page.samples {
      guard let (field, scale) = DCGMTable.byName[sample.name],
        let key = Self.key(sample, places)
      else { continue }
      if places[key] == nil {
        guard gpus.count < Self.most else { continue }
        places[key] = gpus.count
        gpus.append(Row(sample))
        boards.append(Row(sample))
      }
      guard let place = places[key] else { continue }
      gpus[place].take(pod: sample.label("pod"))
      guard let instance = sample.label("GPU_I_ID"), !instance.isEmpty else {
        gpus[place].take(sample.value * scale, of: field)
        continue
      }
      if DCGMTable.fields[field].isOfBoard {
        boards[place].take(sample.value * scale, of: field)
        continue
      }
      let part = "\(key) \(instance)"
      if parts[part] == nil {
        guard gpus[place].instances.count < 64 else { continue }
        parts[part] = gpus[place].instances.count
        gpus[place].instances.append(Row(sample, instance: String(instance.prefix(20))))
      }
      guard let index = parts[part] else { continue }
      gpus[place].instances[index].take(pod: sample.label("pod"))
      gpus[place].instances[index].take(sample.value * scale, of: field)
    }
    // A row of the GPU itself says better what those of its instances repeat.
    for (place, board) in boards.enumerated() {
      for (field, value) in board.values.enumerated() where gpus[place].values[field] == nil {
        gpus[place].values[field] = value
      }
    }
  }

  /// What tells a GPU from all others of the page.
  ///
  /// Some versions write the instance's own UUID; then the GPU is the one of that index.
  private static func key(_ sample: PrometheusSample, _ known: [String: Int]) -> String? {
    let host = sample.label("Hostname") ?? ""
    let index = sample.label("gpu") ?? ""
    let uuid = sample.label("UUID") ?? ""
    guard !uuid.isEmpty || !index.isEmpty else { return nil }
    let byIndex = "\(host) \(index) "
    guard uuid.hasPrefix("MIG-") else { return byIndex + uuid }
    return known.keys.filter { $0.hasPrefix(byIndex) }.min() ?? byIndex
  }
}
