import Formats
import Glibc
import Terminals
import TestSupport
import Testing

/// Machines that are reached by a command, here one that stands for ssh.
@Suite struct HostsTests {
  /// A stand-in for ssh: two machines of one host name play the driver's script, one refuses, one lies.
  private func folder() throws -> Folder {
    let folder = try Folder()
    let script = folder.write(
      """
      #!/bin/sh
      shift
      host=$1
      case $host in
        denied) echo "denied: Permission denied (publickey)." >&2; exit 255 ;;
        liar) while :; do
            t=$(date +%s)
            echo "{\\"reading\\":{\\"machine\\":\\"node1\\",\\"kind\\":\\"gpu\\",\\"device\\":\\"GPU-x\\",\\"time\\":$t,\\"power_mw\\":100000}}"
            sleep 0.2
          done ;;
      esac
      shift
      exec sh -c "$*"

      """, to: "ssh")
    chmod(script, 0o755)
    return folder
  }

  private func arguments(_ folder: Folder) -> [String] {
    [
      "--ssh", folder.file("ssh"), "--remote",
      "\(Program.path) record -o - --quiet --every 100ms --config \(Agent.settings(in: folder))",
    ]
  }

  private func number(_ path: String, in root: JSONValue) -> Double? {
    guard case .scalar(.number(let number))? = JSONPointer(path)?.value(in: root) else {
      return nil
    }
    return number.double
  }

  private func text(_ path: String, in root: JSONValue) -> String? {
    guard case .scalar(.text(let text))? = JSONPointer(path)?.value(in: root) else { return nil }
    return text
  }

  @Test func `each is one machine by the name it was asked by, and who refuses is named`() throws {
    let folder = try folder()
    let result = try Program.run(
      ["fleet", "--hosts", "node1,node2,denied,liar", "--json"] + arguments(folder), in: folder,
      environment: ["FAKE_NVML_GPUS": "2"])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let root = try JSONValue(Array(result.output.utf8))
    #expect(number("/hosts_known", in: root) == 4)
    var states: [String: String] = [:]
    var gpus: [String: Double] = [:]
    for place in 0..<4 {
      let name = try #require(text("/hosts/\(place)/host", in: root))
      states[name] = text("/hosts/\(place)/state", in: root)
      gpus[name] = number("/hosts/\(place)/gpus", in: root)
    }
    #expect(states["denied"] == "does not answer")
    #expect(states["node1"] == "answers" && states["node2"] == "answers")
    // What lies says that it is node1, and adds nothing to that.
    #expect(gpus["node1"] == 2 && gpus["node2"] == 2 && gpus["liar"] == 1)
  }

  @Test func `the screen shows them, opens one, and keeps all in a recording`() throws {
    let folder = try folder()
    let session = try Session(
      ["fleet", "--hosts", "node1,node2,denied", "--record", "night.hippo"] + arguments(folder),
      in: folder, width: 132, height: 40, environment: ["FAKE_NVML_GPUS": "2"])
    #expect(session.wait(for: "2 of 3 hosts"))
    #expect(session.wait(for: "denied: Permission denied (publickey)."))
    // To the machines; the first of them is the one that refuses.
    session.type("\t")
    session.type("\u{1b}[C")
    session.type("\r")
    #expect(session.wait(for: "2 × SIMULATED H100 80GB HBM3"))
    session.type("\u{1b}")
    #expect(session.wait(for: "2 of 3 hosts"))
    #expect(try session.quit() == 0)
    let report = try Program.run(["report", "night.hippo"], in: folder)
    #expect(report.output.contains("node1, node2"), "\(report.output)")
    #expect(report.output.contains("gpu node2:1"), "\(report.output)")
    let again = try Program.run(["fleet", "night.hippo", "--json"], in: folder)
    let root = try JSONValue(Array(again.output.utf8))
    #expect(number("/hosts_known", in: root) == 2 && number("/gpus", in: root) == 4)
    #expect(number("/joules", in: root) ?? 0 > 0)
    let replay = try Session(["fleet", "night.hippo"], in: folder, width: 132, height: 40)
    #expect(replay.wait(for: "2 hosts"))
    replay.type("\t")
    replay.type("\r")
    #expect(replay.wait(for: "2 × SIMULATED H100 80GB HBM3"))
    #expect(try replay.quit() == 0)
  }

  @Test(arguments: [
    (["--hosts=-oProxyCommand=x"], "names of machines"),
    (["--hosts", "a;b"], "names of machines"),
    (["--hosts", ","], "names no machine"), (["--hostfile", "bad.txt"], "bad.txt:2: “$(x)”"),
    (["--hosts", "a", "--prometheus", "http://b"], "name a store by --prometheus, machines"),
    (["--record", "x.hippo", "--prometheus", "http://b"], "--record is for machines"),
  ])
  func `what is no machine is refused before anything is started`(words: [String], said: String)
    throws
  {
    let folder = try Folder()
    folder.write("# mine\n$(x)\n", to: "bad.txt")
    let result = try Program.run(["fleet"] + words, in: folder)
    #expect(result.status != 0 && result.errors.contains(said), "\(result.errors)")
  }
}
