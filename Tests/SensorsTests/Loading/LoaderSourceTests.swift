import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// Trainers and their workers in made-up process tables.
@Suite struct LoaderSourceTests {
  /// A process as `/proc` shows it.
  private func add(
    _ pid: Int, to tree: FileTree, parent: Int = 1, name: String = "python",
    words: String = "python\0train.py",
    state: String = "S", place: String = "poll_schedule_timeout", run: (Int, Int, Int) = (0, 0, 0),
    children: [Int] = [], threads: [(Int, String)] = []
  ) {
    let rest =
      "\(state) \(parent) 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 \(1000 + pid) 0 0 0 0 0 0 0 0"
    tree.write("/proc/\(pid)/stat", "\(pid) (\(name)) \(rest)\n")
    tree.write("/proc/\(pid)/cmdline", words + "\0")
    tree.write("/proc/\(pid)/schedstat", "\(run.0) \(run.1) \(run.2)\n")
    tree.write("/proc/\(pid)/io", "rchar: 10\nread_bytes: 20\nwrite_bytes: 30\n")
    for (thread, title) in [(pid, name)] + threads {
      let folder = "/proc/\(pid)/task/\(thread)"
      tree.write("\(folder)/stat", "\(thread) (\(title)) \(rest)\n")
      tree.write("\(folder)/comm", title + "\n")
      tree.write("\(folder)/wchan", place)
      tree.write("\(folder)/schedstat", "\(run.0) \(run.1) \(run.2)\n")
      tree.write(
        "\(folder)/children", thread == pid ? children.map(String.init).joined(separator: " ") : "")
    }
  }

  private func context(_ tree: FileTree, pids: [Int]) -> SourceContext {
    let context = tree.context
    let job = Device(
      id: context.device(.job, "train.log"), label: "train",
      attributes: ["pids": pids.map(String.init).joined(separator: ",")])
    context.roster.take([.device(job)])
    return context
  }

  @Test func `Workers are known by all their names, and counted as processes`() {
    let tree = FileTree()
    add(10, to: tree, children: [11, 12, 13], threads: [(14, "pt_data_pin")])
    add(11, to: tree, parent: 10, name: "pt_data_worker", threads: [(21, "pt_data_worker")])
    add(12, to: tree, parent: 10, name: "pt_multiprocess")
    add(
      13, to: tree, parent: 10, name: "python",
      words: "python\0-c\0from multiprocessing.resource_tracker import main")
    var loader = LoaderTree(tree.context)
    let found = loader.trainers(among: [10], of: nil)
    #expect(found.map(\.pid) == [10])
    #expect(found.first?.workers.map(\.pid) == [11, 12])
    #expect(found.first?.hasPin == true && found.first?.isNamed == true)
  }

  @Test func `Workers that are threads of the trainer count`() {
    let tree = FileTree()
    add(
      10, to: tree,
      threads: [(11, "pt_thread_data_"), (12, "pt_thread_data_"), (13, "pt_autograd_0")])
    var loader = LoaderTree(tree.context)
    let found = loader.trainers(among: [10], of: nil)
    #expect(found.first?.workers.map(\.thread) == [11, 12])
    #expect(found.first?.hasPin == true)
  }

  @Test func `A fork server between them does not hide whose workers they are`() {
    let tree = FileTree()
    add(10, to: tree, children: [11])
    add(
      11, to: tree, parent: 10, words: "python\0-c\0from multiprocessing.forkserver import main",
      children: [12, 13])
    for pid in [12, 13] {
      add(
        pid, to: tree, parent: 11, name: "pt_data_worker",
        words: "python\0-c\0from multiprocessing.forkserver import main")
    }
    var loader = LoaderTree(tree.context)
    let found = loader.trainers(among: [10], of: nil)
    #expect(found.count == 1 && found.first?.pid == 10)
    #expect(found.first?.workers.map(\.pid) == [12, 13])
  }

  @Test func `A launcher is no trainer, and its ranks are`() {
    let tree = FileTree()
    add(
      10, to: tree, name: "pt_elastic", words: "python3.11\0torchrun\0train.py", children: [11, 12])
    for pid in [11, 12] {
      add(pid, to: tree, parent: 10, words: "python3.11\0-u\0train.py", children: [pid + 10])
      add(pid + 10, to: tree, parent: pid, name: "pt_data_worker")
    }
    var loader = LoaderTree(tree.context)
    #expect(loader.trainers(among: [10], of: nil).map(\.pid) == [11, 12])
  }

