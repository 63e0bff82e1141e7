import Quantities
import Telemetry
import Testing

@testable import Accounting

@Suite struct DataPathTests {
  @Test func `Every stage is there in order, and what nothing tells says what would`() {
    let path = PathBooks().path
    #expect(path.stages.map(\.kind) == DataPathStage.Kind.allCases)
    #expect(path.stages.allSatisfy { !$0.isKnown && !$0.missing.isEmpty && !$0.name.isEmpty })
    #expect(path.narrow == nil && path.wait == nil && !path.isWorthShowing)
  }

  @Test func `A disk has the rate over what it states, and no narrow place at its best so far`() {
    var machine = PathBooks()
    machine.count(PathBooks.disk, .bytesRead, 5e8)
    machine.chip(memory: 0.1, tensor: 0.2)
    machine.waits(0.4)
    let best = machine.path[.store]
    #expect(best?.name == "nvme0n1" && near(best?.rate, 5e8))
    #expect(best?.ceiling?.kind == .bestSeen && near(best?.ceiling?.rate, 5e8))
    #expect(near(best?.fullness, 1) && best?.basis == .bestSeen)
    #expect(machine.path.narrow == nil, "it may be able to do more")
    machine.hold(PathBooks.disk, .rateCeiling, 5e8)
    #expect(machine.path[.store]?.basis == .ceiling)
    #expect(machine.path.narrow == .store)
  }

  @Test func `The best seen is that of a whole minute, and of the time up to the cursor`() {
    var machine = PathBooks()
    // 100 MB/s, a burst of 900 MB in the second minute, and 3 GB/s in the fourth and fifth.
    let values = (0...300).map { second -> (Double, Double) in
      let burst = second > 90 ? 9e8 : 0
      let later = second > 180 ? Double(second - 180) * 2.9e9 : 0
      return (Double(second), Double(second) * 1e8 + burst + later)
    }
    machine.books.add(PathBooks.disk, .bytesRead, .counter, values)
    func best(_ end: Double) -> Double? {
      machine.books.ledger.dataPath(of: PathBooks.job, over: span(end - 30, end))[.store]?
        .ceiling?.rate
    }
    #expect(best(45) == nil, "no minute has passed")
    #expect(near(best(61), 1e8))
    #expect(near(best(150), 1e8 + 9e8 / 60))
    #expect(near(best(300), 3e9))
  }

  @Test func `A disk that is busy all the time is full, but not by what is written to it`() {
    var machine = PathBooks()
    machine.count(PathBooks.disk, .bytesRead, 2e8)
    machine.count(PathBooks.disk, .ioTime, 1)
    machine.waits(0.3)
    #expect(machine.path[.store]?.basis == .busy && machine.path.narrow == .store)
    machine.count(PathBooks.disk, .bytesWritten, 3e9)
    #expect(machine.path[.store]?.basis == .bestSeen && machine.path.narrow == nil)
  }

  @Test func `Disks that carry alike are one store, and their busy time is a mean`() {
    var machine = PathBooks()
    for (index, rate) in [4e8, 3e8, 3.5e8, 1e6].enumerated() {
      let disk = Books.id(.disk, "nvme\(index)n1")
      machine.count(disk, .bytesRead, rate)
      machine.count(disk, .ioTime, 0.5)
    }
    let store = machine.path[.store]
    #expect(store?.name == "3 disks" && near(store?.rate, 1.05e9) && near(store?.fullness, 0.5))
  }

  @Test func `A file server comes before the interface that its bytes come in by`() {
    var machine = PathBooks()
    let (link, mount) = (Books.id(.net, "eth0"), Books.id(.mount, "/data"))
    machine.count(PathBooks.disk, .bytesRead, 1e6)
    machine.count(link, .bytesReceived, 6e8)
    machine.hold(link, .linkSpeed, 1.25e9)
    #expect(machine.path[.store]?.name == "eth0" && near(machine.path[.store]?.fullness, 0.48))
    machine.count(mount, .bytesRead, 5.5e8)
    #expect(machine.path[.store]?.name == "/data")
    #expect(machine.path.beside.contains { $0.name == "eth0" && near($0.rate, 6e8) })
  }

