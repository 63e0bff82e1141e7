import Glibc
import Terminals
import Testing

/// What an import says of how far it is, and what it leaves when it is stopped.
@Suite struct ImportProgressTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// A log of eight GPUs.
  private func write(_ seconds: Int) throws {
    var text = "timestamp, index, power.draw [W], temperature.gpu\n"
    for second in 0..<seconds {
      for gpu in 0..<8 {
        text +=
          "\(1_779_966_000 + second), \(gpu), \(100 + (second * 7 + gpu) % 600).50 W, 6\(gpu)\n"
      }
    }
    let file = try #require(fopen(folder.file("gpu.csv"), "w"))
    defer { fclose(file) }
    fputs(text, file)
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `an import that is stopped leaves nothing`(
    signal: Int32
  ) throws {
    try write(15_000)
    let program = try Program(["import", "-o", "run.hippo", "gpu.csv"], in: folder)
    #expect(program.wait { self.folder.names.contains("run.hippo") })
    program.send(signal)
    #expect(try program.finish().status == 128 + signal)
    #expect(folder.names == ["gpu.csv"])
  }

  @Test func `without a terminal it says nothing of how far it is`() throws {
    try write(2000)
    let result = try Program.run(["import", "-o", "run.hippo", "gpu.csv"], in: folder)
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(result.output == "run.hippo: 33 min 19 s from 1 file\n")
    #expect(folder.names == ["gpu.csv", "run.hippo"])
  }
}