  @Test func `Without names, children that do a running parent's work are workers`() {
    let tree = FileTree()
    add(9, to: tree, run: (5, 5, 5), children: [10])
    add(10, to: tree, parent: 9, run: (5, 5, 5), children: [11, 12, 13])
    // One of the children never runs: it waits for something else.
    for pid in [11, 12, 13] { add(pid, to: tree, parent: 10) }
    var loader = LoaderTree(tree.context)
    _ = loader.trainers(among: [9], of: nil)
    // Only whoever has run since the last look takes part in a training.
    add(10, to: tree, parent: 9, run: (9, 9, 9), children: [11, 12, 13])
    for pid in [11, 12] { add(pid, to: tree, parent: 10, run: (8, 8, 8)) }
    add(13, to: tree, parent: 10)
    let found = loader.trainers(among: [9], of: nil)
    let trainer = found.first { $0.pid == 10 }
    #expect(trainer?.workers.map(\.pid) == [11, 12] && trainer?.isNamed == false)
    // One that only waits for its ranks to end has not run, and they are no workers.
    let still = loader.trainers(among: [9], of: nil)
    #expect(still.first { $0.pid == 10 }?.workers.isEmpty ?? true)
  }

  /// Such as one that waits for the time to write a checkpoint, beside a trainer without workers.
  @Test func `A child that never runs is neither a worker nor a trainer`() {
    let tree = FileTree()
    var loader = LoaderTree(tree.context)
    for look in 0..<4 {
      add(10, to: tree, run: (look, look, look), children: [11])
      add(11, to: tree, parent: 10)
      let found = loader.trainers(among: [10], of: nil)
      if look >= 1 { #expect(found.map(\.pid) == [10] && found[0].workers.isEmpty, "\(look)") }
      loader.endScan()
    }
  }

  @Test func `Workers that another thread started stay workers, in whichever job`() {
    let tree = FileTree()
    for pid in [10, 20] {
      add(pid, to: tree, threads: [(pid + 1, "prefetch")])
      tree.write("/proc/\(pid)/task/\(pid + 1)/children", "\(pid + 2)\n")
      add(pid + 2, to: tree, parent: pid, name: "pt_data_worker")
    }
    var loader = LoaderTree(tree.context)
    for scan in 0..<14 {
      for pid: Int32 in [10, 20] {
        let found = loader.trainers(among: [pid], of: nil)
        #expect(found.first?.workers.map(\.pid) == [pid + 2], "\(pid) in scan \(scan)")
      }
      loader.endScan()
    }
  }

  @Test func `Workers that have ended are forgotten`() {
    let tree = FileTree()
    var loader = LoaderTree(tree.context)
    for pass in 0..<20 {
      let worker = 100 + pass
      add(10, to: tree, children: [worker])
      add(worker, to: tree, parent: 10, name: "pt_data_worker")
      #expect(loader.trainers(among: [10], of: nil).first?.workers.map(\.pid) == [Int32(worker)])
      loader.endScan()
      #expect(loader.kept <= 2)
      tree.remove("/proc/\(worker)")
    }
  }

  @Test func `Times are told once a second and add up`() throws {
    let tree = FileTree()
    add(10, to: tree, children: [11, 12, 13])
    for pid in [11, 12, 13] {
      add(pid, to: tree, parent: 10, name: "pt_data_worker", state: "R", place: "0", run: (0, 0, 1))
    }
    var source = LoaderSource(context(tree, pids: [10]))
    #expect(source.interval == 1)
    var said: [Said] = []
    for look in 0...20 {
      let seconds = 1000 + Double(look) * 0.1
      if look == 10 {
        for pid in [11, 12, 13] {
          tree.write("/proc/\(pid)/task/\(pid)/schedstat", "300000000 600000000 9\n")
        }
      }
      said.append(try source.said(at: seconds))
    }
    #expect((source.interval ?? 1) < 0.2)
    let readings = said.flatMap(\.readings)
    let last = try #require(readings.last)
    func value(_ metric: Metric) -> Double? { last.values.first { $0.metric == metric }?.value }
    #expect(abs((value(.trainerQueueTime) ?? 0) - (value(.trainerTime) ?? -1)) < 1e-9)
    #expect((value(.trainerTime) ?? 0) > 1.5)
    #expect(value(.workerCount) == 3)
    #expect(abs((value(.workerRunTime) ?? 0) - 0.9) < 1e-6)
    #expect(abs((value(.workerQueueTime) ?? 0) - 1.8) < 1e-6)
    #expect(abs((value(.starvedRunTime) ?? 0) - (value(.starvedWorkerTime) ?? -1)) < 1e-9)
    #expect(readings.count < 5)
    #expect(said.flatMap(\.devices).first?.parent?.name == "train.log")
  }

  @Test func `A trainer of which nobody may see where it sleeps is not told of`() throws {
    let tree = FileTree()
    add(10, to: tree, place: "0", children: [11])
    add(11, to: tree, parent: 10, name: "pt_data_worker", place: "0")
    var source = LoaderSource(context(tree, pids: [10]))
    var said: [Said] = []
    for look in 0...70 { said.append(try source.said(at: 1000 + Double(look) * 0.1)) }
    #expect(said.flatMap(\.readings).isEmpty)
  }

  @Test func `A number that has come to mean another process names no trainer`() throws {
    let tree = FileTree()
    add(10, to: tree)
    var source = LoaderSource(tree.context, pid: 10)
    for look in 0...30 { _ = try source.said(at: 1000 + Double(look) * 0.1) }
    tree.remove("/proc/10")
    _ = try? source.said(at: 1003.1)
    add(10, to: tree, words: "bash")
    tree.write(
      "/proc/10/stat", "10 (bash) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 9999 0 0 0 0 0 0 0 0\n")
    #expect(throws: SourceFailure.self) { _ = try source.said(at: 1010) }
  }

  @Test func `Whoever starts processes that hold accelerators and holds none is their launcher`() {
    let tree = FileTree()
    add(10, to: tree, run: (1, 1, 1), children: [11, 12])
    for pid in [11, 12] {
      add(pid, to: tree, parent: 10)
      tree.link("/proc/\(pid)/fd/5", to: "/dev/nvidia0")
    }
    var loader = LoaderTree(tree.context)
    _ = loader.trainers(among: [10], of: nil)
    add(10, to: tree, run: (9, 9, 9), children: [11, 12])
    #expect(loader.trainers(among: [10], of: nil).map(\.pid) == [11, 12])
    // One that holds the accelerator itself handed it down to those it forked to load its data.
    tree.link("/proc/10/fd/5", to: "/dev/nvidia0")
    add(10, to: tree, run: (20, 20, 20), children: [11, 12])
    for pid in [11, 12] { add(pid, to: tree, parent: 10, run: (7, 7, 7)) }
    let trainer = loader.trainers(among: [10], of: nil).first { $0.pid == 10 }
    #expect(trainer?.workers.map(\.pid) == [11, 12])
  }

  @Test func `Ranks that a program started alike are known as such, and not what a shell started`()
  {
    let tree = FileTree()
    add(10, to: tree, words: "/usr/bin/torchrun\0train.py", children: [11, 12])
    for pid in [11, 12] { add(pid, to: tree, parent: 10) }
    add(20, to: tree, name: "bash", words: "bash", children: [21])
    add(21, to: tree, parent: 20)
    var loader = LoaderTree(tree.context)
    let launches = loader.trainers(among: [11, 12, 21], of: nil).map(\.launch)
    #expect(launches.count == 3 && launches[0] != nil && launches[0] == launches[1])
    #expect(launches.last == .some(nil))
  }

  /// Counters lose nothing where they are read less often.
  @Test func `Many workers are looked at less often and add up all the same`() throws {
    let tree = FileTree()
    let pids = Array(11...74)
    add(10, to: tree, children: pids)
    for pid in pids { add(pid, to: tree, parent: 10, name: "pt_data_worker", run: (0, 0, 1)) }
    var source = LoaderSource(context(tree, pids: [10]))
    var readings: [Reading] = []
    for look in 0...200 {
      if look == 100 {
        for pid in pids {
          tree.write("/proc/\(pid)/task/\(pid)/schedstat", "1000000000 500000000 9\n")
        }
      }
      readings += try source.said(at: 1000 + Double(look) * 0.1).readings
    }
    let last = try #require(readings.last)
    func value(_ metric: Metric) -> Double {
      last.values.first { $0.metric == metric }?.value ?? -1
    }
    #expect(abs(value(.workerRunTime) - 64) < 1e-6 && abs(value(.workerQueueTime) - 32) < 1e-6)
    #expect(value(.workerTime) >= 64 * 15)
    // No more looks at workers than a few dozen a second, and each stands for the time since the last.
    #expect(value(.starvedLookTime) >= 15 && value(.starvedLookTime) <= 24)
    #expect(abs(value(.starvedIdleTime) - value(.starvedLookTime)) < 1e-6)
  }

  @Test func `Looks fall at uneven times`() throws {
    let tree = FileTree()
    add(10, to: tree)
    var source = LoaderSource(context(tree, pids: [10]))
    var intervals: Set<Int> = []
    for look in 0..<50 {
      _ = try source.said(at: 1000 + Double(look) * 0.1)
      intervals.insert(Int((source.interval ?? 0) * 1000))
    }
    #expect(intervals.count > 30 && intervals.allSatisfy { (50...150).contains($0) })
  }

  @Test func `A trainer that ends is let go, and a number that is none is refused`() throws {
    let tree = FileTree()
    add(10, to: tree)
    var source = LoaderSource(context(tree, pids: [10]))
    _ = try source.said(at: 1000)
    tree.remove("/proc/10")
    _ = try source.said(at: 1010)
    #expect(source.interval == 1)
    #expect(throws: SourceRequestError.self) {
      _ = try LoaderSource.entry.make(SourceRequest(text: "loader:x"), tree.context)
    }
  }
}
