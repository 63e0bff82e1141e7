// How fast text and files are read: MB/s on one core, each benchmark for about a second.
//
// `make bench` builds it optimised and runs it; a word as argument runs only what has it in its
// name. To add a benchmark, add a file with a list of them and put the list into `all`.

let all: [Benchmark] = logBenchmarks + fileBenchmarks

let filter = CommandLine.arguments.dropFirst().first ?? ""
for benchmark in all where filter.isEmpty || benchmark.name.contains(filter) {
  let result = benchmark.measure()
  let rate = Double(result.bytes) / result.seconds / 1e6
  let spaces = String(repeating: " ", count: max(1, 34 - benchmark.name.count))
  print("\(benchmark.name)\(spaces)\(Int(rate.rounded())) MB/s   \(result.remark)")
}