  @Test func `What ranks on several machines exchange is not read from a store`() {
    var machine = PathBooks()
    machine.books.timeline.apply(
      .device(Device(id: PathBooks.job, label: "train", attributes: ["world_size": "16"])))
    machine.count(PathBooks.disk, .bytesRead, 1e7)
    machine.count(Books.id(.net, "eth0"), .bytesReceived, 6e8)
    #expect(machine.path[.store]?.name == "nvme0n1")
  }

  @Test(arguments: [(0.41, 0.01, false), (0.15, 0.84, true), (0.98, 0.01, true)])
  func `Workers are full by their time on processors and in the run queue`(
    run: Double, queue: Double, isFull: Bool
  ) {
    var machine = PathBooks()
    machine.workers(run: run, queue: queue)
    machine.chip(memory: 0.1, tensor: 0.2)
    machine.waits(0.38)
    let stage = machine.path[.workers]
    #expect(stage?.name == "4 workers" && near(stage?.fullness, run + queue))
    #expect(stage?.isOutOfProcessors == (queue > 0.5))
    #expect(machine.path.narrow == (isFull ? .workers : nil))
  }

  @Test func `Without workers the trainer loads itself, and of a silent loader nothing is known`() {
    var machine = PathBooks()
    machine.hold(PathBooks.loader, .workerCount, 0)
    #expect(machine.path[.workers]?.name == "no workers")
    var silent = PathBooks()
    silent.books.add(PathBooks.loader, .workerCount, .instant, (0...50).map { (Double($0), 4) })
    #expect(silent.path[.workers]?.name == "loader" && silent.path[.workers]?.isKnown == false)
  }

  @Test func `The trainer that the user named loads for the job, in the picture as in the verdict`()
  {
    var machine = PathBooks()
    machine.workers(run: 0.4, queue: 0.1)
    for (kind, isSeen) in [("yes", true), ("no", false)] {
      machine.books.timeline.apply(
        .device(Device(id: PathBooks.loader, label: "pid 7", attributes: ["named": kind])))
      #expect((machine.path[.workers]?.name == "4 workers") == isSeen)
    }
  }

  @Test func `Busy workers are not accused where the accelerators are fed`() {
    var machine = PathBooks()
    machine.workers(run: 0.99, queue: 0)
    machine.chip(memory: 0.1, tensor: 0.2)
    machine.waits(0.01)
    #expect(machine.path[.workers]?.isFull == true && machine.path.narrow == nil)
  }

  @Test func `Where nobody decided, only room everywhere else tells`() {
    var machine = PathBooks()
    machine.workers(run: 0.99, queue: 0)
    #expect(machine.path.narrow == nil, "nothing is known of the chip")
    machine.chip(memory: 0.2, tensor: 0.3)
    #expect(machine.path.narrow == .workers)
    var busy = PathBooks()
    busy.workers(run: 0.99, queue: 0)
    busy.chip(memory: 0.85, tensor: 0.3)
    #expect(busy.path.narrow == nil)
  }

  @Test(arguments: [(0.6, true), (0.05, false)])
  func `A busy disk is accused only where the job's own workers wait for one`(
    onDisk: Double, isNamed: Bool
  ) {
    var machine = PathBooks()
    machine.count(PathBooks.disk, .bytesRead, 2e8)
    machine.count(PathBooks.disk, .ioTime, 1)
    machine.waits(0.4)
    #expect(machine.path.narrow == .store, "nobody was looked at")
    machine.count(PathBooks.loader, .trainerTime, 1)
    machine.count(PathBooks.loader, .starvedLookTime, 1)
    machine.count(PathBooks.loader, .starvedWorkerTime, 4)
    machine.count(PathBooks.loader, .starvedDiskTime, 4 * onDisk)
    #expect(machine.path.narrow == (isNamed ? .store : nil))
  }

  @Test func `Workers that use more than a core each have no fullness`() {
    var machine = PathBooks()
    machine.workers(run: 1.8, queue: 0.1)
    machine.waits(0.4)
    #expect(machine.path[.workers]?.fullness == nil && machine.path.narrow == nil)
    #expect(machine.path[.workers]?.amount.first == "7.2 cores used")
  }

