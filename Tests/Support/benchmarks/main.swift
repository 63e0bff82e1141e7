// How fast text and files are read: MB/s on one core, each benchmark for about a second.
//
// `make bench` builds it optimised and runs it; a word as argument runs only what has it in its
// name. To add a benchmark, add a file with a list of them and put the list into `all`.
//
//     benchmarks [WORD] [--json FILE] [--against FILE]
//     benchmarks --recording FILE [--gpus 8] [--days 30] [--hertz 1]
//
// `--json` keeps the results; `--against` compares with results that were kept, and ends with 1
// when a benchmark became too slow.

import Glibc

let all: [Benchmark] = logBenchmarks + fileBenchmarks

var filter = ""
var kept: String?
var against: String?
var recording: String?
var long = LongRecording()
var arguments = CommandLine.arguments.dropFirst()
while let word = arguments.popFirst() {
  switch word {
  case "--json": kept = arguments.popFirst()
  case "--against": against = arguments.popFirst()
  case "--recording": recording = arguments.popFirst()
  case "--gpus": long.gpus = arguments.popFirst().flatMap { Int($0) } ?? long.gpus
  case "--days": long.days = arguments.popFirst().flatMap { Double($0) } ?? long.days
  case "--hertz": long.hertz = arguments.popFirst().flatMap { Double($0) } ?? long.hertz
  default: filter = word
  }
}

func fail(_ message: String) -> Never {
  let line = Array("benchmarks: \(message)\n".utf8)
  _ = write(2, line, line.count)
  exit(2)
}

if let recording {
  do { try long.write(to: recording) } catch { fail("\(error)") }
  exit(0)
}

let baseline = against.map { path in
  Results(path: path) ?? { fail("\(path) holds no results; `make bench-baseline` writes them") }()
}

var speed = MachineSpeed()
var results = Results(calibration: speed.measure())
for benchmark in all where filter.isEmpty || benchmark.name.contains(filter) {
  var (rate, remark) = benchmark.rate()
  // What is kept must not be the one second in which somebody else was busy.
  if kept != nil { rate = max(rate, benchmark.rate().rate) }
  results.rates.append((benchmark.name, rate))
  let spaces = String(repeating: " ", count: max(1, 34 - benchmark.name.count))
  print("\(benchmark.name)\(spaces)\(Int(rate.rounded())) MB/s   \(remark)")
}
results.calibration = speed.measure()

if let kept, !results.write(to: kept) { fail("\(kept) cannot be written") }

if let baseline {
  // What seems too slow may have been disturbed: it gets another chance, and the better one counts.
  for name in Comparison(baseline: baseline, now: results).tooSlow {
    guard let place = results.rates.firstIndex(where: { $0.name == name }),
      let benchmark = all.first(where: { $0.name == name })
    else { continue }
    results.rates[place].rate = max(results.rates[place].rate, benchmark.rate().rate)
    results.calibration = speed.measure()
  }
  let comparison = Comparison(baseline: baseline, now: results)
  print("")
  comparison.print()
  let slow = comparison.tooSlow
  if !slow.isEmpty {
    print("more than \(Comparison.limit) times as slow: \(slow.joined(separator: ", "))")
    exit(1)
  }
}
