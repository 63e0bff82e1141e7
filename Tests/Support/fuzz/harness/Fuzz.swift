import CFuzzing
import Glibc

/// The test that libFuzzer calls; set once, before it runs.
nonisolated(unsafe) private var test: (FuzzInput) -> Void = { _ in }

/// Lets libFuzzer call a test with whatever it makes up, as the command line says.
///
/// The first folder that the command line names gets the seeds before.
public func fuzz(seeds: [[UInt8]], _ body: @escaping (FuzzInput) -> Void) -> Never {
  test = body
  if let folder = CommandLine.arguments.dropFirst().first(where: { !$0.hasPrefix("-") }) {
    for (index, seed) in seeds.enumerated() { write(seed, to: "\(folder)/seed-\(index)") }
  }
  var count = CommandLine.argc
  var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
  exit(
    LLVMFuzzerRunDriver(&count, &arguments) { data, size in
      if let input = FuzzInput(UnsafeBufferPointer(start: data, count: size)) { test(input) }
      return 0
    })
}

/// Writes a seed; where the folder is a single input to be tried again, it cannot, and need not.
private func write(_ seed: [UInt8], to path: String) {
  guard let file = fopen(path, "w") else { return }
  fwrite(seed, 1, seed.count, file)
  fclose(file)
}