  @Test func `One accelerator of four that is judged tells nothing of the job`() {
    var machine = PathBooks()
    machine.waits(0.4)
    for index in 1...3 {
      machine.hold(Books.id(.gpu, "\(index)"), .tensorActive, 0.3)
    }
    #expect(machine.path.wait?.isEnough == false && machine.path.wait?.isWaitingForData == false)
  }

  @Test func `Of two full stages none is named`() {
    var machine = PathBooks()
    machine.workers(run: 0.99, queue: 0)
    machine.count(PathBooks.disk, .bytesRead, 2e8)
    machine.count(PathBooks.disk, .ioTime, 1)
    machine.waits(0.4)
    #expect(machine.path.narrow == nil)
  }

  @Test func `The chip's own stages are never the narrow place of the data`() {
    var machine = PathBooks()
    machine.chip(memory: 0.99, tensor: 0.4)
    machine.waits(0.3)
    #expect(machine.path.narrow == nil)
  }

  @Test func `The page cache misses at most what the machine fetched, or what the job's group did`()
  {
    var machine = PathBooks()
    machine.count(PathBooks.host, .pageCacheMisses, 3e8)
    #expect(machine.path[.hostMemory]?.fullness == nil && machine.path[.hostMemory]?.rate != nil)
    machine.count(PathBooks.loader, .readCalls, 1e9)
    #expect(machine.path[.hostMemory]?.fullnessWords.first == "≤ 30 % missed")
    let group = Books.id(.controlGroup, "train")
    machine.books.timeline.apply(
      .device(Device(id: group, label: "train", parent: PathBooks.job)))
    machine.count(group, .bytesRead, 1e8)
    #expect(machine.path[.hostMemory]?.fullnessWords.first == "10 % missed")
  }

  @Test func `More misses than reads say nothing of a share`() {
    var machine = PathBooks()
    machine.count(PathBooks.host, .pageCacheMisses, 3e8)
    machine.count(PathBooks.loader, .readCalls, 1e8)
    #expect(machine.path[.hostMemory]?.fullness == nil)
  }

  @Test func `The link to the accelerators has the ceilings of all of them`() {
    var machine = PathBooks()
    let other = Books.id(.gpu, "1")
    for gpu in [PathBooks.gpu, other] {
      machine.count(gpu, .pcieReceived, 6.5e9)
      machine.hold(gpu, .rateCeiling, 26e9)
    }
    let stage = machine.path[.hostLink]
    #expect(near(stage?.rate, 13e9) && near(stage?.fullness, 0.25))
    #expect(stage?.detail == ["of 2 × 26.0 GB/s"])
  }

  @Test func `A series that fell silent tells nothing of now`() {
    var machine = PathBooks()
    machine.books.add(
      PathBooks.gpu, .tensorActive, .instant, (0...70).map { (Double($0), 0.5) })
    #expect(machine.path[.cores]?.fullness == nil)
  }

  @Test func `Waiting is a share of what was judged, and less than half of that is none`() {
    var machine = PathBooks()
    machine.waits(0.38)
    let wait = machine.path.wait
    #expect(near(wait?.share, 0.38) && near(wait?.joules, 38 * 60))
    #expect(wait?.isWaitingForData == true && near(wait?.speedUp, 1 / 0.62))
    let wide = machine.books.ledger.waiting(of: PathBooks.job, over: span(0, 400))
    #expect(wide?.isEnough == false)
    #expect(wait?.isEven == true)
    let other = DeviceID(machine: "box", kind: .waiting, name: "1")
    machine.books.timeline.apply(
      .device(Device(id: other, label: "1", parent: PathBooks.gpu)))
    machine.count(other, .judgedTime, 1)
    machine.count(other, .dataWaitTime, 0)
    #expect(near(machine.path.wait?.share, 0.19) && machine.path.wait?.isEven == false)
    // The mean of accelerators that waited differently is nobody's time, in reports either.
    #expect(machine.path.wait?.speedUp == nil)
    #expect(machine.path.wait?.price.contains("faster") == false)
    let curve = machine.books.ledger.dataWaitCurve(
      of: PathBooks.job, over: span(60, 180), columns: 4)
    #expect(near(curve[0], 0.19) && curve[2] == nil)
  }
}
