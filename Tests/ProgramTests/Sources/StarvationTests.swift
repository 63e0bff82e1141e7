import Testing

@testable import hippowatt

/// A trainer that waits for its loader, as real processes, beside a sensor that shows an accelerator without
/// work meanwhile: from `/proc` to the words of the report.
@Suite struct StarvationTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// An accelerator that works for four seconds and then has nothing to do, held by the trainer.
  private static let sensor = #"""
    until [ -e pid ]; do sleep 0.05; done
    pid=$(cat pid) machine=$(uname -n)
    echo '{"device":{"kind":"gpu","name":"0","label":"0"}}'
    printf '{"device":{"kind":"process","name":"%s","part_of":{"machine":"%s","kind":"gpu",' \
      $pid "$machine"
    printf '"device":"0"},"attributes":{"pid":"%s"}}}\n' $pid
    n=0 joules=0
    while :; do
      watts=400 share=1; [ $n -ge 16 ] && watts=120 share=0
      joules=$((joules + watts))
      printf '{"reading":{"kind":"gpu","device":"0","energy_j":%s,"power_w":%s,' \
        $((joules / 4)) $watts
      printf '"utilization":%s,"memory_used_b":9000000000}}\n' $share
      printf '{"reading":{"kind":"process","device":"%s","memory_used_b":8000000000}}\n' $pid
      n=$((n + 1)); sleep 0.25
    done
    """#

  /// A process that sleeps where it reads a pipe, and a worker that never has done with its sample.
  private static let trainer = #"""
    cp -L "$(command -v sh)" pt_data_worker; mkfifo queue
    nice -n 19 ./pt_data_worker -c 'while :; do :; done' &
    trap "kill $!; exit" EXIT TERM
    echo $$ > pid.part; mv pid.part pid
    for step in 1 2 3 4; do echo "step $step/100 loss $((9 - step)).5"; sleep 0.1; done
    read -r batch <> queue
    """#

  @Test func `a loader that is behind is named, with what the wait drew`() throws {
    folder.write(Self.sensor, to: "sensor.sh")
    folder.write(Self.trainer, to: "trainer.sh")
    let program = try Program(
      [
        "record", "--quiet", "--for", "12s", "-o", "f.hippo", "--source",
        "exec:sh ./sensor.sh", "--source", "loader", "--", "bash", "./trainer.sh",
      ], in: folder)
    let ending = try program.finish()
    let report = try Program.run(["report", "f.hippo", "--format", "json"], in: folder)
    for words in [
      #""kind":"data""#, #""workers":1"#, "trainer asleep on its queue",
    ] {
      #expect(report.output.contains(words), "\(words) in \(report.output) \(ending.errors)")
    }
    #expect(
      report.output.contains(#""cause":"out_of_processors""#)
        || report.output.contains(#""cause":"too_few_workers""#), "\(report.output)")
    let picture = try Program.run(
      ["snapshot", "f.hippo", "--panel", "data", "--size", "132x40"], in: folder)
    #expect(picture.output.contains("1 loader worker is"), "\(picture.output)")
  }
}
