import Formats
import Fuzzing
import JobLogs
import Telemetry

// A job's table; the control chooses the name of the file, in which DeepSpeed says what it counts.
fuzz(seeds: [
  seed("epoch,loss,step\n0,2.243922410718701,49\n,,\n1,nan,99\n"),
  seed("epoch,train_loss,valid_loss,accuracy,time\n0,0.5,0.6,0.7,01:02\n"),
  seed("epoch,time,train/box_loss,train/cls_loss,val/box_loss\n1,17.1,1.2,1.3,1.4\n"),
  seed("timestamp;\"train loss\";lr\n1780000000;\"2,5\";5e-05\n"),
]) { input in
  var reader = CSVReader(file: input.control & 1 == 0 ? "metrics.csv" : "Train_Samples_loss.csv")
  var rows: [JobRow] = []
  var lines = 0
  func take(_ line: UnsafeBufferPointer<UInt8>, _ isCut: Bool) {
    lines += 1
    guard let row = reader.take(line, isCut: isCut) else { return }
    precondition(row.clock?.isFinite ?? true, "a clock that is no number")
    var next = JobRow(time: fuzzArrival)
    next.entries = row.entries
    rows.append(next)
  }
  var splitter = LineSplitter(cap: 4096, splitsAtReturns: false)
  input.forEachPiece { splitter.feed($0, take) }
  splitter.finish(take)
  precondition(rows.count + reader.badRows < max(1, lines), "more rows than lines")
  expectSound(rows)
}
