import Terminals
import Testing

@testable import hippowatt

/// The whole program on a GPU driver that plays a script.
@Suite struct DriverTests {
  /// Settings with the stand-in for the driver's library as their only source.
  private func settings(in folder: Folder) -> String {
    let library = builtProgram("libFakeNVML.so")
    return folder.write(
      "[[source]]\nkind = \"nvml\"\nlibrary = \"\(library)\"\n", to: "fake.toml")
  }

  @Test func `eight busy GPUs are on the screen with their power and who works on them`() throws {
    let folder = try Folder()
    let session = try Session(
      ["watch", "--config", settings(in: folder), "--every", "100ms"], in: folder, width: 132,
      height: 40, environment: ["FAKE_NVML_GPUS": "8", "FAKE_NVML_PIDS": "1"])
    #expect(session.wait(for: "8 × SIMULATED H100 80GB HBM3"))
    #expect(session.wait(for: "▲ power"), "one is held back by its limit")
    #expect(session.wait(for: "▲ thermal"), "one by its heat")
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `a driver call that never comes back is named and does not hold up the end`() throws {
    let folder = try Folder()
    let session = try Session(
      ["watch", "--config", settings(in: folder), "--every", "100ms"], in: folder, width: 132,
      height: 40, environment: ["FAKE_NVML_GPUS": "1", "FAKE_NVML_BLOCK_AFTER": "0.3"])
    #expect(session.wait(for: "● LIVE"))
    #expect(session.wait(for: "have not come back"))
    let start = seconds()
    #expect(try session.quit() == 0)
    #expect(seconds() - start < 1)
    session.expectClean()
  }
}
