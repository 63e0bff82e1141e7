import Fuzzing
import JobLogs
import Telemetry

// Lines of many formats, one after the other and torn; observations no more than bytes could say.
fuzz(seeds: [
  seed("iter 10: loss 3.1820, time 35.78ms, mfu 10.41%\nstep 0: train loss 4.34, val loss 4.33\n"),
  seed(
    "{'loss': 2.5, 'learning_rate': 5e-05, 'epoch': 0.01}\n 12%|█▏  | 5/40 [02:00<13:54, 2s/it]\r"),
  seed("0: :::MLLOG {\"time_ms\": 1745519766616, \"key\": \"train_loss\", \"value\": 1.5}\n"),
  seed("2026-11-23T20:00:00Z stdout F [rank0]:[batch=10/48]:\n\t Train loss/train/total: 9.80\n"),
]) { input in
  var parser = LogParser(machine: "box", name: "log", label: "log")
  var time = fuzzArrival
  var observations: [Observation] = []
  input.forEachPiece { piece in
    time = time + 1
    observations += parser.consume(piece, arrival: time)
  }
  observations += parser.finish(arrival: time)
  expectSound(observations, by: time)
  precondition(parser.understood <= input.bytes.count, "more lines than bytes")
}
